"""Tables that every room shares: politeness towards other sites, and signs of life."""

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


class Pulse(models.Model):
    """A sign of life: of a process, of one of its lanes, or of a work that must have been done."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
    since = models.DateTimeField(help_text="when it began")
    says = models.JSONField(default=dict, help_text="aggregates only: never what could name a case")

    def __str__(self) -> str:
        return self.name
