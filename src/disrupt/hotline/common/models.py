"""Tables that every room shares: politeness, signs of life, switches, changes, and the audit log."""

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


class Switch(models.Model):
    """Something that was stopped for a while (common/switches.py); where there is no row, nothing was."""

    name = models.CharField(max_length=16, primary_key=True)
    since = models.DateTimeField()
    by = models.CharField(max_length=64)
    why = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.name


class Amendment(models.Model):
    """What a page changed over what came along (common/amending); the row goes when that holds again."""

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=300)
    value = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    why = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="amendment_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class AuditEvent(models.Model):
    """One line of the append-only, hash-chained list of sign-ins, settings and grants."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=80)
    kind = models.CharField(max_length=48)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class AuditHead(models.Model):
    """How long the audit log is and how it ends, so that a cut tail shows. One row."""

    length = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="", blank=True)
    verified = models.PositiveBigIntegerField(default=0, help_text="up to which event it verified")
    verified_digest = models.CharField(max_length=64, default="", blank=True)

    def __str__(self) -> str:
        return f"audit log of {self.length}"
