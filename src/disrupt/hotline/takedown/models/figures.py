"""The table of what each recipient of notices does, as the worker counted it last."""

from __future__ import annotations

from django.db import models


class HostFigures(models.Model):
    """One recipient's last year; `median` and `p90`: hours until removed, empty where so many never were."""

    name = models.CharField(max_length=120, primary_key=True, help_text="as in its notices")
    due_at = models.DateTimeField(help_text="it is counted anew then")
    counted_at = models.DateTimeField(null=True, blank=True)

    sent = models.PositiveIntegerField(default=0)
    receipts = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    open = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    not_theirs = models.PositiveIntegerField(default=0)
    bounced = models.PositiveIntegerField(default=0)
    reminders = models.PositiveIntegerField(default=0)
    came_back = models.PositiveIntegerField(default=0)
    median = models.FloatField(null=True, blank=True)
    p90 = models.FloatField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="host_figures_due")]

    def __str__(self) -> str:
        return f"what {self.name} does"
