"""A legal hold: nothing of a case is destroyed until it ends."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.models.case import Case


class HoldMotive(models.TextChoices):
    POLICE = "police", _("the police asked for it")
    COURT = "court", _("a court asked for it")


class LegalHold(models.Model):
    """Asked for by one person and confirmed by another, for a stated reason and not for ever."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="legal_holds")
    motive = models.CharField(max_length=8, choices=HoldMotive.choices)
    reference = models.CharField(max_length=80, blank=True, help_text="of the request; never a person's name")
    until = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=80, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at", "-pk")
        indexes = [
            models.Index(fields=["until"], condition=models.Q(ended_at=None), name="legal_hold_open"),
        ]

    def __str__(self) -> str:
        return f"legal hold {self.pk}"
