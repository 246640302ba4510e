"""What stood there before: earlier words, as the audit log keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.common.models import AuditEvent

_SHOWN = 10


def of(kind: Kind, key: str) -> Sequence[AuditEvent]:
    """The newest changes of it, the newest first."""
    found = AuditEvent.objects.filter(kind=f"{kind.value}.changed", data__key=key)
    return list(found.order_by("-number")[:_SHOWN])


def at(kind: Kind, key: str, number: int) -> Mapping[str, Any] | None:
    """The row that one change made; None where it let what came along hold. Raises KeyError."""
    event = AuditEvent.objects.filter(kind=f"{kind.value}.changed", data__key=key, number=number).first()
    if event is None:
        raise KeyError(number)
    row: Mapping[str, Any] | None = event.data["after"]
    return row
