"""What the tests of endings share: a case with words, a legal hold by two people, the worker's round."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from disrupt.hotline.cases import legal_holds
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import Case, HoldMotive, LegalHold, SealedKind
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.running.sweep import Sweep
from disrupt.hotline.common.store import vault
from disrupt.hotline.processing import tasks

ALICE, LEA = analyst(1), analyst(2)
DAY = dt.timedelta(days=1)
SOURCE = Path(__file__).resolve().parents[3] / "src" / "disrupt" / "hotline"


def held(case: Case, days: int = 100) -> LegalHold:
    hold = legal_holds.ask(case, HoldMotive.POLICE, clock.now() + days * DAY, ALICE, "PV 2026/12")
    legal_holds.confirm(hold, LEA)
    case.refresh_from_db()
    return hold


def sweep() -> None:
    """Holds that are over, and everything that has come to its end."""
    for key in list(legal_holds.over()):
        legal_holds.close(key)
    Sweep(tasks.RETENTION).once()


def with_words(make_case: Any, **more: Any) -> Case:
    contact = Contact(SealedKind.EMAIL, vault.seal("jane@example.org"), True)
    case: Case = make_case(description=vault.seal("words"), contacts=(contact,), **more)
    Case.objects.filter(pk=case.pk).update(unread=False)
    case.refresh_from_db()
    return case
