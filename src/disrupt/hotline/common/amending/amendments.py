"""What was changed on a page: one row over what came along, for every process within a second, audited."""

from __future__ import annotations

import enum
import time
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.models import Amendment

# So long a process goes on with what it knew.
_REMEMBERED = 1.0

Value = Mapping[str, Any]


class Kind(enum.StrEnum):
    """What can be changed."""

    SETTING = "setting"
    CATEGORY = "category"
    OWN_CATEGORY = "own_category"
    WORDS = "words"
    HOST = "host"
    PLATFORM = "platform"
    LETTER = "letter"


class MotiveMissing(ValueError):
    """Who changes what the hotline does says why."""


class _Memory:
    """The rows as this process read them last; few, so that all are read at once."""

    def __init__(self) -> None:
        self.until = 0.0
        self.rows: Mapping[str, Mapping[str, Value]] = {}


_memory = _Memory()


def of(kind: Kind) -> Mapping[str, Value]:
    """What is changed of this kind, by its key."""
    if time.monotonic() >= _memory.until:
        found: dict[str, dict[str, Value]] = {}
        for row in Amendment.objects.order_by("key").values_list("kind", "key", "value"):
            found.setdefault(row[0], {})[row[1]] = row[2]
        _memory.rows, _memory.until = found, time.monotonic() + _REMEMBERED
    return _memory.rows.get(kind, {})


def row_of(kind: Kind, key: str) -> Amendment | None:
    """Who changed it, when and why; None where it is as it came along."""
    return Amendment.objects.filter(kind=kind, key=key).first()


@transaction.atomic
def put(kind: Kind, key: str, value: Value | None, actor: Actor, why: str) -> bool:
    """Change it, or (None) let what came along hold again; False where it was so. Raises MotiveMissing."""
    if not why.strip():
        raise MotiveMissing("Say why: it stands in the audit log.")
    why = why.strip()[:300]
    row = Amendment.objects.select_for_update().filter(kind=kind, key=key).first()
    before = row.value if row else None
    if before == value:
        return False
    if value is None:
        Amendment.objects.filter(kind=kind, key=key).delete()
    else:
        said = {"value": value, "at": clock.now(), "by": str(actor), "why": why}
        Amendment.objects.update_or_create(kind=kind, key=key, defaults=said)
    data = {"key": key, "before": before, "after": value, "why": why}
    audit.record(f"{kind.value}.changed", actor, data)
    forget()
    return True


def forget() -> None:
    """What this process knew may be old: it reads anew."""
    _memory.until = 0.0


def know_nothing() -> None:
    """Nothing is changed, until this process is told otherwise: how a test begins."""
    _memory.rows, _memory.until = {}, float("inf")
