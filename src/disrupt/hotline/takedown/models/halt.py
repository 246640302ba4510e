"""The table of stops: nothing is sent, to anybody or about one site, until somebody lifts it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Halt(models.Model):
    """A stop that a person has set; what it holds back goes out in its order when it is lifted."""

    site = models.CharField(max_length=255, default="", blank=True, help_text="none: everything")
    reason = models.TextField()
    by = models.CharField(max_length=40, help_text="who set it")
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        ordering = ("-since",)
        constraints = [
            models.UniqueConstraint(fields=["site"], condition=Q(lifted_at=None), name="halt_once"),
        ]

    def __str__(self) -> str:
        return f"halt of {self.site or 'everything'}"
