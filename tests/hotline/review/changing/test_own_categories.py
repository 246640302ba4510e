"""A category made on a page: chosen from its first day, fixed from then on, its content never offered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.processing.working import work
from tests.hotline.review.changing.test_changing import PATH, change
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases import own_categories
from disrupt.hotline.cases.categories import for_the_bank, packaged, scheme, scheme_at, to_choose
from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.common.models import Amendment, AuditEvent
from disrupt.hotline.insight import content
from disrupt.hotline.takedown.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
KEY = "OWN-DRONE"


@pytest.fixture
def ada(make_user: MakeUser) -> Client:
    return signed_in(make_user("ada", "administrator"))


def day(n: int) -> str:
    return (clock.now() + dt.timedelta(days=n)).date().isoformat()


def said(**changes: str) -> dict[str, str]:
    texts = {
        f"{name}_{lang}": f"{name} {lang}"
        for name in own_categories.TEXTS
        for lang in ("fr", "en")
    }  # fmt: skip
    return {
        "code": KEY, **texts, "priority": "2", "host_wait_hours": "6", "since": day(1), "until": "",
        **changes,
    }  # fmt: skip


def test_it_is_chosen_from_its_first_day_and_a_notice_says_its_words(
    ada: Client, as_alice: Client, make_case: Any
) -> None:
    case = make_case(urls=("https://example.org/a",))
    assert change(ada, "own_category", **said()) == 302
    assert KEY not in to_choose(clock.now())
    assert KEY not in scheme_at(clock.now())
    assert as_alice.post(item_path(case), decision(category=KEY)).status_code == 422
    clock.move(dt.timedelta(days=1))
    assert "name en" in page(as_alice, item_path(case))
    assert as_alice.post(item_path(case), decision(category=KEY)).status_code == 302
    made = case.items.get().qualifications.get()
    assert scheme(made.scheme)[KEY].article.fr == "article fr"
    assert content.categories()[KEY].name.en == "name en"
    assert "name en" in page(as_alice, f"/cases/{case.pk}/")
    clock.move(dt.timedelta(minutes=11))
    work()
    assert {n.category for n in Notice.objects.all()} == {KEY}
    event = AuditEvent.objects.get(kind="own_category.changed")
    assert (event.data["before"], event.data["after"]["since"]) == (None, made.at.date().isoformat())
    audit.verify()


def test_what_began_is_only_ended_and_what_was_decided_stays(ada: Client) -> None:
    assert change(ada, "own_category", **said()) == 302
    assert change(ada, "own_category", KEY, **said(article_en="another")) == 302
    clock.move(dt.timedelta(days=1))
    first = own_categories.rows()[KEY]["since"]
    assert change(ada, "own_category", KEY, **said(article_en="a third", since=first)) == 302
    assert own_categories.rows()[KEY]["article"]["en"] == "another", "its field takes nothing any more"
    assert change(ada, "own_category", KEY, as_it_came="1") == 422
    with pytest.raises(own_categories.CategoryBegan):
        own_categories.put(KEY, None, analyst(1), "x", clock.now().date())
    with pytest.raises(own_categories.CategoryBegan):
        changed = {**own_categories.rows()[KEY], "minors": True}
        own_categories.put(KEY, changed, analyst(1), "x", clock.now().date())
    assert change(ada, "own_category", KEY, **said(since=first, until=day(0))) == 302
    assert KEY in to_choose(clock.now())
    clock.move(dt.timedelta(days=1))
    assert KEY not in to_choose(clock.now())
    assert scheme("2026-11")[KEY].name.fr == "name fr"


def test_what_has_not_begun_is_taken_away(ada: Client) -> None:
    change(ada, "own_category", **said())
    assert change(ada, "own_category", KEY, as_it_came="1", why="") == 422
    assert change(ada, "own_category", KEY, as_it_came="1") == 302
    assert not Amendment.objects.exists()
    assert ada.get(PATH.format("own_category", KEY)).status_code == 404


def test_what_it_never_does(ada: Client) -> None:
    """Nothing decided so is offered; it takes no code that is the package's; it has days and a law."""
    wrong = (
        {"code": "NCII-DIF"}, {"code": "MIN-DEC"}, {"code": "OWN-"}, {"code": "OWN-A B"}, {"since": day(0)},
        {"since": ""}, {"until": day(0)}, {"article_fr": ""}, {"penalty_en": " "}, {"priority": "4"},
        {"host_wait_hours": "0"}, {"minors": "on"}, {"why": ""},
    )  # fmt: skip
    for one in wrong:
        assert change(ada, "own_category", **said(**one)) == 422, one
    assert not Amendment.objects.exists()
    assert change(ada, "own_category", **said(bank="on", illegal="", minors="on", priority="0")) == 302
    assert change(ada, "own_category", **said()) == 422, "there is one of this code"
    clock.move(dt.timedelta(days=1))
    made = scheme_at(clock.now())[KEY]
    assert (made.bank, made.illegal, made.minors) == (False, True, True)
    assert for_the_bank(scheme_at(clock.now()), [KEY]) is None
    assert not BankEntry.objects.exists()
    assert ada.get(PATH.format("category", KEY)).status_code == 404, "its days stand with its words"
    for code in ("NCII-DIF", "own-drone", "OWN-TOOLONGCODE"):
        with pytest.raises(own_categories.BadCategory):
            own_categories.put(code, None, analyst(1), "x", clock.now().date())


def test_the_packaged_scheme_holds_no_code_of_that_kind() -> None:
    assert not [code for one in packaged() for code in one if code.startswith("OWN-")]


def test_it_is_previewed_as_a_notice_says_it_and_nothing_is_written(ada: Client) -> None:
    answer = ada.post(PATH.format("own_category", ""), {**said(), "preview": "1"})
    assert answer.status_code == 200
    shown = answer.content.decode().split("As it would read")[1].replace("\u00a0", " ")
    assert "Texte applicable : article fr" in shown
    assert "facts en" in shown
    assert not Amendment.objects.exists()


def test_the_page_shows_it_before_it_begins(ada: Client) -> None:
    change(ada, "own_category", **said())
    html = page(ada, "/admin/in-force/")
    assert KEY in html
    assert f"kind=own_category&amp;key={KEY}" in html
    assert amendments.row_of(Kind.OWN_CATEGORY, KEY) is not None
