"""Promise: what has words, a threat or a minor in it is in the queue until a person has read it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.hotline.conftest import _clean_var as _clean_var
from tests.hotline.conftest import make_case as make_case

from disrupt.hotline.cases import erasing, messages, queries
from disrupt.hotline.cases.models import AgeWhenTaken, Case, SealedKind
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import reading, services
from disrupt.hotline.processing import pipeline
from disrupt.hotline.review.services import open_note

pytestmark = pytest.mark.django_db

ALICE = analyst(1)
PRINTS = {"kind": "image", "sha256": "ab" * 32, "md5": "cd" * 16, "pdq": [], "vpdq": []}
THREAT = "500 euros tonight or he sends it to everybody"


def settled(case: Case) -> Case:
    """The case once the worker has done all there is to do."""
    for item in case.items.all():
        pipeline.carry(item.pk)
    case.refresh_from_db()
    return case


def declared(make_case: Any, words: str = "", **changes: Any) -> Case:
    if words:
        changes["description"] = vault.seal(words)
    return settled(make_case(declared=(PRINTS,), **changes))


@pytest.mark.parametrize(
    "says",
    [
        {"words": THREAT},
        {"threat": True},
        {"age_when_taken": AgeWhenTaken.MINOR},
        {"age_when_taken": AgeWhenTaken.UNSURE},
        {"words": THREAT, "threat": True, "age_when_taken": AgeWhenTaken.MINOR},
    ],
)
def test_it_waits_though_every_file_stayed_on_the_device(make_case: Any, says: Any) -> None:
    case = declared(make_case, **says)
    assert case.closed_at is None
    assert list(queries.queue()) == [case]


def test_what_says_nothing_closes_by_itself(make_case: Any) -> None:
    case = declared(make_case)
    assert case.closed_at is not None
    assert list(queries.queue()) == []


def test_opening_the_words_is_reading_them(make_case: Any) -> None:
    case = declared(make_case, THREAT)
    assert open_note(case.notes.get(kind=SealedKind.DESCRIPTION), ALICE) == THREAT
    case.refresh_from_db()
    assert case.closed_at is not None
    assert list(queries.queue()) == []


def test_without_opening_the_words_nobody_has_read_it(make_case: Any) -> None:
    case = declared(make_case, THREAT, threat=True)
    with pytest.raises(reading.WordsUnread):
        reading.have_read(case, ALICE)
    assert list(queries.queue()) == [case]


def test_a_case_without_words_is_read_at_one_press(make_case: Any) -> None:
    case = declared(make_case, age_when_taken=AgeWhenTaken.MINOR)
    assert reading.have_read(case, ALICE)
    assert not reading.have_read(case, ALICE), "the second of two"
    case.refresh_from_db()
    assert case.closed_at is not None
    assert case.ledger.filter(kind="case.read").count() == 1


def test_a_threat_waits_for_an_answer(make_case: Any) -> None:
    """Nothing else would tell the person that anybody has read it."""
    case = declared(make_case, THREAT, threat=True)
    open_note(case.notes.get(kind=SealedKind.DESCRIPTION), ALICE)
    with pytest.raises(reading.Unanswered):
        reading.have_read(case, ALICE)
    assert list(queries.queue()) == [case]
    messages.write(case, "Call 119 now. We are here.", ALICE, "form")
    reading.answered(case)
    assert list(queries.queue()) == []
    case.refresh_from_db()
    assert case.closed_at is not None


def test_an_answer_does_not_stand_for_reading_the_words(make_case: Any) -> None:
    case = declared(make_case, THREAT, threat=True)
    messages.write(case, "An answer.", ALICE, "form")
    reading.answered(case)
    assert list(queries.queue()) == [case]


def test_a_decision_does_not_stand_for_reading_the_words(make_case: Any) -> None:
    case = make_case(files=(b"not a picture",), description=vault.seal(THREAT))
    services.qualify(case.items.get(), "OUT", ALICE, reason="NOT-INTIMATE")
    assert settled(case).closed_at is None
    assert list(queries.queue()) == [case]
    open_note(case.notes.get(kind=SealedKind.DESCRIPTION), ALICE)
    case.refresh_from_db()
    assert case.closed_at is not None


def test_a_decision_reads_a_case_without_words(make_case: Any) -> None:
    case = make_case(files=(b"not a picture",), age_when_taken=AgeWhenTaken.MINOR)
    services.qualify(case.items.get(), "OUT", ALICE, reason="NOT-INTIMATE")
    assert settled(case).closed_at is not None


def test_an_erased_case_waits_for_nobody(make_case: Any) -> None:
    case = declared(make_case, THREAT)
    erasing.erase_case(case)
    assert list(queries.queue()) == []
    assert settled(case).closed_at is not None


def test_minors_and_threats_come_before_older_reports(make_case: Any) -> None:
    make_case(urls=("https://example.org/1",))
    threat = make_case(urls=("https://example.org/2",), threat=True)
    minor = make_case(urls=("https://example.org/3",), age_when_taken=AgeWhenTaken.MINOR)
    assert list(queries.queue())[:2] == [threat, minor]
