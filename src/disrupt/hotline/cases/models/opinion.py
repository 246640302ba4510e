"""What a second person says of an item, without having seen what the first one decided."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.models.qualification import PersonAge, Qualification


class Asked(models.TextChoices):
    """By which rule a second person is asked."""

    REFUSAL = "refusal", _("an urgent case would be refused")
    NEW = "new", _("one of an analyst’s first decisions")
    SAMPLE = "sample", _("drawn by chance")
    RULE = "rule", _("decided by a rule")


class SecondOpinion(models.Model):
    """A decision that somebody else is asked about; once they have answered, with what they say."""

    decision = models.OneToOneField(Qualification, on_delete=models.CASCADE, related_name="opinion")
    why = models.CharField(max_length=8, choices=Asked.choices)
    asked_at = models.DateTimeField()
    first = models.CharField(
        max_length=16, default="", blank=True, help_text="the decision's category, to be counted by"
    )
    category = models.CharField(max_length=16, default="", blank=True)
    person = models.CharField(max_length=16, choices=PersonAge.choices, default="", blank=True)
    reason = models.CharField(max_length=32, default="", blank=True)
    by = models.CharField(max_length=64, default="", blank=True)
    at = models.DateTimeField(null=True, blank=True, help_text="null until somebody has answered")
    agrees = models.BooleanField(null=True, blank=True)
    settled_by = models.CharField(max_length=64, default="", blank=True, help_text="where they disagree")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("asked_at",)
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(at=None), name="opinion_asked"),
            models.Index(
                fields=["at"], condition=models.Q(agrees=False, settled_at=None), name="opinion_disputed"
            ),
            models.Index(fields=["why", "at"], name="opinion_why"),
        ]

    def __str__(self) -> str:
        return f"second opinion on {self.decision_id}"
