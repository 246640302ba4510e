"""Every help page is plain by the numbers, and the numbers are right."""

from __future__ import annotations

import pytest
from django.conf import settings as configured
from django.utils import translation

from disrupt.hotline.intake.library.files import Page, library
from disrupt.hotline.intake.library.readability import LONGEST_SENTENCE, PLAIN, read, syllables, text_of
from disrupt.hotline.intake.library.show import show

PAGES = [
    pytest.param(page, id=f"{page.language}-{page.key}")
    for language, _name in configured.LANGUAGES
    for page in library().in_language(language)
]
FRENCH = (
    "photo 2 image 2 vidéo 3 personne 2 police 2 empreinte 2 étape 2 intime 2 signaler 3 oui 1 "
    "accord 2 loi 1 site 1 adresse 2 détruite 2 question 2 l’image 2 aujourd’hui 3 publié 3 "
    "choisissez 3 messages 2 menaces 2 réelle 2 heure 1 jours 1 créer 2 qui 1 que 1 les 1 payez 2 "
    "plainte 1 numéro 3 téléphone 3 sextorsion 3 anonyme 3 vie 1 années 2 est-ce 2 quelqu’un 2 "
    "pouvez 2 victime 2 empêcher 3 trouver 2 bien 1 mieux 1 "
)
ENGLISH = (
    "picture 2 video 3 police 2 fingerprint 3 report 2 destroyed 2 wanted 2 pages 2 created 3 people "
    "2 threaten 2 somebody 3 are 1 the 1 little 2 site 1 saved 1 asked 1 address 2 addresses 3 "
    "violence 3 being 2 idea 3 trial 2 anonymous 4 copies 2 you 1 use 1 useful 2 safe 1 telephone 3 "
    "analyst 3 message 2 messages 3 judge 1 judges 2 people’s 2 once 1 penalty 3 times 1 statement 2 "
    "something 2 read 1 reason 2 great 1 "
)


@pytest.mark.parametrize(("language", "listed"), [("fr", FRENCH), ("en", ENGLISH)])
def test_syllables_are_counted_as_spoken(language: str, listed: str) -> None:
    words = listed.split()
    expected = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    assert {word: syllables(word, language) for word in expected} == expected


def test_the_formulas() -> None:
    """Worked by hand: 6 words, 1 sentence, 6 syllables; and 4 words, 2 sentences, 7 syllables."""
    assert read("The cat sat on the mat.", "en").score == pytest.approx(206.835 - 1.015 * 6 - 84.6, abs=0.05)
    french = read("Une photo. Deux vidéos.", "fr")
    assert (french.words, french.sentences, french.syllables) == (4, 2, 7)
    assert french.score == pytest.approx(207 - 1.015 * 2 - 73.6 * 7 / 4, abs=0.05)


def test_difficult_writing_fails() -> None:
    """What an administration might have written of the same thing."""
    english = read(
        "Notwithstanding the aforementioned considerations, the dissemination of intimate audiovisual "
        "documentation without authorisation constitutes an infringement necessitating the immediate "
        "notification of the competent administrative authorities by the individual concerned.",
        "en",
    )
    french = read(
        "Nonobstant les considérations susmentionnées, la communication non autorisée de représentations "
        "audiovisuelles à caractère personnel constitue une infraction nécessitant une notification "
        "préalable auprès des autorités administratives territorialement compétentes.",
        "fr",
    )
    assert not english.plain
    assert not french.plain
    assert max(english.score, french.score) < 30


def test_no_sentence_is_no_score() -> None:
    with pytest.raises(ValueError, match="no sentence"):
        read(" – ", "fr")


def test_only_running_text_counts() -> None:
    left_out = '<h2>Title</h2><table><tr><td>x</td></tr></table><a class="line">17</a>'
    assert text_of(f"{left_out}<p>One <strong>two</strong>.</p>{left_out}").split() == ["One", "two."]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_plain(page: Page) -> None:
    with translation.override(page.language):
        shown = show(library(), page)
        reading = read(text_of(f"<p>{shown.summary}</p>{shown.opening}{shown.html}"), page.language)
    assert reading.score >= PLAIN, reading
    assert reading.longest <= LONGEST_SENTENCE, reading
    assert reading.words / reading.sentences <= 15, reading
