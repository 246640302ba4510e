"""The test entry: a picture that shows nobody, by which a platform proves its chain (sample_picture.py)."""

from __future__ import annotations

import uuid

from disrupt.hotline.bank import services as bank
from disrupt.hotline.bank.models import BankEntry, EntryKind, EntryOrigin
from disrupt.hotline.bank.prints import Prints
from disrupt.protocol import sample_picture

SOURCE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:disrupt:test-entry")
"""Stands for the item that other entries have behind them."""


def offer() -> BankEntry:
    """List it with the next batch; idempotent."""
    row = {"hex": sample_picture.PDQ, "quality": sample_picture.QUALITY, "role": "stored"}
    prints = Prints(EntryKind.IMAGE, sample_picture.SHA256, sample_picture.MD5, (row,))
    return bank.offer(prints, sample_picture.CATEGORY, EntryOrigin.EXAMINED, SOURCE, let_through=True)


def withdraw() -> bool:
    """Withdraw it with the next batch; whether it was listed."""
    return bank.withdraw_source(SOURCE) is not None
