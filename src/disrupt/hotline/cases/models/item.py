"""One thing of a case."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models.functions import Left

from disrupt.hotline.cases.models.case import Case
from disrupt.hotline.cases.states import HeldFor, ItemKind, ItemState


class HostOf(models.Func):
    """The host of an address as the database reads it: what stands between its second slash and its third."""

    arity = 1
    output_field = models.TextField()
    template = "left(lower(split_part(%(expressions)s, '/', 3)), 255)"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        rest = "substr(%(expressions)s, instr(%(expressions)s, '//') + 2)"
        template = f"substr(lower(substr({rest}, 1, instr({rest} || '/', '/') - 1)), 1, 255)"
        return self.as_sql(compiler, connection, template=template, **more)


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
    held_for = models.CharField(max_length=12, choices=HeldFor.choices, default="", blank=True)
    prepared = models.BooleanField(
        default=False, help_text="its copies were looked for: processing/preparing.py"
    )
    asked_until = models.DateTimeField(
        null=True, blank=True, help_text="the person was asked about it; it waits for their answer until then"
    )
    let_through_by = models.CharField(max_length=64, default="", blank=True, help_text="who ended the hold")
    possession = models.CharField(
        max_length=64, default="", blank=True, help_text="keyed digest, to ask without a code"
    )
    stop_at = models.DateTimeField(
        null=True, blank=True, help_text="stopped then, unless the holder of the code says no"
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("case", "position")
        constraints = [models.UniqueConstraint(fields=["case", "position"], name="item_position")]
        indexes = [
            models.Index(fields=["due_at"], name="item_due"),
            models.Index(fields=["state", "created_at"], name="item_state"),
            models.Index(fields=["vault_id"], name="item_vault"),
            # What waits and is the same thing (processing/family.py).
            models.Index(
                Left("url", 200),
                condition=models.Q(kind=ItemKind.URL, state=ItemState.RECEIVED),
                name="item_waiting_url",
            ),
            models.Index(
                HostOf("url"),
                "case",
                condition=models.Q(kind=ItemKind.URL, state=ItemState.RECEIVED),
                name="item_waiting_host",
            ),
            models.Index(
                fields=["created_at"],
                condition=models.Q(kind=ItemKind.FILE, state=ItemState.RECEIVED, prepared=False),
                name="item_to_prepare",
            ),
            models.Index(fields=["case"], condition=~models.Q(held_for=""), name="item_held"),
            models.Index(
                fields=["asked_until"], condition=models.Q(asked_until__isnull=False), name="item_asked"
            ),
            # Whoever asks by a file, and what is stopped by one (stopping.py).
            models.Index(fields=["possession"], condition=~models.Q(possession=""), name="item_possession"),
            models.Index(fields=["stop_at"], condition=models.Q(stop_at__isnull=False), name="item_stop"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"

    @property
    def holds_content(self) -> bool:
        """Whether there is deposited content that has not been destroyed."""
        return bool(self.vault_id)
