"""The table of notices: what one recipient is to be told of one address, with what was sent as evidence."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property

from disrupt.hotline.cases.models import Item
from disrupt.hotline.takedown.models.target import Target
from disrupt.hotline.takedown.states import (
    REMOVED,
    Channel,
    Decision,
    NoticeState,
    RecipientKind,
    Refusal,
    Step,
)


def new_reference() -> str:
    """What the recipient quotes; drawn at random, so that it says nothing of the case."""
    return f"N-{secrets.token_hex(6).upper()}"


def new_message_id() -> str:
    """A Message-ID (RFC 5322, 3.6.4) under the domain of the hotline."""
    domain = settings.HOTLINE_EMAIL.rpartition("@")[2]
    return f"<{secrets.token_hex(16)}@{domain}>"


class Notice(models.Model):
    """A step of an address's plan: one recipient is to be told of it. The row is the truth (D4).

    Addresses of one host go in one message: one row leads and carries its bytes, the others go `within` it
    and share its fate; what the recipient answers stands in the row of each address (docs/adr/0021).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=24, unique=True, default=new_reference)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="notices")
    round = models.PositiveSmallIntegerField(default=1, help_text="raised when it must all be done again")
    step = models.CharField(max_length=12, choices=Step.choices)
    regime = models.CharField(max_length=16, default="", blank=True, help_text="the law that it is under")
    plan = models.CharField(max_length=16, default="", blank=True, help_text="version of the plan")
    held = models.BooleanField(default=False, help_text="a person holds it")
    number = models.PositiveSmallIntegerField(default=1, help_text="of the reminders, which one")
    within = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="members", db_index=False
    )

    recipient = models.CharField(max_length=16, choices=RecipientKind.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    name = models.CharField(max_length=120, help_text="the recipient, as the registry names it")
    address = models.CharField(max_length=254, default="", blank=True)
    scope = models.CharField(max_length=16, help_text="police, host, site, network, registrar, search")
    registry = models.CharField(max_length=32, help_text="version of the recipients' registry")
    host = models.CharField(max_length=255, default="", blank=True, help_text="of the URL, in ASCII")
    language = models.CharField(max_length=8)

    category = models.CharField(max_length=16)
    scheme = models.CharField(max_length=16, help_text="version of the classification scheme")
    texts = models.CharField(max_length=16, default="", blank=True, help_text="version of the notice texts")

    state = models.CharField(max_length=16, choices=NoticeState.choices)
    due_at = models.DateTimeField()
    wait_hours = models.FloatField(default=0, help_text="after the police were reached")
    waits_for_police = models.BooleanField(default=False)
    wait_reason = models.TextField(default="", blank=True, help_text="why the wait was changed, or waived")
    attempts = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=32, default="", blank=True, help_text="whose turn it is to send it")
    claimed_at = models.DateTimeField(null=True, blank=True)
    transmitting_at = models.DateTimeField(null=True, blank=True)

    message_id = models.CharField(max_length=160, unique=True, default=new_message_id)
    subject = models.CharField(max_length=400, default="", blank=True)
    body = models.TextField(default="", blank=True)
    message = models.BinaryField(default=b"", blank=True, help_text="the very bytes given to the server")
    message_sha256 = models.CharField(max_length=64, default="", blank=True)
    composed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reply = models.CharField(max_length=500, default="", blank=True, help_text="the server's last word")
    filed_reference = models.CharField(max_length=120, default="", blank=True)
    delivered_at = models.DateTimeField(
        null=True, blank=True, help_text="its recipient's server reported it as delivered (RFC 3464)"
    )
    delivery = models.CharField(max_length=120, default="", blank=True, help_text="what the report says")

    acknowledged_at = models.DateTimeField(null=True, blank=True, help_text="DSA art. 16(4)")
    decision = models.CharField(max_length=16, choices=Decision.choices, default="", blank=True)
    decision_at = models.DateTimeField(null=True, blank=True, help_text="DSA art. 16(5)")
    decision_note = models.TextField(
        default="", blank=True, help_text="the reasons given, the redress offered"
    )
    refusal = models.CharField(max_length=12, choices=Refusal.choices, default="", blank=True)

    stays_told_at = models.DateTimeField(
        null=True, blank=True, help_text="its person was told that it could not be removed"
    )
    counted_at = models.DateTimeField(null=True, blank=True, help_text="as sent, in the figures")
    action = models.CharField(
        max_length=24, default="", blank=True, help_text="what its host did, as counted"
    )
    action_at = models.DateTimeField(null=True, blank=True)
    action_site = models.CharField(max_length=255, default="", blank=True, help_text="the site then")

    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "recipient")
        constraints = [
            models.UniqueConstraint(
                fields=["target", "category", "round", "step", "number"], name="notice_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="notice_due"),
            models.Index(fields=["host", "state"], name="notice_host"),
            models.Index(fields=["transmitting_at"], name="notice_left"),
            # Without the many that go alone: counted in, SQLite would not use it.
            models.Index(fields=["within"], condition=models.Q(within__isnull=False), name="notice_within"),
            # The list: all of them, and each filter, the newest first.
            models.Index(fields=["-created_at", "due_at"], name="notice_newest"),
            models.Index(fields=["state", "-created_at", "due_at"], name="notice_newest_state"),
            models.Index(fields=["recipient", "-created_at", "due_at"], name="notice_newest_to"),
            models.Index(
                fields=["recipient", "state", "-created_at", "due_at"], name="notice_newest_to_state"
            ),
            models.Index(fields=["host", "-created_at", "due_at"], name="notice_newest_host"),
            # What hosts do, one recipient at a time; and the few that they refused or still owe. SQLite
            # uses a partial index only where its condition has no list.
            models.Index(
                fields=["step", "name", "-sent_at"],
                condition=models.Q(sent_at__isnull=False),
                name="notice_told",
            ),
            models.Index(
                fields=["name", "-sent_at"],
                condition=models.Q(decision=Decision.DECLINED),
                name="notice_declined",
            ),
            models.Index(
                fields=["step", "name", "-sent_at"],
                condition=models.Q(state=NoticeState.SENT, decision="")
                & ~models.Q(step=Step.POLICE)
                & ~models.Q(action=REMOVED),
                name="notice_open",
            ),
            # What needs a person, of what has been sent.
            models.Index(
                fields=["sent_at"],
                condition=models.Q(step=Step.HOST, state=NoticeState.SENT, stays_told_at=None)
                & ~models.Q(action=REMOVED),
                name="notice_stays",
            ),
            models.Index(
                fields=["decision", "target"],
                condition=models.Q(step=Step.HOST, state=NoticeState.SENT, decision=Decision.OTHER),
                name="notice_asked",
            ),
            models.Index(
                fields=["plan"],
                condition=models.Q(step=Step.HOST, state=NoticeState.SENT, plan=""),
                name="notice_unplanned",
            ),
            models.Index(
                fields=["channel", "due_at"],
                condition=models.Q(channel=Channel.GUARD, state=NoticeState.SENT),
                name="notice_guard",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @cached_property
    def item(self) -> Item:
        """The first item that it is about; the pages of a case put their own here."""
        found: Item = self.items[0]
        return found

    @property
    def items(self) -> Sequence[Item]:
        """Every item that it is about, whoever reported it, the first reported first."""
        concerns = self.target.concerns.filter(category=self.category).select_related("item__case")
        return [concern.item for concern in concerns.order_by("pk")]
