"""The board of a case: grouped, chosen from by numbers; and what the plan has next, with its moment."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.following.entering import enter

from disrupt.hotline.cases import ledger, steps
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.intake.following import queries
from disrupt.hotline.intake.following.marks import Mark
from disrupt.hotline.intake.visit import days
from disrupt.hotline.takedown import services as takedown
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.planning import escalation, prepared
from disrupt.hotline.takedown.states import NoticeState, Step

Make = Callable[..., Case]
SITES = ("a.example.org", "b.example.org", "c.example.org")


def many(make_case: Make, number: int = 9) -> Case:
    """So many addresses on three sites in turn, and one photo."""
    return make_case(urls=tuple(f"https://{SITES[n % 3]}/{n}" for n in range(number)), files=(b"a",))


def names(page: str) -> list[str]:
    return re.findall(r"<h3>(?:Address|Photo or video) no. (\d+)</h3>", page)


@pytest.fixture
def page(person: Person, make_case: Make) -> Callable[[str], str]:
    enter(person, many(make_case))
    return lambda query="": person.get(f"follow/now/{query}").content.decode()


def test_by_site_then_kind_each_in_its_order(page: Callable[[str], str]) -> None:
    whole = page("")
    assert re.findall(r'<h2 class="place"><bdi>(.*?)</bdi>', whole) == [*SITES, "Photos and videos"]
    assert names(whole) == ["1", "4", "7", "2", "5", "8", "3", "6", "9", "1"]
    assert whole.count("<details><summary>Dates, and what you can do") == 10


def test_a_site_and_a_standing_are_chosen_by_number(page: Callable[[str], str]) -> None:
    assert '<option value="2">b.example.org (3)</option>' in page("")
    chosen = page("?place=2")
    assert names(chosen) == ["2", "5", "8"]
    assert '<option value="2" selected>b.example.org (3)</option>' in chosen
    assert names(page("?standing=1")) == names(page(""))
    # What is no choice chooses nothing, and is not said back.
    for odd in ("?place=99", "?place=<b>", "?standing=-1", "?place=%00"):
        assert len(names(page(odd))) == 10
        assert "<b>" not in page(odd)


def test_a_choice_that_nothing_answers_to(person: Person, make_case: Make) -> None:
    case = many(make_case)
    enter(person, case)
    decisions.qualify(case.items.get(position=1), "NCII-DIF", analyst(1))
    assert "Nothing here stands like that." in person.get("follow/now/?place=2&standing=1").content.decode()


def test_few_things_are_shown_whole(person: Person, make_case: Make) -> None:
    enter(person, make_case(urls=("https://example.org/1",)))
    said = person.get("follow/now/").content.decode()
    assert "<details><summary>Dates" not in said
    assert "chooser" not in said


def test_three_hundred_ask_the_database_no_more_than_nine(person: Person, make_case: Make) -> None:
    asked = []
    for number in (9, 300):
        enter(person, many(make_case, number))
        with CaptureQueriesContext(connection) as counted:
            answer = person.get("follow/now/?place=1")
        asked.append(len(counted))
        assert len(answer.content) < 90_000
    assert asked[0] == asked[1]
    assert 'href="?page=2&amp;place=1"' in answer.content.decode()


def test_whoever_cancels_one_is_back_where_it_is(person: Person, make_case: Make) -> None:
    enter(person, many(make_case, 90))
    person.get("follow/now/88/")
    # The 88th address is on the first site, whose thirty are on the first part.
    assert person.post("follow/now/88/").headers["Location"].endswith("/follow/now/")
    person.get("follow/now/3/")
    assert person.post("follow/now/3/").headers["Location"].endswith("/follow/now/?page=2")


def ahead(case: Case) -> str:
    with translation.override("en"):
        return queries.followed(case, "en")[0].ahead


def test_what_comes_next_and_not_before_when(make_case: Make) -> None:
    case = make_case(urls=("https://example.org/1",))
    item = case.items.get()
    assert ahead(case) == ""
    decisions.qualify(item, "NCII-DIF", analyst(1))
    item.refresh_from_db()
    _police, host = takedown.open_for_item(item, "NCII-DIF", WORKER)
    assert ahead(case).startswith("Next, we ask the site to remove it: not before ")
    # Held, or moved by a person: no word of a moment that may not be kept.
    ledger.record(case, "notice.held", analyst(1), item=item, data=takedown.about(host))
    assert ahead(case) == ""
    reminder = escalation.make(host, Step.REMINDER, 1, clock.now() + dt.timedelta(days=2), WORKER)
    assert reminder is not None
    assert ahead(case).startswith("If it is still there, we ask the site again: not before ")
    ledger.record(case, "notice.cancelled", analyst(1), item=item, data=takedown.about(reminder))
    assert escalation.make(host, Step.NETWORK, 1, clock.now() + dt.timedelta(days=3), WORKER)
    assert ahead(case).startswith("If it is still there, a person of ours looks for who else can remove it: ")
    item.refresh_from_db()
    for state in (ItemState.POLICE_NOTIFIED, ItemState.REMOVED):
        item = steps.advance(item, state, WORKER)
    assert ahead(case) == ""


def test_a_complaint_is_told_with_its_day_and_that_it_needs_her(make_case: Make) -> None:
    case = make_case(urls=("https://example.org/1",))
    item = case.items.get()
    decisions.qualify(item, "NCII-DIF", analyst(1))
    item.refresh_from_db()
    _police, host = takedown.open_for_item(item, "NCII-DIF", WORKER)
    clock.move(dt.timedelta(days=1))
    complaint = escalation.make(host, Step.REGULATOR, 1, clock.now() + dt.timedelta(days=7), WORKER)
    assert complaint is not None
    said = "If it is still there, we can complain to the regulator, if you sign for it: not before "
    assert ahead(case).startswith(said)
    # Refused, it is cancelled (takedown/complaint/wishes.py), and no more spoken of.
    takedown.note(complaint, "notice.cancelled", WORKER, reason="refused")
    assert ahead(case) == ""


def test_that_it_stays_is_told_as_it_was_said(make_case: Make) -> None:
    case = make_case(urls=("https://example.org/1",))
    item = case.items.get()
    decisions.qualify(item, "NCII-DIF", analyst(1))
    item.refresh_from_db()
    _police, host = takedown.open_for_item(item, "NCII-DIF", WORKER)
    Notice.objects.filter(pk=host.pk).update(state=NoticeState.SENT, sent_at=clock.now())
    prepared.say_that_it_stays(host, analyst(1))
    with translation.override("en"):
        told = [str(step.text) for step in queries.followed(case, "en")[0].steps]
    assert told[-1] == "We could not get it removed so far; we go on looking at it"


def test_a_moment_that_is_past_is_not_spoken_of(make_case: Make) -> None:
    case = make_case(urls=("https://example.org/1",))
    item = case.items.get()
    decisions.qualify(item, "NCII-DIF", analyst(1))
    item.refresh_from_db()
    takedown.open_for_item(item, "NCII-DIF", WORKER)
    clock.move(dt.timedelta(days=3))
    assert ahead(case) == ""


def test_a_file_is_known_again_by_its_length_and_an_address_not_at_all(
    person: Person, make_case: Make
) -> None:
    case = make_case(urls=("https://example.org/1",), files=(b"four", b"seven77"))
    marks = [item.mark for item in queries.followed(case, "en")]
    assert marks == [None, Mark(size=4), Mark(size=7)]
    enter(person, case)
    page = person.get("follow/now/").content.decode()
    known = json.loads(html.unescape(re.findall('data-marks="([^"]*)"', page)[0]))
    assert [(one["number"], one["name"], one["size"]) for one in known] == [
        (2, "Photo or video no. 1", 4),
        (3, "Photo or video no. 2", 7),
    ]
    assert re.findall(r'data-look="(\d)"', page) == ["2", "3"]


def test_where_there_is_no_file_none_is_asked_for(person: Person, make_case: Make) -> None:
    enter(person, make_case(urls=("https://example.org/1",)))
    assert "which-files" not in person.get("follow/now/").content.decode()


@pytest.mark.parametrize(("language", "said"), [("fr", "1er décembre 2026"), ("en", "1 December 2026")])
def test_the_first_of_a_month_is_written_as_people_do(language: str, said: str) -> None:
    with translation.override(language):
        assert days.in_words(dt.date(2026, 12, 1)) == said
        assert not days.in_words(dt.date(2026, 12, 11)).startswith("1er")
