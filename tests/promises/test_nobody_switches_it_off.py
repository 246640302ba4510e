"""Promise: whoever has the file cannot switch its protection off by declaring it first, or afterwards."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from tests.hotline.conftest import _clean_var as _clean_var
from tests.hotline.conftest import make_case as make_case

from disrupt.hotline.bank import queries
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.processing import pipeline

pytestmark = pytest.mark.django_db

SHA256, MD5 = "ab" * 32, "cd" * 16
TRUE = hashlib.sha256(b"her picture").hexdigest()
JUNK = [
    [],
    [{"hex": hashlib.sha256(b"junk").hexdigest(), "quality": 100, "role": "stored"}],
    [{"hex": TRUE, "quality": 0, "role": "stored"}],
]


def declare(make_case: Any, pdq: list[dict[str, Any]], md5: str = MD5) -> Item:
    prints = {"kind": "image", "sha256": SHA256, "md5": md5, "pdq": pdq, "vpdq": []}
    item: Item = make_case(declared=(prints,)).items.get()
    pipeline.carry(item.pk)
    item.refresh_from_db()
    assert item.state == ItemState.PROTECTED
    return item


def offered() -> set[str]:
    return {row["hex"] for entry in queries.active() for row in entry.prints["pdq"]}


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("first", ["theirs", "hers"])
def test_her_hash_is_offered_whoever_declares_the_file(make_case: Any, junk: Any, first: str) -> None:
    hers = [{"hex": TRUE, "quality": 100, "role": "stored"}]
    declare(make_case, junk if first == "theirs" else hers)
    declare(make_case, hers if first == "theirs" else junk)
    assert TRUE in offered()


def test_their_withdrawal_takes_nothing_of_hers(make_case: Any) -> None:
    theirs = declare(make_case, [])
    hers = declare(make_case, [{"hex": TRUE, "quality": 100, "role": "stored"}])
    Item.objects.filter(pk=theirs.pk).update(state=ItemState.WITHDRAWN, due_at=clock.now())
    pipeline.carry(theirs.pk)
    assert offered() == {TRUE}
    assert queries.entry_of_item(hers.pk) is not None
    assert queries.entry_of_item(theirs.pk) is None


def test_two_who_declare_the_same_share_one_entry(make_case: Any) -> None:
    hers = [{"hex": TRUE, "quality": 100, "role": "stored"}]
    declare(make_case, hers)
    declare(make_case, hers)
    assert queries.active().count() == 1
