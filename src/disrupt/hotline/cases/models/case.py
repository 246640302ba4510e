"""A case: no name, address, file name or IP address has a column here (D10)."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reporter(models.TextChoices):
    SELF = "self", _("I am the person in the content")
    REPRESENTATIVE = "representative", _("I am their legal representative")
    HELPER = "helper", _("I help the person, who is with me")
    WITNESS = "witness", _("I came across a child’s picture")
    MANDATED = "mandated", _("I act with a mandate")


class AgeWhenTaken(models.TextChoices):
    MINOR = "minor", _("under 18")
    ADULT = "adult", _("18 or older")
    UNSURE = "unsure", _("I do not know")


# What stands in the place of the code's value once a case is deleted, with its number.
ERASED = "erased:"


class Case(models.Model):
    """What one reporter sent, at one time, under one case code."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lookup = models.CharField(max_length=64, unique=True, help_text="derived from the code, slowly")
    pepper = models.CharField(
        max_length=8, default="", blank=True, help_text="name of the one in that; the first has none"
    )
    submission = models.CharField(max_length=64, unique=True, help_text="hash of the form's own token")
    public_key = models.BinaryField(max_length=32, help_text="messages to the reporter are sealed to it")
    language = models.CharField(max_length=8)
    reporter = models.CharField(max_length=16, choices=Reporter.choices)
    age_when_taken = models.CharField(max_length=8, choices=AgeWhenTaken.choices)
    threat = models.BooleanField(default=False, help_text="somebody threatens the person now")
    unread = models.BooleanField(default=False, help_text="waits until a person has read what it says")
    in_queue = models.BooleanField(default=False, help_text="waits for an analyst (cases/waiting.py)")
    decided_as = models.TextField(
        default="", blank=True, help_text="categories of the standing decisions in it: ,ABC,DEF, (waiting.py)"
    )
    stated_at = models.DateTimeField(help_text="when the statement was made")
    priority = models.PositiveSmallIntegerField(default=2, help_text="0 is the most urgent")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    purge_at = models.DateTimeField(null=True, blank=True, help_text="contact and texts are destroyed then")
    texts_until = models.DateTimeField(
        null=True, blank=True, help_text="texts and contact are destroyed then, even if the case goes on"
    )
    texts_told_at = models.DateTimeField(null=True, blank=True, help_text="when that was announced")
    kept_until = models.DateTimeField(
        null=True, blank=True, help_text="under a legal hold: nothing is destroyed before (legal_holds.py)"
    )
    promise_at = models.DateTimeField(
        null=True, blank=True, help_text="by then something was promised to its reporter (promising.py)"
    )
    promise_due = models.BooleanField(default=False, help_text="that day has come")
    erasure_waits = models.BooleanField(default=False, help_text="erased by its reporter while it was held")
    epoch = models.PositiveIntegerField(default=0, help_text="raised when visits end: older cookies are void")
    ledger_length = models.PositiveIntegerField(default=0)
    ledger_head = models.CharField(max_length=64, default="", blank=True)
    anchored = models.PositiveIntegerField(
        default=0, help_text="the events up to here are pinned (anchoring.py)"
    )
    told_number = models.PositiveIntegerField(default=0, help_text="what the reporter knows of the ledger")
    to_tell = models.BooleanField(default=False, help_text="news that can be told by mail")
    to_call = models.BooleanField(default=False, help_text="news, and a telephone that can be called")
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="when they were last written to or called"
    )

    class Meta:
        ordering = ("priority", "created_at")
        indexes = [
            models.Index(fields=["closed_at", "priority", "created_at"], name="case_queue"),
            # The queue, and what the worker asks each time round: only what waits is in them.
            models.Index(
                fields=["priority", "-threat", "created_at"],
                condition=models.Q(in_queue=True),
                name="case_in_queue",
            ),
            # Parts of it that are few among many: what a filter of the queue asks for.
            models.Index(
                fields=["language", "priority", "-threat", "created_at"],
                condition=models.Q(in_queue=True),
                name="case_in_language",
            ),
            models.Index(
                fields=["priority", "-threat", "created_at"],
                condition=models.Q(promise_due=True),
                name="case_promise_due",
            ),
            models.Index(
                fields=["priority", "-threat", "created_at"],
                condition=models.Q(in_queue=True) & ~models.Q(decided_as=""),
                name="case_partly_decided",
            ),
            # What ends soon, or waits for the end of a hold (processing/forecast.py).
            models.Index(
                fields=["texts_until"],
                condition=models.Q(texts_until__isnull=False),
                name="case_texts_end",
            ),
            models.Index(
                fields=["kept_until"], condition=models.Q(erasure_waits=True), name="case_erasure_waits"
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(anchored__lt=models.F("ledger_length")),
                name="case_to_anchor",
            ),
            models.Index(fields=["told_at"], condition=models.Q(to_tell=True), name="case_to_tell"),
            models.Index(
                fields=["priority", "created_at"], condition=models.Q(to_call=True), name="case_to_call"
            ),
            models.Index(
                fields=["purge_at"], condition=models.Q(purge_at__isnull=False), name="case_to_purge"
            ),
            models.Index(
                fields=["promise_at"],
                condition=models.Q(promise_at__isnull=False, promise_due=False),
                name="case_promised",
            ),
            models.Index(
                fields=["kept_until"], condition=models.Q(kept_until__isnull=False), name="case_kept"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_erased(self) -> bool:
        """Whether its reporter has deleted it: no code opens it any more."""
        return self.lookup.startswith(ERASED)

    @property
    def reference(self) -> str:
        """What analysts and notices call the case; says nothing of the code."""
        return f"D-{self.id.hex[:8].upper()}"
