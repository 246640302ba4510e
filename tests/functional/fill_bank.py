"""Run in a hotline's environment: reads [["add", name, kind, pdq], ["withdraw", name], ["empty"], ...]."""

from __future__ import annotations

import hashlib
import json
import sys
import uuid

import django


def hex_of(name: str, length: int = 64) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:length]


def add(name: str, kind: str, pdq: str) -> None:
    from disrupt.hotline.bank.models import EntryKind, EntryOrigin
    from disrupt.hotline.bank.services import Prints, offer

    image = kind == "image"
    stored = ({"hex": pdq or hex_of(f"pdq {name}"), "quality": 100, "role": "stored"},)
    frames = tuple(
        {"frame": n, "timestamp": float(n), "quality": 90, "hex": hex_of(f"{name} {n}")} for n in range(3)
    )
    prints = Prints(
        EntryKind(kind), hex_of(name), hex_of(name, 32), stored if image else (), () if image else frames
    )
    offer(prints, "ADU-DNCI", EntryOrigin.EXAMINED, item_of(name))


def withdraw(name: str) -> None:
    from disrupt.hotline.bank.services import withdraw_source

    withdraw_source(item_of(name))


def empty() -> None:
    from disrupt.hotline.bank.models import (
        BankChange,
        BankEntry,
        BankSequence,
        EntrySource,
        LogNode,
    )
    from disrupt.hotline.exchange.models import ReadingState, WireCursor

    for model in (EntrySource, LogNode, BankChange, BankEntry, BankSequence, WireCursor, ReadingState):
        model._default_manager.all().delete()


def item_of(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, name)


if __name__ == "__main__":
    django.setup()
    from django.db import transaction

    with transaction.atomic():
        for action, *arguments in json.load(sys.stdin):
            {"add": add, "withdraw": withdraw, "empty": empty}[action](*arguments)
