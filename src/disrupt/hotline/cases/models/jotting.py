"""What analysts write down about a case for themselves: notes among colleagues, and drafts of one of them."""

from __future__ import annotations

from django.db import models

from disrupt.hotline.cases.models.case import Case
from disrupt.hotline.cases.models.item import Item


class JottingKind(models.TextChoices):
    """A note is for every analyst; a draft is for its author until it is sent or recorded."""

    NOTE = "note"
    DECISION = "decision"
    MESSAGE = "message"
    QUESTION = "question"


class Jotting(models.Model):
    """A text of an analyst, sealed to the review key; no page for the reporter shows it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="jottings")
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.CASCADE, related_name="jottings")
    kind = models.CharField(max_length=8, choices=JottingKind.choices)
    by = models.CharField(max_length=80)
    second = models.FloatField(null=True, blank=True, help_text="of a film, what the note is about")
    vault_id = models.CharField(max_length=32, unique=True)
    ciphertext = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("case", "second", "at", "id")
        indexes = [models.Index(fields=["at"], condition=~models.Q(kind="note"), name="jotting_drafts")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.case_id}"
