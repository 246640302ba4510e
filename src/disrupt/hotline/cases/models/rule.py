"""A rule by which what arrives later is decided as its family was, and what a check of it has found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class How(models.TextChoices):
    FILE = "file", _("the very same file")
    COPY = "copy", _("a copy within 31 bits of PDQ")


class CarryRule(models.Model):
    """One category and one way to belong; where there is no row, nothing is decided by rule.

    The counts begin anew whenever the rule is turned on. They are about the rule, and outlive the decisions.
    """

    category = models.CharField(max_length=16)
    how = models.CharField(max_length=8, choices=How.choices)
    on = models.BooleanField(default=False)
    limit = models.FloatField(default=1.0, help_text="percent of error; above it the rule stops")
    sample = models.FloatField(default=5.0, help_text="percent that somebody looks at, once it is earned")
    since = models.DateTimeField(help_text="turned on, or off")
    by = models.CharField(max_length=80)
    earned_at = models.DateTimeField(null=True, blank=True, help_text="its bound was below the limit")
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="it stopped by itself")
    decided = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("category", "how")
        constraints = [models.UniqueConstraint(fields=["category", "how"], name="one_rule")]

    def __str__(self) -> str:
        return f"{self.category} {self.how}"
