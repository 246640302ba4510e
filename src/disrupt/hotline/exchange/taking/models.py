"""The lists that are taken in, and what was decided of each entry of theirs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TakenSource(models.Model):
    """One list of the file of sources, its rules as they were applied last, and how it goes."""

    name = models.CharField(max_length=40, unique=True)
    url = models.CharField(max_length=300)
    rules = models.JSONField(default=dict)
    mark = models.CharField(max_length=64, default="", blank=True, help_text="of the rules: Rules.mark")
    malformed = models.PositiveBigIntegerField(default=0, help_text="what could not be read, since it began")
    left_out = models.PositiveBigIntegerField(default=0, help_text="beyond the number that is taken")
    since = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True, blank=True, help_text="when its end was reached last")
    problem = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Verdict(models.TextChoices):
    """What becomes of an entry of another list."""

    OFFERED = "offered", _("offered to partners")
    ANOTHER_WAY = "another_way", _("came by another way too")
    NOT_PASSED_ON = "not_passed_on", _("may not be passed on")
    OURS = "ours", _("came from here")
    KNOWN = "known", _("is, or was, on our own list")
    ORIGIN = "origin", _("of an origin that we do not take")
    KIND = "kind", _("of a kind that we do not take")
    MINORS = "minors", _("of a minor")
    CATEGORY = "category", _("of a category that is none of ours")
    CLOSED = "closed", _("of a category that is closed")
    QUALITY = "quality", _("without a fingerprint that is good enough")
    LAWFUL = "lawful", _("of a picture that is known to be lawful")
    FAR = "far", _("came through too many hotlines")
    FLOODED = "flooded", _("matched too much")
    DISPUTED = "disputed", _("disputed, set aside until a person has decided")
    REFUSED = "refused", _("taken off after a dispute")


class Telling(models.TextChoices):
    """What that list has been told of an entry of its own that is refused here."""

    NOTHING = "", _("nothing")
    DUE = "due", _("is to be told")
    LAID = "laid", _("is on its way")
    TOLD = "told", _("was told")
    NO_WAY = "no_way", _("its protocol has no way")


class TakenEntry(models.Model):
    """An entry of another list. Its fingerprints are here only where another way of it may take its place."""

    source = models.ForeignKey(TakenSource, on_delete=models.PROTECT, related_name="entries")
    their_id = models.UUIDField()
    first = models.CharField(max_length=73, help_text="its home, and what it is there")
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    round = models.PositiveIntegerField(default=0, help_text="when everything was read anew last")
    digest = models.CharField(max_length=64, default="", blank=True, help_text="of what was offered")
    item = models.UUIDField(null=True, blank=True, unique=True, help_text="stands behind its entry")
    waits = models.JSONField(null=True, blank=True, help_text="what would be offered: judging.Offer")
    hops = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    their_name = models.CharField(max_length=80, default="", blank=True, help_text="where the id is ours")
    disputed_at = models.DateTimeField(null=True, blank=True, help_text="a partner asked to look again")
    entry = models.UUIDField(null=True, blank=True, help_text="of ours, which was disputed")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, default="", blank=True)
    motive = models.CharField(max_length=300, default="", blank=True)
    telling = models.CharField(max_length=8, choices=Telling.choices, default=Telling.NOTHING, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "their_id"], name="one_taken_entry"),
            models.UniqueConstraint(
                fields=["first"], condition=models.Q(verdict="offered"), name="one_way_of_an_entry"
            ),
        ]
        indexes = [
            models.Index(fields=["first"], name="taken_first"),
            models.Index(fields=["source", "verdict"], name="taken_verdict"),
            models.Index(fields=["source", "round"], name="taken_round"),
            # The few of which something is to be decided, or told.
            models.Index(
                fields=["disputed_at"], condition=models.Q(disputed_at__isnull=False), name="taken_disputes"
            ),
            models.Index(fields=["entry"], condition=models.Q(entry__isnull=False), name="taken_entry"),
            models.Index(fields=["source"], condition=~models.Q(telling=""), name="taken_telling"),
        ]

    def __str__(self) -> str:
        return f"{self.their_id} of {self.source_id}"
