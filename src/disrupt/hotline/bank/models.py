"""Bank entries, the reasons they are there (sources), and their changes in commit order (D5)."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

DERIVED = "derived"
"""The role of a hash of a part of a picture (docs/adr/0004)."""


class EntryKind(models.TextChoices):
    IMAGE = "image", _("picture")
    VIDEO = "video", _("video")


class EntryState(models.TextChoices):
    ACTIVE = "active", _("active")
    WITHDRAWN = "withdrawn", _("withdrawn")


class EntryOrigin(models.TextChoices):
    EXAMINED = "examined", _("examined by an analyst")
    DECLARED = "declared", _("declared from the person's device, seen by nobody")
    SHARED = "shared", _("told by a partner, seen by nobody here")


class Minors(models.TextChoices):
    """Who says that the person shown was, or may have been, a minor."""

    NOBODY = "", _("nobody says so")
    DECLARED = "declared", _("the person who reported")
    EXAMINED = "examined", _("an analyst")


class BankEntry(models.Model):
    """The fingerprints of one content; active or withdrawn, never edited.

    A withdrawn one keeps only the hashes that a withdrawal must name, and those for a while (retention.py).
    `prints`: {"pdq": [{"hex", "quality", "role"}], "vpdq": [{"frame", "timestamp", "quality", "hex"}]}.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    state = models.CharField(max_length=12, choices=EntryState.choices, default=EntryState.ACTIVE)
    origin = models.CharField(max_length=12, choices=EntryOrigin.choices)
    category = models.CharField(max_length=16)
    minors = models.CharField(max_length=12, choices=Minors.choices, default="", blank=True)
    jurisdiction = models.CharField(
        max_length=8, default="", blank=True, help_text="whose law the category is of"
    )
    identity = models.CharField(
        max_length=64, default="", blank=True, help_text="of all its fingerprints; of an active entry only"
    )
    sha256 = models.CharField(max_length=64)
    md5 = models.CharField(max_length=32)
    prints = models.JSONField(default=dict)
    came = models.JSONField(
        null=True, blank=True, help_text="from where: feed.Came, of what another list told"
    )
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, help_text="when its last fingerprint was erased")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity", "origin", "category", "minors"],
                condition=models.Q(state="active"),
                name="one_active_entry_per_content",
            )
        ]
        indexes = [
            models.Index(fields=["sha256"], name="entry_sha256"),
            models.Index(fields=["md5"], name="entry_md5"),
            # The worker asks every second: only what is left to erase is in it.
            models.Index(
                fields=["withdrawn_at"],
                condition=models.Q(state="withdrawn", erased_at=None),
                name="entry_to_erase",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class EntrySource(models.Model):
    """An item because of which an entry is active; the entry lives while one of its sources does."""

    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="sources")
    item_id = models.UUIDField(unique=True, help_text="the case item; an opaque reference here")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"source of {self.entry_id}"


class LawfulSign(models.TextChoices):
    SHA256 = "sha256", "SHA-256"
    MD5 = "md5", "MD5"
    PDQ = "pdq", "PDQ"


class LawfulPrint(models.Model):
    """A fingerprint of a picture that is lawful and widely known: the negative bank (lawful.py)."""

    sign = models.CharField(max_length=8, choices=LawfulSign.choices)
    value = models.CharField(max_length=64)
    label = models.CharField(max_length=80, help_text="what it is, for who looks after the list")
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sign", "value"], name="one_lawful_print")]
        indexes = [models.Index(fields=["label"], name="lawful_label")]

    def __str__(self) -> str:
        return f"{self.sign} of {self.label}"


class ChangeKind(models.TextChoices):
    ADDED = "added", _("added")
    WITHDRAWN = "withdrawn", _("withdrawn")


class BankChange(models.Model):
    """One change, numbered in commit order without gaps."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    at = models.DateTimeField()
    content = models.CharField(max_length=64, default="", blank=True, help_text="of an addition: log.py")
    parts = models.CharField(max_length=64, default="", blank=True)
    salt = models.BinaryField(max_length=32, null=True, help_text="gone once the entry is withdrawn")

    class Meta:
        ordering = ("seq",)

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class OnList(models.Model):
    """How many entries on the list are alike in what decides who may see them (onlist.py)."""

    origin = models.CharField(max_length=12)
    minors = models.CharField(max_length=12, default="", blank=True)
    category = models.CharField(max_length=16)
    kind = models.CharField(max_length=8)
    jurisdiction = models.CharField(max_length=8, default="", blank=True)
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "minors", "category", "kind", "jurisdiction"], name="on_list_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.origin} {self.kind} of {self.category}"


class Restoration(models.Model):
    """The list came back from a backup: it went on from so many changes, under this root of its log."""

    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"at change {self.size}"


class LogNode(models.Model):
    """The hash of a complete part of the log's tree: 2**level leaves from index * 2**level on (log.py)."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_log_node")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class StagedChange(models.Model):
    """A change that waits for its batch (batches.py): nobody is told of it yet, and it has no number."""

    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="staged")
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    group = models.UUIDField(null=True, blank=True, help_text="the case; an opaque reference here")
    since = models.DateTimeField()
    waited = models.PositiveSmallIntegerField(default=0, help_text="batches that went without it")
    not_before = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "kind"], name="staged_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.entry_id}"


class SetAside(models.Model):
    """Fingerprints of an item whose entry was taken off the lists until a person has looked (aside.py)."""

    item_id = models.UUIDField(unique=True, help_text="the case item; an opaque reference here")
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    sha256 = models.CharField(max_length=64)
    md5 = models.CharField(max_length=32)
    prints = models.JSONField(default=dict)
    category = models.CharField(max_length=16)
    origin = models.CharField(max_length=12, choices=EntryOrigin.choices)
    minors = models.CharField(max_length=12, choices=Minors.choices, default="", blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"set aside of {self.item_id}"


class BlockedCopies(models.Model):
    """How many copies of an entry's content a partner says that it has blocked (copies.py)."""

    entry = models.ForeignKey(BankEntry, on_delete=models.CASCADE, related_name="+")
    reader = models.UUIDField()
    copies = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField(help_text="what it said last of one day")
    since = models.DateField()
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "reader"], name="one_count_a_reader")]

    def __str__(self) -> str:
        return f"{self.copies} of {self.entry_id}"


class BankSequence(models.Model):
    """The one row whose lock orders all changes: the last number given."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last = models.PositiveBigIntegerField(default=0)
    logged = models.PositiveBigIntegerField(default=0, help_text="changes that are in the log")
    last_group = models.UUIDField(null=True, blank=True, help_text="of the newest change: its case")
    hotline = models.UUIDField(
        default=uuid.uuid4, help_text="names this hotline where lists are passed on; it never changes"
    )

    def __str__(self) -> str:
        return str(self.last)


class BankReader(models.Model):
    """How far a partner has read the list, and when it last did; the partner is an opaque reference here."""

    reader = models.UUIDField()
    sight = models.CharField(max_length=64, help_text="the digest of `sees`")
    sees = models.JSONField(default=dict, help_text="what its key may see: sight.py")
    seq = models.PositiveBigIntegerField(default=0, help_text="it holds every change up to this one")
    read_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "sight"], name="one_reader_a_sight")]

    def __str__(self) -> str:
        return str(self.seq)


class ReadOn(models.Model):
    """Up to which change a reader held the list on a day: so a day on which it heard of each can be told."""

    reader = models.ForeignKey(BankReader, on_delete=models.CASCADE, related_name="days")
    on = models.DateField()
    seq = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "on"], name="one_mark_a_day")]

    def __str__(self) -> str:
        return f"{self.seq} on {self.on}"


class ReaderName(models.Model):
    """The name of a partner that lets it be told to those whose fingerprints it fetched."""

    reader = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name
