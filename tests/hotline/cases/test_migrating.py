"""A database from before few among many had columns of their own is brought up to date with its rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.hotline.as_role import gone_back

BEFORE = [("cases", "0028_case_pepper")]
NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    with gone_back(BEFORE) as apps:
        yield apps


def _case(apps: Any, **changes: Any) -> Any:
    return apps.get_model("cases", "Case").objects.create(
        **{
            "lookup": uuid.uuid4().hex, "submission": uuid.uuid4().hex, "public_key": b"0" * 32,
            "language": "fr", "reporter": "self", "age_when_taken": "adult", "stated_at": NOW,
            "created_at": NOW, "ledger_length": 2, "told_number": 1, **changes,
        }
    )  # fmt: skip


def _decided(apps: Any, case: Any, position: int, category: str, **changes: Any) -> Any:
    item = apps.get_model("cases", "Item").objects.create(
        case=case, position=position, kind="url", url="https://one.example/a", created_at=NOW, changed_at=NOW
    )
    return apps.get_model("cases", "Qualification").objects.create(
        item=item,
        category=category,
        scheme="2026-11",
        person="adult",
        by="analyst:1",
        at=NOW,
        effective_at=NOW,
        **changes,
    )


def _number(apps: Any, case: Any, kind: str, *, safe: bool = True) -> None:
    apps.get_model("cases", "SealedNote").objects.create(
        case=case, kind=kind, vault_id=uuid.uuid4().hex, ciphertext=b"x", safe=safe, created_at=NOW
    )


def _newest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_a_second_opinion_knows_what_was_said_first(before: Any) -> None:
    asked = [_decided(before, _case(before), 1, category) for category in ("VOY", "OUT")]
    for decision in asked:
        before.get_model("cases", "SecondOpinion").objects.create(
            decision=decision, why="sample", asked_at=NOW
        )
    _newest()

    from disrupt.hotline.cases.models import SecondOpinion

    assert set(SecondOpinion.objects.values_list("decision", "first")) == {
        (asked[0].pk, "VOY"),
        (asked[1].pk, "OUT"),
    }


def test_a_case_knows_as_what_its_items_are_decided(before: Any) -> None:
    many, undone, none = (_case(before) for _ in range(3))
    for position, category in enumerate(("VOY", "NCII-DIF", "VOY"), 1):
        _decided(before, many, position, category)
    _decided(before, many, 4, "DOX", undone_at=NOW)
    _decided(before, undone, 1, "DOX", undone_at=NOW)
    _newest()

    from disrupt.hotline.cases.models import Case

    said = dict(Case.objects.values_list("pk", "decided_as"))
    assert sorted(said[many.pk].strip(",").split(",")) == ["NCII-DIF", "VOY"]
    assert (said[many.pk][0], said[many.pk][-1]) == (",", ",")
    assert (said[undone.pk], said[none.pk]) == ("", "")


def test_a_case_knows_whether_somebody_is_to_be_called(before: Any) -> None:
    called, unsafe, mail, told = (_case(before), _case(before), _case(before), _case(before, told_number=2))
    for case in (called, told):
        _number(before, case, "telephone")
    _number(before, unsafe, "telephone", safe=False)
    _number(before, mail, "email")
    _newest()

    from disrupt.hotline.cases.models import Case

    assert list(Case.objects.filter(to_call=True).values_list("pk", flat=True)) == [called.pk]
