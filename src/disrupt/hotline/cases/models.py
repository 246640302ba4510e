"""The tables of a case. No name, address, file name or IP address has a column here (D10)."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.states import ItemKind, ItemState


class Reporter(models.TextChoices):
    SELF = "self", _("I am the person in the content")
    REPRESENTATIVE = "representative", _("I am their legal representative")


class AgeWhenTaken(models.TextChoices):
    MINOR = "minor", _("under 18")
    ADULT = "adult", _("18 or older")
    UNSURE = "unsure", _("I do not know")


class Case(models.Model):
    """What one reporter sent, at one time, under one case code."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lookup = models.CharField(max_length=64, unique=True, help_text="derived from the code, slowly")
    submission = models.CharField(max_length=64, unique=True, help_text="hash of the form's own token")
    public_key = models.BinaryField(max_length=32, help_text="messages to the reporter are sealed to it")
    language = models.CharField(max_length=8)
    reporter = models.CharField(max_length=16, choices=Reporter.choices)
    age_when_taken = models.CharField(max_length=8, choices=AgeWhenTaken.choices)
    threat = models.BooleanField(default=False, help_text="somebody threatens the person now")
    stated_at = models.DateTimeField(help_text="when the statement was made")
    priority = models.PositiveSmallIntegerField(default=2, help_text="0 is the most urgent")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    purge_at = models.DateTimeField(null=True, blank=True, help_text="contact and texts are destroyed then")
    ledger_length = models.PositiveIntegerField(default=0)
    ledger_head = models.CharField(max_length=64, default="", blank=True)
    told_number = models.PositiveIntegerField(default=0, help_text="what the reporter knows of the ledger")
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="when they were last written to or called"
    )

    class Meta:
        ordering = ("priority", "created_at")
        indexes = [models.Index(fields=["closed_at", "priority", "created_at"], name="case_queue")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What analysts and notices call the case; says nothing of the code."""
        return f"D-{self.id.hex[:8].upper()}"


class SealedKind(models.TextChoices):
    DESCRIPTION = "description", _("description")
    EMAIL = "email", _("e-mail address")
    TELEPHONE = "telephone", _("telephone number")


class SealedNote(models.Model):
    """A text about a case, sealed to the review key; its own key is in the key store.

    A copy is sealed to the case's own key, so that the holder of the code reads what they once wrote.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=16, choices=SealedKind.choices)
    vault_id = models.CharField(max_length=32, unique=True)
    ciphertext = models.BinaryField()
    copy_id = models.CharField(max_length=32, unique=True, null=True, blank=True)  # unique
    copy_text = models.BinaryField(default=b"", blank=True)
    safe = models.BooleanField(default=False, help_text="contact only: it is safe to write there")
    any_hour = models.BooleanField(default=False, help_text="contact only: also in the quiet hours")
    bounced_at = models.DateTimeField(null=True, blank=True, help_text="mail came back: never tried again")
    bounce = models.CharField(max_length=16, default="", blank=True, help_text="the server's codes, no words")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class Author(models.TextChoices):
    REPORTER = "reporter", _("the reporter")
    ANALYST = "analyst", _("an analyst")


class Message(models.Model):
    """One message, sealed twice: to the review key and to the case's own key (docs/adr/0010).

    Each copy has a key of its own in the key store, so that the message can be destroyed for certain.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    author = models.CharField(max_length=8, choices=Author.choices)
    submission = models.CharField(max_length=64, unique=True, help_text="hash of the form's own token")
    review_id = models.CharField(max_length=32, unique=True)
    review_text = models.BinaryField()
    reporter_id = models.CharField(max_length=32, unique=True)
    reporter_text = models.BinaryField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True, help_text="by the other side, the first time")

    class Meta:
        ordering = ("case", "at", "id")
        indexes = [models.Index(fields=["author", "read_at"], name="message_unread")]

    def __str__(self) -> str:
        return f"message by {self.author} in {self.case_id}"


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


class Item(models.Model):
    """One thing of a case: an address, a deposited file, or a fingerprint made on the person's device."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=ItemKind.choices)
    state = models.CharField(max_length=16, choices=ItemState.choices, default=ItemState.RECEIVED)
    due_at = models.DateTimeField(null=True, blank=True, help_text="the worker's next step is due")
    url = models.TextField(default="", blank=True)
    vault_id = models.CharField(max_length=32, default="", blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="bytes of the deposited file")
    media = models.CharField(max_length=8, default="", blank=True, help_text="image or video, once decoded")
    unreadable = models.CharField(max_length=200, default="", blank=True, help_text="why it is not decoded")
    declared = models.JSONField(null=True, blank=True, help_text="fingerprints made on the device")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("case", "position")
        constraints = [models.UniqueConstraint(fields=["case", "position"], name="item_position")]
        indexes = [
            models.Index(fields=["due_at"], name="item_due"),
            models.Index(fields=["state", "created_at"], name="item_state"),
            models.Index(fields=["vault_id"], name="item_vault"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"

    @property
    def holds_content(self) -> bool:
        """Whether there is deposited content that has not been destroyed."""
        return bool(self.vault_id)


class PersonAge(models.TextChoices):
    MINOR = "minor", _("a minor")
    POSSIBLE_MINOR = "possible_minor", _("possibly a minor")
    ADULT = "adult", _("an adult")


class Qualification(models.Model):
    """An analyst's decision on one item; decisions are added, never edited."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="qualifications")
    category = models.CharField(max_length=16)
    secondary = models.JSONField(default=list, blank=True)
    scheme = models.CharField(max_length=16, help_text="version of the classification scheme")
    person = models.CharField(max_length=16, choices=PersonAge.choices)
    reason = models.CharField(max_length=32, default="", blank=True, help_text="why it is not qualified")
    reasoning = models.TextField(default="", blank=True, help_text="the legal reasoning, free text")
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        get_latest_by = ("at", "id")

    def __str__(self) -> str:
        return f"{self.category} on {self.item_id}"


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
