"""The item's page: words, threat, neighbours in sight; minors for a reason only; every look kept."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.hotline.people import MakeUser
from tests.hotline.processing.working import jpeg
from tests.hotline.review.pages import decision, item_path, page, preview_path

from disrupt.hotline.cases import threats
from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.cases.models import Case, PersonAge
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.intake.following.queries import followed
from disrupt.hotline.review.waiting import claims

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URLS = tuple(f"https://example.org/{n}" for n in (1, 2, 3))
WORDS = "He says: pay, or <all> of them get it."


def readings(case: Case) -> int:
    return case.ledger.filter(kind="note.read").count()


def test_the_words_stand_above_the_decision_once_they_are_opened(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=URLS, threat=True, description=vault.seal(WORDS))
    html = page(as_alice, item_path(case))
    assert "pay, or" not in html
    assert "Somebody threatens the person now." in html
    assert html.index("Open what the person wrote") < html.index('id="qualify"')
    typed = decision(reasoning="he <threatens>", secondary="DOX", category="NCII-THR")
    opened = as_alice.post(f"{item_path(case)}words/", typed).content.decode()
    assert "He says: pay, or &lt;all&gt; of them get it." in opened
    assert opened.index("pay, or") < opened.index('id="qualify"')
    assert "he &lt;threatens&gt;</textarea>" in opened, "what was typed meanwhile stays"
    assert re.search(r'value="NCII-THR" checked', opened)
    assert re.search(r'name="secondary" value="DOX" checked', opened)
    assert "pay, or" in page(as_alice, item_path(case, 2)), "the next item of the case shows them too"
    assert readings(case) == 1
    clock.move(dt.timedelta(minutes=31))
    page(as_alice, item_path(case, 3))
    assert readings(case) == 2, "half an hour later it is another reading"
    other = make_case(urls=URLS, description=vault.seal("another story"))
    assert "another story" not in page(as_alice, item_path(other))


def test_a_threat_is_told_in_its_lines(as_alice: Client, make_case: Any) -> None:
    told = vault.seal(threats.to_text(threats.Threat(demand="500 <euros>", danger=True)))
    case = make_case(urls=URLS, threat=True, told=told, description=vault.seal(WORDS))
    html = page(as_alice, item_path(case))
    assert html.count("Open what the person wrote") == 1
    opened = as_alice.post(f"{item_path(case)}words/").content.decode()
    assert "500 &lt;euros&gt;" in opened
    assert "pay, or" in opened
    assert readings(case) == 2, "two texts"
    case.refresh_from_db()
    assert not case.unread


def test_the_words_of_another_analyst_stay_closed(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    case = make_case(urls=URLS, description=vault.seal(WORDS))
    as_alice.post(f"{item_path(case)}words/")
    bob = Client()
    bob.force_login(make_user("bob"))
    assert "pay, or" not in page(bob, item_path(case))
    case.refresh_from_db()
    assert not case.unread, "somebody has read it"


def test_what_stands_beside_it_is_in_sight_with_its_state(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=URLS, files=(jpeg(),))
    decisions.qualify(case.items.get(position=1), "NCII-CAP", analyst(1))
    html = page(as_alice, item_path(case, 2))
    beside = html[html.index('<ol class="others"') : html.index('id="qualify"')]
    assert "qualified as illegal" in beside
    assert "NCII-CAP" in beside
    assert beside.count("<li") == 4
    assert 'href="https://' not in beside


@pytest.mark.parametrize("age", ["minor", "unsure"])
def test_what_may_show_a_minor_is_seen_for_a_reason_only(as_alice: Client, make_case: Any, age: str) -> None:
    case = make_case(files=(jpeg(),), age_when_taken=age)
    path = item_path(case)
    assert not preview_path(page(as_alice, path))
    for mode in ("blurred", "clear"):
        response = as_alice.post(f"{path}show/", {"mode": mode}, follow=True)
        assert "Say why you need to see it" in response.content.decode()
        assert not preview_path(response.content.decode())
    assert not case.ledger.filter(kind__startswith="content.").exists()
    as_alice.post(f"{path}show/", {"mode": "blurred", "motive": "decide"})
    assert preview_path(page(as_alice, path))
    assert case.ledger.get(kind="content.previewed").data == {"motive": "decide"}
    assert not preview_path(page(as_alice, path)), "asked anew each time"
    as_alice.post(f"{path}show/", {"mode": "clear", "motive": "danger"})
    assert preview_path(page(as_alice, path))
    assert case.ledger.get(kind="content.viewed").data == {"motive": "danger"}


def test_who_may_not_see_minors_sees_none_even_blurred(
    client: Client, make_case: Any, make_user: MakeUser
) -> None:
    client.force_login(make_user("bob", minors=False))
    case, adult = make_case(files=(jpeg(),), age_when_taken="unsure"), make_case(files=(jpeg(),))
    assert "your account may not see it" in page(client, item_path(case))
    for mode in ("blurred", "clear"):
        response = client.post(f"{item_path(case)}show/", {"mode": mode, "motive": "decide"})
        assert response.status_code == 403
    assert not preview_path(page(client, item_path(case)))
    assert preview_path(page(client, item_path(adult)))
    decisions.qualify(adult.items.get(), "NCII-DIF", analyst(1), person=PersonAge.POSSIBLE_MINOR)
    assert not preview_path(page(client, item_path(adult))), "nor what was found to show one"


def test_every_look_is_in_the_ledger_and_told_to_the_person(as_alice: Client, make_case: Any) -> None:
    case = make_case(files=(jpeg(side=900),))
    assert preview_path(page(as_alice, item_path(case)))
    as_alice.post(f"{item_path(case)}show/", {"mode": "clear"})
    page(as_alice, item_path(case))
    looks = case.ledger.filter(kind__startswith="content.").order_by("number").values_list("kind", flat=True)
    assert list(looks) == ["content.previewed", "content.viewed"]
    (shown,) = followed(case, "en")
    assert len(shown.steps) == 2, "received, and an analyst has begun to look at it"


def test_the_first_free_case_and_the_strip_of_the_next(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    calm, threat = (
        make_case(urls=("https://example.org/a",)),
        make_case(threat=True, urls=("https://example.org/b",)),
    )
    words_only = make_case(age_when_taken="minor")
    assert as_alice.get(f"/cases/{words_only.pk}/open/")["Location"] == f"/cases/{words_only.pk}/"
    assert as_alice.get("/begin/")["Location"] == item_path(threat), "a live threat comes first"
    claims.take(threat.pk, make_user("bob"))
    assert as_alice.get("/begin/")["Location"] == f"/cases/{words_only.pk}/"
    html = page(as_alice, item_path(calm)).split('class="strip"')[1].split("</nav>")[0]
    places = [html.index(case.reference) for case in (threat, words_only, calm)]
    assert places == sorted(places)
    assert "bob" in html


def test_age_first_nothing_chosen_and_what_will_happen_when(
    as_alice: Client, make_case: Any, settings: Any
) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    html = page(as_alice, item_path(make_case(urls=("https://example.org/a",), files=(jpeg(),))))
    form = html.split('id="qualify"')[1].split("</form>")[0]
    assert form.index('name="person"') < form.index('name="category"')
    assert "checked" not in form
    at = timezone.localtime(clock.now() + settings.UNDO_WAIT)
    then = re.findall(r'class="law then"><br>([^<]+)<', form)
    assert len(then) == len(scheme_at(clock.now()))
    assert any("the police" in line and "the host" in line for line in then)
    assert any(line.startswith(f"At {at:%H:}") or at.hour == 0 for line in then)
    keys = re.findall(r'data-key="(.)"', form)
    assert keys == [*"mpa", *"123456789", "0", "i"]
