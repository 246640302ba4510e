"""The portal's own table: uploads on their way. Nothing in it tells who sends, or what."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from disrupt.hotline.common.store.segments import Mark
from disrupt.hotline.common.store.vault import VaultId


class Upload(models.Model):
    """One file on its way, and how much of it is durable; `owner` and `draft` are hashes."""

    name = models.CharField(max_length=64, unique=True, help_text="random; the upload's address ends with it")
    owner = models.CharField(max_length=64, help_text="hash of the token in the sender's cookie")
    draft = models.CharField(max_length=64, default="", blank=True, help_text="hash of the form that took it")
    vault_id = models.CharField(max_length=64, unique=True)
    length = models.PositiveBigIntegerField(help_text="bytes of the whole file")
    position = models.PositiveBigIntegerField(help_text="bytes of ciphertext that are durable")
    offset = models.PositiveBigIntegerField(help_text="bytes of the file that are durable")
    segments = models.PositiveIntegerField()
    chain = models.BinaryField(max_length=32, help_text="the last digest that is durable")
    created_at = models.DateTimeField()
    whole_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(db_index=True, help_text="what was not sent by then is destroyed")

    class Meta:
        indexes = [models.Index(fields=["owner", "draft"], name="upload_owner")]
        constraints = [
            models.CheckConstraint(condition=Q(offset__lte=models.F("length")), name="upload_not_too_long")
        ]

    def __str__(self) -> str:
        return f"{self.offset} of {self.length} bytes"

    @property
    def content(self) -> VaultId:
        return VaultId(self.vault_id)

    @property
    def mark(self) -> Mark:
        return Mark(self.position, self.offset, self.segments, bytes(self.chain))

    @staticmethod
    def columns(mark: Mark) -> dict[str, Any]:
        """A mark as it is stored."""
        return {
            "position": mark.position,
            "offset": mark.offset,
            "segments": mark.segments,
            "chain": mark.chain,
        }
