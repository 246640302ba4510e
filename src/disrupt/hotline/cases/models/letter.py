"""A mail that says that something is new."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.models.case import Case


class LetterState(models.TextChoices):
    SCHEDULED = "scheduled", _("waiting to be sent")
    SENDING = "sending", _("being sent")
    TRANSMITTING = "transmitting", _("being handed over")
    SENT = "sent", _("sent")
    UNCERTAIN = "uncertain", _("perhaps sent")
    BOUNCED = "bounced", _("came back")
    FAILED = "failed", _("not sent")
    CANCELLED = "cancelled", _("not needed any more")


def new_token() -> str:
    """What names a letter in its Message-ID and in its envelope: random, says nothing of the case."""
    return secrets.token_hex(12)


class Letter(models.Model):
    """One mail that says that something is new, and nothing else; the address stays in its sealed note."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="letters")
    note_id = models.BigIntegerField(help_text="the sealed address; it may be gone by now")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    state = models.CharField(max_length=16, choices=LetterState.choices, default=LetterState.SCHEDULED)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=32, default="", blank=True, help_text="whose turn it is to send it")
    claimed_at = models.DateTimeField(null=True, blank=True)
    transmitting_at = models.DateTimeField(null=True, blank=True)
    reply = models.CharField(max_length=16, default="", blank=True, help_text="the server's codes, no words")
    knew = models.PositiveIntegerField(default=0, help_text="the last event the reporter knew of before it")
    tells = models.PositiveIntegerField(default=0, help_text="the last event that it stands for")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("case", "created_at")
        indexes = [models.Index(fields=["state", "due_at"], name="letter_due")]

    def __str__(self) -> str:
        return f"letter to {self.case_id}"
