"""Hashes of parts of pictures: off by default, made when turned on, taken back by a command."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from tests.hotline.processing.test_pipeline import LIKELY
from tests.hotline.processing.working import accept, jpeg, kinds, only, work

from disrupt.fingerprint.errors import SandboxFailure
from disrupt.hotline.bank.models import BankChange, BankEntry, EntryState
from disrupt.hotline.cases import ledger
from disrupt.hotline.processing import derived
from disrupt.matching.derived import MOST

pytestmark = pytest.mark.django_db


def roles(entry: BankEntry) -> list[str]:
    return [p["role"] for p in entry.prints["pdq"]]


def test_they_are_off_by_default(settings: Any) -> None:
    assert settings.DERIVED_ENTRIES is False
    assert derived.parts_of(jpeg()) == ()


def test_turned_on_they_are_banked_flagged_and_counted(make_case: Any, settings: Any) -> None:
    settings.DERIVED_ENTRIES = True
    case = make_case(files=(jpeg(),))
    accept(only(case))
    work()
    entry = BankEntry.objects.get()
    assert roles(entry)[0] == "stored"
    assert set(roles(entry)[1:]) == {"derived"}
    assert 2 <= len(roles(entry)) <= 1 + MOST
    told = case.ledger.get(kind="item.banked").data
    assert (told["pdq"], told["derived"]) == (1, len(roles(entry)) - 1)


def test_a_second_decoding_that_fails_costs_only_the_parts(
    make_case: Any, settings: Any, monkeypatch: Any
) -> None:
    settings.DERIVED_ENTRIES = True

    def broken(_data: bytes, **_how: Any) -> Any:
        raise SandboxFailure("the decoder died")

    monkeypatch.setattr(derived, "image_luma", broken)
    case = make_case(files=(jpeg(),))
    accept(only(case))
    work()
    assert roles(BankEntry.objects.get()) == ["stored"]


def test_a_device_cannot_declare_them(make_case: Any) -> None:
    pdq = [
        {"hex": text, "quality": 90, "role": role}
        for text, role in ((LIKELY, "stored"), (LIKELY[::-1], "derived"))
    ]
    make_case(declared=({"kind": "image", "sha256": "ab" * 32, "pdq": pdq},))
    work()
    assert roles(BankEntry.objects.get()) == ["stored"]


def test_the_command_takes_them_back_once_they_are_off(make_case: Any, settings: Any) -> None:
    settings.DERIVED_ENTRIES = True
    case = make_case(files=(jpeg(),))
    accept(only(case))
    work()
    with pytest.raises(CommandError, match="is on"):
        call_command("derived", "withdraw")
    settings.DERIVED_ENTRIES = False
    said = io.StringIO()
    call_command("derived", "count", stdout=said)
    assert said.getvalue() == "1 entries; DISRUPT_DERIVED_ENTRIES is off\n"
    call_command("derived", "withdraw", stdout=said)
    assert "1 entries are offered anew" in said.getvalue()
    assert roles(BankEntry.objects.get(state=EntryState.ACTIVE)) == ["stored"]
    assert list(BankChange.objects.values_list("kind", flat=True)) == ["added", "withdrawn", "added"]
    assert kinds(case)[-1] == "entry.derived_withdrawn"
    assert ledger.verify(case) == len(kinds(case))
    assert derived.withdraw_all(derived_actor()) == 0


def derived_actor() -> Any:
    from disrupt.hotline.exchange.services import OPERATOR

    return OPERATOR
