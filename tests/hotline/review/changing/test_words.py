"""Words of notices are changed on a page, with their names checked, previewed, and put back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review.changing.test_changing import PATH, change
from tests.hotline.review.pages import page

from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.common.models import Amendment, AuditEvent
from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.notices import languages, own_words
from disrupt.hotline.takedown.notices.texts import versions
from disrupt.hotline.takedown.states import Step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
KEY = "police.answers"
FR = "Rappelez la référence $reference."
EN = "Please quote $reference.\nThank you."


@pytest.fixture
def ada(make_user: MakeUser) -> Client:
    return signed_in(make_user("ada", "administrator"))


def police(language: str) -> list[str]:
    return versions()[-1].words(Step.POLICE, language).lines("answers", {"reference": "R-1"})


def test_a_notice_says_it_in_both_languages_and_what_came_along_is_put_back(ada: Client) -> None:
    came = police("fr"), police("en")
    assert change(ada, "words", KEY, fr=FR, en=EN) == 302
    assert police("fr-FR") == ["Rappelez la référence R-1."]
    assert police("en") == ["Please quote R-1.", "Thank you."]
    assert police("xx") == police("en"), "who is written to in English because there is no text in theirs"
    assert KEY in page(ada, "/admin/in-force/")
    event = AuditEvent.objects.get(kind="words.changed")
    assert event.data["after"] == {"fr": [FR], "en": EN.split("\n")}
    assert change(ada, "words", KEY, as_it_came="1") == 302
    assert (police("fr"), police("en")) == came


def test_a_name_that_is_missing_or_unknown_is_named(ada: Client) -> None:
    for text, said in (
        ("Merci.", "Missing here: $reference."),
        ("$reference $refrence", "Nothing is known here for $refrence."),
        ("$reference, 5 $", "A $ begins no name here."),
        (" ", "This is one line, and not empty."),
    ):
        answer = ada.post(PATH.format("words", KEY), {"fr": text, "en": EN, "why": "x"})
        assert answer.status_code == 422, text
        assert said in answer.content.decode(), text
    assert change(ada, "words", "police.subject", fr="[$reference] $host\nb", en="[$reference] $host") == 422
    assert not Amendment.objects.exists()
    for wrong, error in (
        (["x"], own_words.NamesMissing),
        (["$a $b"], own_words.NamesUnknown),
        (["$a $"], own_words.NoName),
        (["  "], own_words.BadWords),
    ):
        with pytest.raises(error):
            own_words.check(["$a"], wrong)
    own_words.check(["$a"], ["$a", "b"])
    with pytest.raises(own_words.BadWords):
        own_words.check("$a", ["$a", "b"])


def test_it_is_previewed_with_examples_and_nothing_is_written(ada: Client) -> None:
    answer = ada.post(PATH.format("words", KEY), {"fr": FR, "en": EN, "preview": "1"})
    assert answer.status_code == 200
    assert "Please quote N-EXAMPLE-1." in answer.content.decode()
    assert not Amendment.objects.exists()


def test_earlier_words_are_taken_up_again(ada: Client) -> None:
    change(ada, "words", KEY, fr=FR, en=EN, why="motive one")
    change(ada, "words", KEY, fr=FR, en="Quote $reference only.", why="the second")
    html = page(ada, PATH.format("words", KEY))
    assert "motive one" in html
    assert "Quote $reference only." in html
    first = AuditEvent.objects.filter(kind="words.changed").order_by("number")[0]
    again = page(ada, PATH.format("words", KEY) + f"&version={first.number}")
    assert "Please quote $reference." in again
    for wrong in ("999", "x"):
        assert ada.get(PATH.format("words", KEY) + f"&version={wrong}").status_code == 404
    other = page(ada, PATH.format("letter", "where"))
    assert "motive one" not in other


def test_a_beginning_is_previewed_and_its_earlier_words_are_kept(ada: Client) -> None:
    said = {"name_fr": "Merci", "name_en": "Thanks", "text_fr": "Merci.", "text_en": "Thank you."}
    assert change(ada, "letter", code="thanks", **said) == 302
    assert change(ada, "letter", "thanks", code="thanks", **{**said, "text_en": "Another."}) == 302
    first = AuditEvent.objects.filter(kind="letter.changed").order_by("number")[0]
    assert "Thank you." in page(ada, PATH.format("letter", "thanks") + f"&version={first.number}")
    answer = ada.post(PATH.format("letter", "thanks"), {**said, "code": "thanks", "preview": "1"})
    assert "As it would read" in answer.content.decode()


def test_words_that_fit_no_more_are_let_be(settings: Any, tmp_path: Path) -> None:
    """An operator's file, or a version that comes later, may need other names: then its own words hold."""
    from disrupt.hotline.common.actors import analyst

    amendments.put(Kind.WORDS, KEY, {"fr": [FR], "en": [EN]}, analyst(1), "x")
    whole = json.loads(json.dumps(packaged.languages_of(packaged.latest_words())["en"]))
    whole["police"]["answers"] = ["Answer us."]
    (tmp_path / "en.json").write_text(json.dumps(whole))
    settings.NOTICE_LANGUAGES = tmp_path
    assert police("en") == ["Answer us."]
    assert police("fr") == ["Rappelez la référence R-1."]


def test_every_place_can_be_opened_and_saved_as_it_is(ada: Client) -> None:
    words = packaged.languages_of(packaged.latest_words())
    assert len(list(own_words.paths(words["en"]))) > 100
    for _path, said in own_words.paths(words["en"]):
        lines = own_words.lines_of(said)
        own_words.check(said, lines)
        assert own_words.example(lines, "en")
    assert {p for p, _l in own_words.paths(words["en"])} == {p for p, _l in own_words.paths(words["fr"])}
    assert ada.get(PATH.format("words", "police.nothing")).status_code == 404
    assert languages.of(packaged.latest_words(), "en") is words["en"], (
        "nothing is copied while nothing is changed"
    )
