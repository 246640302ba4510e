"""The code and the follow-up: shown once, found by the code alone, withdrawn and deleted when asked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases import erasing, steps
from disrupt.hotline.cases.models import Case, Item, SealedNote
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock, codes
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import services as decisions

ALICE = analyst(1)


def reported(person: Person, *files: bytes, **changes: Any) -> str:
    """Send a report, go past its code, return the code."""
    person.open_form()
    assert person.send(*files, **changes).status_code == 302
    code = person.code()
    assert person.post("code/", {"saved": "on"}).headers["Location"] == f"/{person.language}/follow/now/"
    return code


def enter(person: Person, code: str) -> Any:
    person.get("follow/")
    return person.post("follow/", {"code": code})


def test_the_code_is_shown_until_it_is_saved(person: Person) -> None:
    person.open_form()
    person.send()
    code = person.code()
    assert person.code() == code, "a phone that reloads the page shows it again"
    cookies = "; ".join(morsel.value for morsel in person.client.cookies.values())
    assert code not in cookies
    assert code.replace("-", "") not in cookies
    person.post("code/")
    assert "Have you saved your code?" in person.html
    person.post("code/", {"saved": "on"})
    assert person.get("code/").headers["Location"] == "/en/follow/"


@pytest.mark.parametrize(("age", "thesee"), [("minor", False), ("adult", True)])
def test_the_lines_behind_the_code_are_those_of_the_age(person: Person, age: str, thesee: bool) -> None:
    person.open_form()
    person.send(age=age)
    person.code()
    assert ("THESEE" in person.html) is thesee
    person.post("code/", {"saved": "on"})
    for path in ("follow/now/", "follow/now/messages/", "follow/now/end/"):
        person.get(path)
        assert ("THESEE" in person.html) is thesee, path


def test_the_saving_can_be_skipped_after_a_warning(person: Person) -> None:
    person.open_form()
    person.send()
    person.code()
    assert 'value="anyway"' not in person.html
    person.post("code/", {"action": "continue"})
    assert 'value="anyway"' in person.html
    assert person.post("code/", {"action": "anyway"}).status_code == 302


def test_the_code_as_a_file_that_says_nothing(person: Person) -> None:
    person.open_form()
    person.send()
    code = person.code()
    response = person.get("code/notes.txt")
    assert response.content.decode() == f"{code}\n"
    assert response.headers["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert person.client.get("/fr/code/notes.txt").content == response.content


def test_following_needs_the_code(person: Person) -> None:
    code = reported(person)
    assert "https://example.org/photo/1" in person.get("follow/now/").content.decode()
    person.get("follow/now/")
    person.post("follow/close/")
    assert person.get("follow/now/").headers["Location"] == "/en/follow/"
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("0", "o").replace("1", "l")):
        assert enter(person, typed).headers["Location"] == "/en/follow/now/"


def test_a_wrong_code_says_how_a_code_looks(somebody: Person) -> None:
    response = enter(somebody, "hello")
    assert response.status_code == 422
    assert {"en": "five groups of four", "fr": "cinq groupes de quatre"}[somebody.language] in somebody.html
    assert 'value="hello"' in somebody.html


def test_unknown_and_erased_are_one_answer(somebody: Person) -> None:
    code = reported(somebody)
    somebody.get("follow/now/end/")
    somebody.post("follow/now/end/")
    enter(somebody, code)
    erased = somebody.html
    unknown = codes.from_submission("somebody else")
    enter(somebody, unknown)
    plain = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|value="[0-9A-Z-]{24}"')
    assert plain.sub("", erased) == plain.sub("", somebody.html)


@pytest.mark.parametrize("typed", ["hello", "AAAA-AAAA-AAAA-AAAA-AAAA", ""])
def test_every_answer_costs_one_slow_hash(person: Person, typed: str) -> None:
    with patch.object(codes, "derive", wraps=codes.derive) as slow:
        enter(person, typed)
    assert slow.call_count == 1


def test_a_case_closes_after_half_an_hour_without_use(person: Person) -> None:
    reported(person)
    clock.move(dt.timedelta(minutes=29))
    assert person.get("follow/now/").status_code == 200
    clock.move(dt.timedelta(minutes=29))
    assert person.get("follow/now/").status_code == 200
    clock.move(dt.timedelta(minutes=31))
    assert person.get("follow/now/").status_code == 302


def test_an_old_cookie_does_not_open_an_erased_case(person: Person) -> None:
    reported(person)
    old = {name: morsel.value for name, morsel in person.client.cookies.items()}
    person.get("follow/now/end/")
    person.post("follow/now/end/")
    for name, value in old.items():
        person.client.cookies[name] = value
    assert person.get("follow/now/").status_code == 302


def test_every_address_of_the_portal_is_without_a_case(person: Person) -> None:
    code = reported(person)
    case = Case.objects.get()
    page = person.get("follow/now/").content.decode()
    for address in re.findall(r'(?:href|action|src|formaction)="([^"]*)"', page):
        for secret in (code, case.reference, str(case.pk), case.pk.hex):
            assert secret not in address


SAID = {
    ItemState.RECEIVED: ("Received", "Reçu"),
    ItemState.ACCEPTED: ("Illegal content", "Contenu illégal"),
    ItemState.POLICE_NOTIFIED: ("Police notified", "Police prévenue"),
    ItemState.HOST_NOTIFIED: ("Site notified", "Site prévenu"),
    ItemState.HOST_REMINDED: ("Site reminded", "Site relancé"),
    ItemState.REMOVED: ("Removed", "Retiré"),
    ItemState.BACK_ONLINE: ("Back online", "De nouveau en ligne"),
}


def test_an_address_through_all_its_states(somebody: Person) -> None:
    reported(somebody)
    item = Item.objects.get()
    for state, said in SAID.items():
        if state == ItemState.ACCEPTED:
            decisions.qualify(item, "NCII-DIF", ALICE)
        elif state != ItemState.RECEIVED:
            item = steps.advance(item, state, WORKER)
        html = somebody.get("follow/now/").content.decode()
        assert f'<strong class="chip">{said[somebody.language == "fr"]}</strong>' in html
    assert html.count("<time ") == 7, "received, examined, and five steps, each with its date"
    assert "NCII-DIF" not in html


def test_a_file_through_all_its_states(somebody: Person) -> None:
    reported(somebody, b"content", url=[""])
    item = Item.objects.get()
    decisions.qualify(item, "NCII-DIF", ALICE)
    for state in (ItemState.BANKED, ItemState.PROTECTED):
        item = steps.advance(item, state, WORKER)
    erasing.destroy_content(item, WORKER)
    html = somebody.get("follow/now/").content.decode()
    assert {"en": "Photo or video no. 1", "fr": "Photo ou vidéo n°\u00a01"}[somebody.language] in html
    assert {"en": "Ready for our partners", "fr": "Prêt pour nos partenaires"}[somebody.language] in html
    assert {"en": "Your file was destroyed", "fr": "Votre fichier a été détruit"}[somebody.language] in html


def test_not_qualified_says_why(somebody: Person) -> None:
    reported(somebody)
    decisions.qualify(Item.objects.get(), "OUT", ALICE, reason="NOT-ONLINE")
    html = somebody.get("follow/now/").content.decode()
    assert {"en": "no longer, or not, at the address", "fr": "n’est plus, ou n’est pas, à l’adresse"}[
        somebody.language
    ] in html


def test_an_item_is_cancelled_after_asking(somebody: Person) -> None:
    reported(somebody, b"content")
    html = somebody.get("follow/now/2/").content.decode()
    assert {"en": "at their next update", "fr": "à leur prochaine mise à jour"}[somebody.language] in html
    assert Item.objects.get(position=2).state == ItemState.RECEIVED, "asking changes nothing"
    somebody.post("follow/now/2/")
    assert [item.state for item in Item.objects.order_by("position")] == ["received", "withdrawn"]
    html = somebody.get("follow/now/").content.decode()
    assert {"en": "at their next update", "fr": "à leur prochaine mise à jour"}[somebody.language] in html
    assert {"en": "Cancelled by you", "fr": "Annulé par vous"}[somebody.language] in html
    assert "at their next update" not in somebody.get("follow/now/").content.decode(), "said once"
    assert "follow/now/2/" not in somebody.html


def test_all_is_cancelled_and_the_code_still_works(person: Person) -> None:
    code = reported(person, b"content")
    person.get("follow/now/all/")
    person.post("follow/now/all/")
    assert {item.state for item in Item.objects.all()} == {"withdrawn"}
    assert enter(person, code).status_code == 302
    assert "follow/now/all/" not in person.get("follow/now/").content.decode()


def test_everything_is_deleted(somebody: Person) -> None:
    code = reported(somebody, b"content", email="jane@example.org", description="words")
    somebody.get("follow/now/end/")
    assert somebody.post("follow/now/end/").headers["Location"] == f"/{somebody.language}/done/"
    assert {"en": "has been deleted", "fr": "Tout est supprimé"}[somebody.language] in somebody.get(
        "done/"
    ).content.decode()
    assert not SealedNote.objects.exists()
    assert {item.url for item in Item.objects.all()} == {""}
    assert enter(somebody, code).status_code == 422
    assert somebody.get("follow/now/").status_code == 302


def test_nobody_reaches_another_case_by_counting(person: Person, make_case: Callable[..., Case]) -> None:
    make_case(urls=("https://example.org/other",))
    reported(person)
    assert person.get("follow/now/2/").status_code == 404
    assert "example.org/other" not in person.get("follow/now/").content.decode()


@pytest.mark.parametrize("path", ["follow/now/1/", "follow/now/all/", "follow/now/end/"])
def test_without_a_code_nothing_can_be_changed(
    person: Person, path: str, make_case: Callable[..., Case]
) -> None:
    make_case(urls=("https://example.org/other",))
    assert person.get(path).headers["Location"] == "/en/follow/"
    person.get("follow/")
    assert person.post(path).headers["Location"] == "/en/follow/"
    assert Item.objects.get().state == ItemState.RECEIVED


def test_the_status_needs_no_review_key(person: Person, settings: Any) -> None:
    reported(person, b"content", description="words")
    (settings.KEYS_FOLDER / "review" / "review.key").rename(settings.KEYS_FOLDER / "away.key")
    try:
        assert person.get("follow/now/").status_code == 200
    finally:
        (settings.KEYS_FOLDER / "away.key").rename(settings.KEYS_FOLDER / "review" / "review.key")
    with pytest.raises(vault.keys.ReviewKeyMissing):
        vault.read_content(vault.VaultId(Item.objects.get(kind="file").vault_id))


def test_a_report_of_hundreds_comes_in_parts_that_load_on_a_bad_line(
    person: Person, make_case: Callable[..., Case]
) -> None:
    addresses = tuple(f"https://example.org/{n}/{'a' * 60}.html" for n in range(95))
    case = make_case(urls=addresses)
    enter(person, case.code)  # type: ignore[attr-defined]
    seen = []
    for part in (1, 2, 3):
        whole = person.get(f"follow/now/?page={part}").content
        assert len(whole) < 60_000, "these pages are not compressed"
        assert re.search(rf"(Part {part} of 3|Partie {part} sur 3)", person.html)
        assert re.search(r"<strong>95</strong>", person.html), "the sum is of all parts"
        seen += re.findall(r"https://example\.org/\d+/a+\.html", person.html)
    assert seen == list(addresses)
    number = case.items.order_by("position")[50].position
    answer = person.post(f"follow/now/{number}/")
    assert answer.headers["Location"].endswith("/follow/now/?page=2"), "back to where one was"
    assert person.get("follow/now/?page=99&page=x").status_code == 200


def test_a_visit_that_is_over_closes_no_other_page(person: Person, make_case: Any) -> None:
    """Its script would lead away from the very page on which the code is asked for again."""
    enter(person, make_case(urls=("https://example.org/a",)).code)
    assert 'id="closing"' in person.get("follow/").content.decode()
    clock.move(dt.timedelta(minutes=31))
    assert 'id="closing"' not in person.get("follow/").content.decode()
