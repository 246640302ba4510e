"""The table of politeness towards other sites."""

from __future__ import annotations

from django.db import models


class Visited(models.Model):
    """Somebody we called on: a site, or an address of the network; only their keyed digest is here."""

    digest = models.CharField(max_length=64, unique=True)
    free_at = models.DateTimeField(help_text="not before")
    last_at = models.DateTimeField(db_index=True)
    failures = models.PositiveIntegerField(default=0, help_text="in a row")

    def __str__(self) -> str:
        return f"visited {self.pk}"
