"""All ledgers at once: whatever was altered, removed, moved or rewritten is found, and nothing else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from disrupt.hotline.cases import ledger, verifying
from disrupt.hotline.cases.models import Case, Item, LedgerEvent
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.review import trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases() -> list[Case]:
    list(trial.make(6, 6, seed=3))
    for case in Case.objects.all():
        with transaction.atomic():
            for kind in ("note.read", "case.read", "message.read"):
                ledger.record(case, kind, WORKER, data={"é": [1, None, "ü"]})
    return list(Case.objects.order_by("pk"))


def rewrite(case: Case) -> None:
    """As somebody would who holds the database: every digest anew, and the case's own row."""
    last = ""
    for number, event in enumerate(case.ledger.order_by("number"), 1):
        event.number, event.previous = number, last
        event.digest = last = ledger.digest_of(event)
        event.save()
    Case.objects.filter(pk=case.pk).update(ledger_length=case.ledger.count(), ledger_head=last)


def middle(case: Case) -> LedgerEvent:
    return case.ledger.order_by("number")[1]


def alter(case: Case) -> None:
    LedgerEvent.objects.filter(pk=middle(case).pk).update(data={"motive": "other"})


def remove(case: Case) -> None:
    middle(case).delete()


def remove_last(case: Case) -> None:
    LedgerEvent.objects.filter(case=case, number=case.ledger_length).delete()


def remove_all(case: Case) -> None:
    case.ledger.all().delete()


def swap(case: Case) -> None:
    first, second = case.ledger.order_by("number")[1:3]
    LedgerEvent.objects.filter(pk=first.pk).update(number=9999)
    LedgerEvent.objects.filter(pk=second.pk).update(number=first.number)
    LedgerEvent.objects.filter(pk=first.pk).update(number=second.number)


def shorten_the_row(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(ledger_length=case.ledger_length - 1)


def move_to_another(case: Case) -> None:
    other = Case.objects.exclude(pk=case.pk).order_by("pk").first()
    assert other
    LedgerEvent.objects.filter(pk=middle(case).pk).update(case=other, number=9999)


@pytest.mark.parametrize("place", [0, 5, -1])
@pytest.mark.parametrize(
    "crime", [alter, remove, remove_last, remove_all, swap, shorten_the_row, move_to_another]
)
def test_whatever_was_done_to_a_ledger_is_found(cases: list[Case], crime: Any, place: int) -> None:
    clean = verifying.verify_all()
    assert (clean.cases, clean.events) == (len(cases), LedgerEvent.objects.count())
    assert clean.broken == []
    crime(cases[place])
    broken = verifying.verify_all().broken
    assert any(cases[place].reference in line for line in broken), broken
    assert len(broken) <= 2
    with pytest.raises(CommandError, match="do not verify"):
        call_command("verify_ledger", stderr=io.StringIO())


def take_out(case: Case) -> None:
    for table in (LedgerEvent, Item):
        for row in table.objects.filter(case=case):
            getattr(row, "qualifications", LedgerEvent.objects.none()).all().delete()
            row.delete()
    case.delete()


def rewrite_altered(case: Case) -> None:
    alter(case)
    rewrite(case)


def rewrite_shortened(case: Case) -> None:
    remove_last(case)
    rewrite(case)


@pytest.mark.parametrize("crime", [take_out, rewrite_altered, rewrite_shortened])
def test_a_rewritten_ledger_is_not_the_one_that_was_kept(
    cases: list[Case], crime: Any, tmp_path: Path
) -> None:
    heads = tmp_path / "heads.jsonl"
    said = io.StringIO()
    call_command("verify_ledger", keep=heads, stdout=said)
    assert f"{len(cases)} heads written" in said.getvalue()
    with transaction.atomic():
        ledger.record(cases[1], "case.read", WORKER)
    assert verifying.verify_all(verifying.kept_in(heads)).broken == [], "what came after is no break"
    reference = cases[3].reference
    crime(cases[3])
    assert verifying.verify_all().broken == [], "by itself it verifies"
    broken = verifying.verify_all(verifying.kept_in(heads)).broken
    assert len(broken) == 1
    assert reference in broken[0]


def test_an_event_that_comes_meanwhile_is_no_break(
    cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [head for head in verifying._cases() if head.case != cases[4].pk]  # as if it were opened meanwhile
    with transaction.atomic():
        ledger.record(cases[2], "case.read", WORKER)
    monkeypatch.setattr(verifying, "_cases", lambda: iter(rows))
    assert verifying.verify_all().broken == []


@pytest.mark.parametrize("text", ["", "[]", '{"format": "disrupt-ledger-heads-1"}\n', "nonsense"])
def test_a_list_that_was_cut_short_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "heads"
    path.write_text(text)
    with pytest.raises(verifying.NotHeads):
        verifying.kept_in(path)
