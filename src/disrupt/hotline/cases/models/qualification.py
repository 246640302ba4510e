"""A decision on an item."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.models.item import Item


class PersonAge(models.TextChoices):
    MINOR = "minor", _("a minor")
    POSSIBLE_MINOR = "possible_minor", _("possibly a minor")
    ADULT = "adult", _("an adult")


class Qualification(models.Model):
    """An analyst's decision on one item; decisions are added, never edited."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="qualifications")
    category = models.CharField(max_length=16)
    secondary = models.JSONField(default=list, blank=True)
    scheme = models.CharField(max_length=16, help_text="version of the classification scheme")
    person = models.CharField(max_length=16, choices=PersonAge.choices)
    reason = models.CharField(max_length=32, default="", blank=True, help_text="why it is not qualified")
    synthetic = models.BooleanField(default=False, help_text="made or edited by a machine, as far as seen")
    reasoning = models.TextField(default="", blank=True, help_text="the legal reasoning, free text")
    particulars = models.JSONField(
        default=dict, blank=True, help_text="what its notices say of where the content is, in words"
    )
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    effective_at = models.DateTimeField(help_text="until then it can be undone, and nothing follows from it")
    in_force_at = models.DateTimeField(null=True, blank=True, help_text="when it took effect")
    carried = models.BooleanField(default=False, help_text="decided on the same thing in another place")
    undone_at = models.DateTimeField(null=True, blank=True)
    hurried = models.CharField(
        max_length=300, default="", blank=True, help_text="why it took effect before its time, in words"
    )

    held = models.CharField(
        max_length=300, default="", blank=True, help_text="why a lead lets it wait, in words, while it does"
    )
    held_by = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        ordering = ("at", "id")
        get_latest_by = ("at", "id")
        indexes = [
            # Every page of the console asks for what its analyst may still undo: only that is in it.
            models.Index(
                fields=["by", "at"],
                condition=models.Q(in_force_at=None, undone_at=None),
                name="qualification_waits",
            ),
            models.Index(fields=["by", "at"], name="qualification_by_at"),
            models.Index(fields=["category", "-at"], name="qualification_category"),
        ]

    def __str__(self) -> str:
        return f"{self.category} on {self.item_id}"
