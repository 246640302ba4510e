"""Partners, their keys, what they sent, and the trace that every write leaves."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.exchange.account.models import AccountVisit as AccountVisit
from disrupt.hotline.exchange.hooks.models import Hook as Hook
from disrupt.hotline.exchange.hooks.models import HookKey as HookKey
from disrupt.hotline.exchange.hooks.models import HookMessage as HookMessage
from disrupt.hotline.exchange.taking.models import TakenEntry as TakenEntry
from disrupt.hotline.exchange.taking.models import TakenSource as TakenSource


class PartnerKind(models.TextChoices):
    PLATFORM = "platform", _("platform")
    HOTLINE = "hotline", _("hotline")
    RESEARCH = "research", _("research")


class Partner(models.Model):
    """A platform or another hotline that holds keys to the exchange."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=PartnerKind.choices, default=PartnerKind.PLATFORM)
    active = models.BooleanField(default=True)
    flood_after = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="so many matches of one entry in a day are too many; else the setting",
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A key of a partner; only its hash is here. `last_used_on` is a day: enough to find keys to retire."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="keys")
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)
    sees = models.JSONField(default=dict, help_text="categories, kinds, jurisdictions; all where not named")
    saw_all_until = models.PositiveBigIntegerField(
        default=0, help_text="the last change up to which this key was shown what it may not see now"
    )

    made_with = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="successors",
        help_text="the key by which its partner made it",
    )

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return f"dsr_{self.prefix}_…"


class ExchangeEvent(models.Model):
    """What was done in the exchange, by whom; never holds a fingerprint nor a secret."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="events")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=["kind", "at"], name="exchange_event_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.partner_id}"


class Opinion(models.TextChoices):
    UNKNOWN = "Unknown", _("unknown")
    NONE = "None", _("no opinion")
    QUALITY_UNKNOWN = "QualityUnknown", _("quality unknown")
    PENDING_REVIEW = "PendingReview", _("matched, review pending")
    BLOCKED = "Blocked", _("reviewed and blocked")
    NOT_BLOCKED = "NotBlocked", _("reviewed, not blocked")
    WITHDRAWN = "Withdrawn", _("withdrawn")
    DELETED = "Deleted", _("deleted")


class _Sent(models.Model):
    """A hash that a partner sent us, once for each partner; the latest opinion counts."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    signal = models.CharField(max_length=12)
    value = models.CharField(max_length=64)
    opinion = models.CharField(max_length=16, choices=Opinion.choices)
    tags = models.JSONField(default=list)
    first_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.signal} from {self.partner_id}"


class ProposalState(models.TextChoices):
    WAITING = "waiting", _("waits for a decision")
    OFFERED = "offered", _("offered to partners")
    REFUSED = "refused", _("refused")


class SubmittedHash(_Sent):
    """A hash that a partner proposes; it is not offered to others until an analyst has decided so."""

    their_id = models.CharField(max_length=64, default="", blank=True, help_text="by which it is retracted")
    state = models.CharField(
        max_length=12, choices=ProposalState.choices, default=ProposalState.WAITING, db_index=True
    )
    category = models.CharField(max_length=16, default="", blank=True)
    motive = models.CharField(max_length=300, default="", blank=True)
    decided_by = models.CharField(max_length=64, default="", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    source = models.UUIDField(null=True, blank=True, db_index=True, help_text="what its entry is there for")
    disputed_at = models.DateTimeField(null=True, blank=True, help_text="a partner asked to look again")
    flooded = models.BooleanField(default=False, help_text="it matched too much once")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "signal", "value"], name="one_submission_a_partner")
        ]
        indexes = [models.Index(fields=["partner", "their_id"], name="submission_their_id")]


class Feedback(_Sent):
    """What a partner found when a hash of ours matched."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "signal", "value"], name="one_feedback_a_partner")
        ]
        indexes = [models.Index(fields=["opinion", "signal", "value"], name="feedback_opinion")]


class EntryWord(models.Model):
    """A partner's latest word on an entry of ours; see protocol/feedback.py."""

    class Opinion(models.TextChoices):
        MATCHED = "matched", _("matched")
        BLOCKED = "blocked", _("reviewed and blocked")
        NOT_BLOCKED = "not_blocked", _("reviewed, not blocked")
        FALSE_MATCH = "false_match", _("another picture")

    class Why(models.TextChoices):
        NOT_SAID = "", _("not said")
        OTHER_PICTURE = "other_picture", _("it is another picture")
        LAWFUL = "lawful", _("it is lawful")
        CONSENT = "consent", _("shared with consent")
        NOBODY_SHOWN = "nobody_shown", _("it shows nobody")
        OTHER = "other", _("another reason")

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    entry = models.ForeignKey(BankEntry, on_delete=models.CASCADE, related_name="+")
    opinion = models.CharField(max_length=16, choices=Opinion.choices)
    why = models.CharField(max_length=16, choices=Why.choices, default="", blank=True)
    seen = models.PositiveIntegerField(default=1, help_text="uploads that matched in the 24 hours before")
    retroactive = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="once a person has looked")
    first_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "entry"], name="one_word_a_partner")]
        indexes = [
            # The few that dispute and were not answered. SQLite uses a partial index only where its
            # condition has no list.
            models.Index(
                fields=["entry"],
                condition=models.Q(answered_at=None)
                & ~models.Q(opinion="matched")
                & ~models.Q(opinion="blocked"),
                name="word_disputes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.opinion} from {self.partner_id}"


class LogWitness(models.Model):
    """The newest head of the log that a partner has signed as the one that it was shown."""

    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="witness")
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.size} seen by {self.partner_id}"


class KeptAnswer(models.Model):
    """What was answered to a POST under an Idempotency-Key, locked with the partner's key (door/once.py)."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64, help_text="digest of the name that it was sent under")
    asked = models.CharField(max_length=64, help_text="digest of the request")
    answer = models.BinaryField(default=b"")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "mark"], name="one_kept_answer")]

    def __str__(self) -> str:
        return f"answer to {self.key_id}"


class WireHash(models.Model):
    """Which entries stand behind a hash of the StopNCII protocol: two entries may share one."""

    entry = models.ForeignKey(BankEntry, on_delete=models.CASCADE, related_name="+")
    signal = models.CharField(max_length=12)
    value = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "signal", "value"], name="one_wire_hash")]
        indexes = [models.Index(fields=["value"], name="wire_hash_value")]

    def __str__(self) -> str:
        return f"{self.signal} of {self.entry_id}"


class WireCursor(models.Model):
    """The one row that says up to which bank change WireHash is complete."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.seq)


class ReadingState(models.Model):
    """What a StopNCII key has read while it was behind; see reading.py."""

    key = models.OneToOneField(ApiKey, on_delete=models.CASCADE, related_name="reading")
    runs = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"reading of {self.key_id}"


class ReadMark(models.Model):
    """The changes up to `seq` (after the mark before) have this time for readers by the clock; see
    ncmec/windows.py. The one with the number 0 says until when readers have been answered.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.seq} at {self.at}"
