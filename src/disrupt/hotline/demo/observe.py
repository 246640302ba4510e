"""Looks at the demonstration's own database, to show what the worker did and when it is done."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disrupt.hotline.demo.errors import DemoFailed

_PATIENCE = 90.0


def attach(environment: dict[str, str]) -> None:
    """Set Django up in this process, on the site's folder."""
    os.environ.update(environment)
    os.environ["DISRUPT_LOG_LEVEL"] = "WARNING"
    os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.all_in_one"
    import django

    django.setup()


def wait_until(what: str, condition: Callable[[], bool]) -> None:
    """Wait for the worker. Raises DemoFailed when it takes too long."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise DemoFailed(f"Waited {_PATIENCE:.0f} s in vain until {what}.")
        time.sleep(0.2)


@dataclass(frozen=True)
class Progress:
    """What is known of the newest case."""

    states: dict[str, str]
    receipts: tuple[dict[str, Any], ...]
    entries: tuple[dict[str, Any], ...]
    events: int


def newest_case() -> Progress:
    """States, destruction receipts and bank entries, and the number of ledger events, verified."""
    from disrupt.hotline.bank.models import BankEntry
    from disrupt.hotline.cases import ledger
    from disrupt.hotline.cases.models import Case

    case = Case.objects.order_by("created_at").last()
    if case is None:
        return Progress({}, (), (), 0)
    items = list(case.items.all())
    entries = BankEntry.objects.filter(sources__item_id__in=[item.pk for item in items])
    return Progress(
        {f"{item.kind} {item.position}": item.state for item in items},
        tuple(event.data for event in case.ledger.filter(kind="content.destroyed")),
        tuple(
            {"id": str(e.pk), "kind": e.kind, "state": e.state, "category": e.category, **e.prints}
            for e in entries.order_by("created_at")
        ),
        ledger.verify(case),
    )


def newest_states(cases: int) -> list[str]:
    """The states of all items of the newest cases."""
    from disrupt.hotline.cases.models import Case, Item

    newest = list(Case.objects.order_by("-created_at").values_list("pk", flat=True)[:cases])
    return list(Item.objects.filter(case__in=newest).values_list("state", flat=True))


def prepared() -> int:
    """How many files wait and have been compared with the others."""
    from disrupt.hotline.cases.models import Item

    return Item.objects.filter(kind="file", state="received", prepared=True).count()


def looks(*seen: str) -> int:
    """How many looks at addresses saw one of these."""
    from disrupt.hotline.takedown.models import Check

    return Check.objects.filter(seen__in=seen).count()


def host_says_removed() -> None:
    """What an analyst records once the host has answered; it is no proof: the addresses are looked at."""
    from disrupt.hotline.common.actors import analyst
    from disrupt.hotline.takedown import actions
    from disrupt.hotline.takedown.models import Notice
    from disrupt.hotline.takedown.states import Decision

    for notice in Notice.objects.filter(step="host", state="sent"):
        actions.record_decision(notice, Decision.REMOVED, analyst(1))


def move_clock(hours: float) -> None:
    """Move the clock of all processes forward."""
    import datetime as dt

    from disrupt.hotline.common import clock

    clock.move(dt.timedelta(hours=hours))


def files_under(var: Path) -> dict[str, int]:
    """How many files are in the sealed store and in the key store."""
    return {name: sum(1 for p in (var / name).rglob("*") if p.is_file()) for name in ("store", "keystore")}
