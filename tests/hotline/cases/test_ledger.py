"""The ledger shows every alteration: edited, removed, inserted, cut at the end."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Case, LedgerEvent
from disrupt.hotline.common.actors import WORKER


@pytest.fixture
def case(make_case: Any) -> Case:
    case: Case = make_case(urls=("https://example.org/a",))
    with transaction.atomic():
        for number in range(3):
            ledger.record(case, "test.event", WORKER, data={"number": number, "text": "é"})
    return case


def test_an_untouched_chain_verifies(case: Case) -> None:
    assert ledger.verify(case) == 4


@pytest.mark.parametrize("field", ["kind", "actor", "data", "at", "digest"])
def test_an_edited_event_shows(case: Case, field: str) -> None:
    event = case.ledger.get(number=2)
    value = {"data": {"number": 7}, "at": case.created_at}.get(field, "changed")
    LedgerEvent.objects.filter(pk=event.pk).update(**{field: value})
    with pytest.raises(ledger.LedgerBroken):
        ledger.verify(case)


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_removed_event_shows_also_at_the_end(case: Case, number: int) -> None:
    case.ledger.filter(number=number).delete()
    with pytest.raises(ledger.LedgerBroken):
        ledger.verify(case)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_its_changes_transaction_is_refused(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    with pytest.raises(transaction.TransactionManagementError):
        ledger.record(case, "test.event", WORKER)


def test_an_event_that_is_appended_meanwhile_is_no_break(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is read, somebody appends, the events are read: also what came meanwhile is verified."""
    chain, late = ledger._chain, [1, 2]

    def read_late(row: Case) -> tuple[int, str]:
        if late:
            with transaction.atomic():
                ledger.record(Case.objects.get(pk=case.pk), "test.late", WORKER, data={"number": late.pop()})
        return chain(row)

    monkeypatch.setattr(ledger, "_chain", read_late)
    assert ledger.verify(case) == 6
    case.ledger.filter(number=6).delete()
    with pytest.raises(ledger.LedgerBroken):
        ledger.verify(case)
