"""One line of a case's ledger."""

from __future__ import annotations

from django.db import models

from disrupt.hotline.cases.models.case import Case
from disrupt.hotline.cases.models.item import Item


class LedgerEvent(models.Model):
    """One line of a case's append-only, hash-chained list of what happened."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ledger")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    kind = models.CharField(max_length=48)
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="ledger")
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("case", "number")
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="ledger_number")]
        indexes = [models.Index(fields=["kind", "at"], name="ledger_kind")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
