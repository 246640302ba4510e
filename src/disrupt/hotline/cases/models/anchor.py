"""Where every ledger stood at an hour, so that partners can hold what nobody may rewrite any more."""

from __future__ import annotations

from django.db import models


class LedgerAnchor(models.Model):
    """One leaf of the ledgers' log: the root over the marks of an hour (anchoring.py)."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    root = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"anchor {self.number}"


class LedgerMark(models.Model):
    """An event that an anchor pins: the last one of a ledger that grew, or a receipt of a destruction."""

    anchor = models.ForeignKey(LedgerAnchor, on_delete=models.PROTECT, related_name="marks")
    place = models.PositiveIntegerField()
    case_id = models.UUIDField(help_text="no key: a case that was taken out must not take its marks along")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("anchor", "place")
        constraints = [models.UniqueConstraint(fields=["anchor", "place"], name="one_mark_a_place")]

    def __str__(self) -> str:
        return f"event {self.number} of {self.case_id}"
