"""Disputed entries of other lists on the console: set aside, offered again or to nobody, with a motive."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from tests.hotline.exchange.taking.lists import TAKEN, page, told
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review import pages

from disrupt.hotline.bank.models import BankEntry, EntryState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import sight_of
from disrupt.hotline.exchange.hearing.words import give_feedback
from disrupt.hotline.exchange.hooks import gathering
from disrupt.hotline.exchange.services import create_partner, issue_key
from disrupt.hotline.exchange.taking import services
from disrupt.hotline.exchange.taking.models import TakenEntry, Verdict
from disrupt.protocol.feedback import Opinion, Why, Word

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PAGE, DECIDE = "/partners/disputed/", "/partners/disputed/decide/"


def active() -> set[str]:
    return {str(pk) for pk in BankEntry.objects.filter(state=EntryState.ACTIVE).values_list("pk", flat=True)}


@pytest.fixture
def disputed(make_user: MakeUser) -> Client:
    """A lead; two entries of a list that one partner disputes."""
    source = services.begins("hotline-b", "https://b.example", TAKEN)
    services.take_in(source, page("hotline-b", told("one"), told("two")), TAKEN)
    partner = create_partner("Platform One", OPERATOR)
    key = issue_key(partner, (Scope.FEEDBACK_WRITE, Scope.SHARED_READ), OPERATOR)[0]
    words = [Word(one, Opinion.FALSE_MATCH, Why.LAWFUL) for one in sorted(active())]
    assert give_feedback(partner, sight_of(key), words).kept == 2
    return signed_in(make_user("lena", "lead"))


def test_one_is_offered_again_and_the_other_refused(disputed: Client) -> None:
    assert active() == set()
    html = pages.page(disputed, PAGE)
    for words in ("2 to decide", "Platform One", "it is lawful", "hotline-b", "disputed, set aside"):
        assert words in html
    one, two = re.findall(r'name="chosen" value="(\d+)"', html)
    html = disputed.post(DECIDE, {"chosen": one, "do": "keep", "motive": "  "}).content.decode()
    assert "Say why" in html
    clock.move(dt.timedelta(hours=2, minutes=30))
    said = {"chosen": one, "do": "keep", "motive": "asked them: it is hers"}
    assert "1 entry is offered." in disputed.post(DECIDE, said, follow=True).content.decode()
    assert "1 disputed entry to decide" in pages.page(disputed, "/partners/lists/")
    said = {"chosen": two, "do": "refuse", "motive": "a poster"}
    assert "its list is told" in disputed.post(DECIDE, said, follow=True).content.decode()
    assert len(active()) == 1
    assert TakenEntry.objects.get(pk=two).verdict == Verdict.REFUSED
    for pk in list(gathering.answered()):
        gathering.gather_answer(pk)
    html = pages.page(disputed, "/partners/")
    assert "2 disputes answered in 90 days, half of them within 3 h." in html
    assert "Nothing waits." in pages.page(disputed, PAGE)
