"""Promise: a person is told how many copies of their entry partners blocked, from five up, and by no name."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.utils import translation
from tests.hotline.conftest import _clean_var as _clean_var
from tests.hotline.conftest import make_case as make_case
from tests.promises.test_fetched import declared

from disrupt.hotline.bank import copies
from disrupt.hotline.bank import queries as bank
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.withdrawing import withdraw_item
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door.sight import Sight
from disrupt.hotline.exchange.hearing import contributions, words
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.services import OPERATOR, create_partner, set_active
from disrupt.hotline.exchange.stopncii.wirehashes import step
from disrupt.hotline.intake.following.queries import followed
from disrupt.protocol.feedback import Opinion, Word
from disrupt.protocol.stopncii import Opinion as OfHash
from disrupt.protocol.stopncii import Posted, Signal

pytestmark = pytest.mark.django_db
PDQ = hashlib.sha256(b"a picture").hexdigest()


def say(partner: Partner, case: Case, seen: int, opinion: Opinion = Opinion.BLOCKED) -> None:
    entry = bank.entry_of_item(case.items.get().pk)
    assert entry is not None
    words.give_feedback(partner, Sight(declared=True), [Word(str(entry.pk), opinion, seen=seen)])


def told(case: Case, language: str = "en") -> str:
    with translation.override(language):
        return str(followed(case, language)[0].meaning.sentence)


def number(case: Case) -> int:
    found = copies.of_items([case.items.get().pk])
    return found[case.items.get().pk].copies if found else 0


def test_from_five_up_and_without_a_name(make_case: Any) -> None:
    one, two = create_partner("Forum One", OPERATOR), create_partner("Forum Two", OPERATOR)
    case, other = declared(make_case), declared(make_case, "cd" * 32)
    say(one, case, 4)
    assert "blocked" not in told(case)
    say(two, case, 10)
    month = f"{clock.now():%B %Y}"
    assert f"Our partners say that they have blocked 14 copies since {month}." in told(case)
    assert "Nos partenaires disent avoir bloqué 14 copies depuis" in told(case, "fr")
    assert "Forum" not in told(case)
    assert "blocked" not in told(other)


def test_no_upload_is_counted_twice(make_case: Any) -> None:
    one, case = create_partner("One", OPERATOR), declared(make_case)
    for seen in (5, 7, 6, 7):
        say(one, case, seen)
    assert number(case) == 7, "within a day only what is more is new"
    clock.move(dt.timedelta(hours=25))
    say(one, case, 3)
    assert number(case) == 10


def test_a_word_that_is_taken_back_counts_no_more(make_case: Any) -> None:
    one, two = create_partner("One", OPERATOR), create_partner("Two", OPERATOR)
    case = declared(make_case)
    say(one, case, 6)
    say(two, case, 5)
    say(two, case, 5, Opinion.NOT_BLOCKED)
    assert number(case) == 6
    set_active(one, False, OPERATOR)
    assert number(case) == 0


def test_who_took_the_item_back_is_told_nothing(make_case: Any) -> None:
    one, case = create_partner("One", OPERATOR), declared(make_case)
    say(one, case, 9)
    withdraw_item(case.items.get())
    assert "blocked" not in told(case)


def test_a_word_on_a_hash_is_one_copy(make_case: Any) -> None:
    row = {"hex": PDQ, "quality": 90, "role": "stored"}
    prints = {"kind": "image", "sha256": "ab" * 32, "md5": "cd" * 16, "pdq": [row], "vpdq": []}
    case = declared(lambda **more: make_case(**{**more, "declared": (prints,)}))
    step()
    for n in range(5):
        for _ in range(2):
            posted = [Posted(Signal.IMAGE_PDQ, PDQ, OfHash.BLOCKED, ())]
            contributions.submit_feedback(create_or_get(f"Partner {n}"), posted)
    assert number(case) == 5


def create_or_get(name: str) -> Partner:
    return Partner.objects.filter(name=name).first() or create_partner(name, OPERATOR)
