"""A proof in the console: listed, never shown by itself, opened once by who may and with an event."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.hotline.processing.working import jpeg

from disrupt.hotline.cases.adding import DepositedFile, add_items
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common.store import vault
from disrupt.hotline.processing import recognise

pytestmark = pytest.mark.django_db


@pytest.fixture
def proof(make_case: Any) -> Any:
    case = make_case(urls=("https://example.org/1",))
    return add_items(case, files=[DepositedFile(vault.deposit([jpeg()]), 9, proof=True)])[0]


def test_it_is_opened_once_with_an_event_and_without_a_fingerprint(
    as_alice: Client, english: Any, proof: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_up(*_: Any) -> None:
        raise AssertionError("a proof is compared with nothing")

    monkeypatch.setattr(recognise, "by_prints", looked_up)
    monkeypatch.setattr(recognise, "by_digest", looked_up)
    page = as_alice.get(f"/items/{proof.pk}/").content.decode()
    assert "/previews/" not in page
    assert 'name="category"' not in page
    as_alice.post(f"/items/{proof.pk}/show/", {"mode": "clear"})
    page = as_alice.get(f"/items/{proof.pk}/").content.decode()
    assert page.count("/previews/") == 1
    assert proof.ledger.filter(kind="content.viewed").count() == 1
    assert "/previews/" not in as_alice.get(f"/items/{proof.pk}/").content.decode()


def test_a_wrongly_sorted_file_becomes_a_proof_at_one_press(
    as_alice: Client, english: Any, alice: User, make_case: Any
) -> None:
    case = make_case(files=(jpeg(),))
    item = case.items.get()
    assert "Keep it as a proof" in as_alice.get(f"/items/{item.pk}/").content.decode()
    answer = as_alice.post(f"/items/{item.pk}/proof/", follow=True).content.decode()
    assert "It is kept as a proof" in answer
    item.refresh_from_db()
    assert (item.kind, item.state) == (ItemKind.PROOF, ItemState.KEPT)
    event = case.ledger.get(kind="item.kept_as_proof")
    assert event.actor == f"analyst:{alice.pk}"
    assert "cannot be kept" in as_alice.post(f"/items/{item.pk}/proof/", follow=True).content.decode()
