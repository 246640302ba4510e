"""Ledgers that are pinned every hour: what a partner holds a head of cannot be rewritten unseen."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from nacl.signing import SigningKey
from tests.hotline.cases.test_verifying import alter, remove_last, rewrite, take_out

from disrupt.hotline.cases import anchoring, ledger
from disrupt.hotline.cases.models import Case, LedgerAnchor, LedgerEvent, LedgerMark
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.review import trial
from disrupt.protocol.merkle import is_consistent
from disrupt.protocol.signed_log import LEDGERS, Head

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def note(case: Case, kind: str = "case.read", **data: Any) -> None:
    with transaction.atomic():
        ledger.record(case, kind, WORKER, data=data)


def hour() -> None:
    """What the worker does once an hour has gone by."""
    clock.move(HOUR)
    assert list(anchoring.due()) == ["ledgers"]
    anchoring.anchor()
    assert list(anchoring.due()) == []


@pytest.fixture
def cases() -> list[Case]:
    list(trial.make(4, 4, seed=3))
    return list(Case.objects.order_by("pk"))


def held(folder: Path) -> Path:
    """The head that a partner holds now, as `disrupt heads show --ledgers` prints it."""
    key = SigningKey(b"k" * 32)
    size, root, _proof = anchoring.tree()
    bare = Head(size, root, "2026-11-30T04:00:00Z", (bytes(key.verify_key).hex(),), title=LEDGERS)
    file = folder / "head"
    signatures = [key.sign(bare.text()).signature.hex()]
    file.write_text(json.dumps(bare.to_wire() | {"signatures": signatures}))
    return file


def verified(**options: Any) -> str:
    """What the command complains of; nothing when all is well."""
    said = io.StringIO()
    try:
        call_command("verify_ledger", stdout=io.StringIO(), stderr=said, **options)
    except CommandError:
        return said.getvalue()
    return ""


def test_one_anchor_an_hour_pins_the_ledgers_that_grew_and_every_receipt(cases: list[Case]) -> None:
    hour()
    pinned = {(mark.case_id, mark.number) for mark in LedgerMark.objects.all()}
    assert pinned >= {(case.pk, case.ledger_length) for case in cases}
    for kind in ("content.destroyed", "case.read", "content.destroyed", "case.read"):
        note(cases[1], kind)
    hour()
    second = LedgerAnchor.objects.get(number=2)
    length = Case.objects.get(pk=cases[1].pk).ledger_length
    assert [m.number for m in second.marks.order_by("place")] == [length - 3, length - 1, length]
    assert (second.at.minute, second.at.second) == (0, 0)
    hour()
    assert LedgerAnchor.objects.get(number=3).marks.count() == 0, "made all the same"
    assert verified() == ""


def test_a_backlog_is_pinned_at_once_in_anchors_of_some(
    cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchoring, "MOST", 3)
    hour()
    assert LedgerAnchor.objects.count() > len(cases) // 3
    assert not Case.objects.filter(anchored=0).exists()
    assert verified() == ""


def test_every_size_is_a_beginning_of_the_next(cases: list[Case]) -> None:
    known = []
    for _ in range(6):
        note(cases[0])
        hour()
        known.append(anchoring.tree()[:2])
    size, root, _proof = anchoring.tree()
    for before, its_root in known:
        assert is_consistent(before, size, its_root, root, anchoring.tree(before)[2])
        assert anchoring.root_at(before) == its_root
    assert anchoring.root_at(size + 1) is None


def _rewrite(case: Case) -> None:
    alter(case)
    rewrite(case)


def _shorten(case: Case) -> None:
    remove_last(case)
    rewrite(case)


@pytest.mark.parametrize("crime", [_rewrite, _shorten, take_out])
def test_a_tail_that_is_rewritten_is_found_and_the_marks_cannot_follow(
    cases: list[Case], crime: Any, tmp_path: Path
) -> None:
    hour()
    head = held(tmp_path)
    assert verified(head=head) == ""
    case = cases[2]
    its_id, reference = case.pk, case.reference
    crime(case)
    assert f"case {reference}" in verified()
    # Whoever holds the database rewrites the marks and the anchor as well: by itself everything fits again.
    for mark in LedgerMark.objects.filter(case_id=its_id):
        event = LedgerEvent.objects.filter(case=its_id, number=mark.number).first()
        if event is None:
            mark.delete()
        else:
            LedgerMark.objects.filter(pk=mark.pk).update(digest=event.digest)
    for anchor in LedgerAnchor.objects.all():
        marks = anchor.marks.order_by("place").values_list("case_id", "number", "digest")
        anchor.root = anchoring._root(list(marks)).hex()
        anchor.save()
    assert verified() == ""
    assert "not those of which a partner holds the head" in verified(head=head)


def test_anchors_that_were_altered_or_taken_out_are_found(cases: list[Case], tmp_path: Path) -> None:
    hour()
    hour()
    head = held(tmp_path)
    LedgerAnchor.objects.filter(number=2).update(root="00" * 32)
    assert "What anchor 2 of the ledgers pins was altered" in verified()
    LedgerAnchor.objects.filter(number=2).delete()
    assert verified() == "", "the newest alone is missed by nobody here"
    assert "a partner holds the head" in verified(head=head)
    LedgerMark.objects.all().delete()
    hour()
    LedgerAnchor.objects.filter(number=1).delete()
    assert "Anchor 1 of the ledgers is missing" in verified()


def test_a_head_that_is_none_is_not_compared(tmp_path: Path, db: None) -> None:
    file = tmp_path / "head"
    good = json.loads(held(tmp_path).read_text())
    for text in ("{", "[]", json.dumps(good | {"size": 4})):
        file.write_text(text)
        with pytest.raises(CommandError, match=r"holds no head|was not signed"):
            call_command("verify_ledger", head=file, stdout=io.StringIO())
