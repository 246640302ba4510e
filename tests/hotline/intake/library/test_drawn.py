"""The comic and the stories: whole in each language, of known shapes, and no choice leads nowhere."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.test import Client
from tests.hotline.intake.library.pages import LANGUAGES, Html, got, unspaced

from disrupt.hotline.intake.library import data
from disrupt.hotline.intake.library.drawn.told import Panel, Picture, Scene, comic, scenes
from disrupt.hotline.intake.library.files import library
from disrupt.hotline.intake.packaged import packaged
from disrupt.hotline.processes.languages import TRANSLATED

TEN = (*LANGUAGES, *TRANSLATED)


def _pictures(language: str) -> list[Picture]:
    return [panel.picture for panel in comic(language)] + [s.picture for s in scenes(language) if s.picture]


def _said(told: tuple[list[Panel], list[Scene]]) -> set[str]:
    """Everything that is read there, but for names."""
    panels, told_scenes = told
    return {
        *(said for panel in panels for said in (panel.caption, panel.picture.shows)),
        *(line.words for panel in panels for line in panel.lines),
        *(said for scene in told_scenes for said in (scene.title, *scene.told, *scene.questions)),
        *(choice.words for scene in told_scenes for choice in scene.choices),
        *(scene.picture.shows for scene in told_scenes if scene.picture),
    }


def _reached(told: dict[str, Scene], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += [choice.to for choice in told[key].choices]
    return seen


def test_every_scene_is_reached_and_leads_to_an_end() -> None:
    told = {scene.key: scene for scene in scenes("en")}
    assert len(told) == len(scenes("en")) > 15
    assert _reached(told, "choose") == told.keys()
    ends = {key for key, scene in told.items() if scene.questions}
    assert len(ends) == 2
    for key, scene in told.items():
        assert scene.choices, key
        assert _reached(told, key) & ends, key
    # Whoever chooses what hurts comes back on the way, and is never at a dead end.
    for key in told.keys() - {"choose"}:
        assert {choice.to for choice in told[key].choices} - {key}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_story_is_told_in_the_language_of_its_page(language: str) -> None:
    """Drawn the same way, and not a caption, a line, a choice or what a picture shows left in English."""
    told, english = ((comic(one), scenes(one)) for one in (language, "en"))
    assert [panel.picture.drawing for panel in told[0]] == [panel.picture.drawing for panel in english[0]]
    assert [[choice.to for choice in scene.choices] for scene in told[1]] == [
        [choice.to for choice in scene.choices] for scene in english[1]
    ]
    assert _said(told) & _said(english) == set()


@pytest.mark.parametrize("language", TEN)
def test_pictures_are_shapes_only_and_said_in_words(language: str) -> None:
    for picture in _pictures(language):
        assert len(picture.shows) > 20
        drawn = ElementTree.fromstring(f"<svg>{picture.drawing}</svg>")
        for shape in drawn.iter():
            assert shape.tag in {"svg", "g", "path", "rect", "circle", "ellipse"}
            # The policy of the portal lets no style into a page.
            assert "style" not in shape.attrib
            assert not any(name.startswith("on") for name in shape.attrib)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_that_nobody_tried_is_said_to_be_so(language: str, client: Client) -> None:
    page = Html(got(client, library().page(language, "resources")))
    shown = unspaced(page.words)
    for one in data.resources(language):
        assert one.checked is None
        assert unspaced(one.name) in shown
    never = {"fr": "Pas encore essayé par nous.", "en": "Not tried by us yet."}[language]
    assert shown.count(never) == len(data.resources(language))
    assert any(link["href"] == "mailto:recueil-preuves-rsn@arcom.fr" for link in page.links)
    # A name that cannot be vouched for has no link: it could lead pupils anywhere.
    assert data.resources(language)[0].link == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_law_page_has_the_age_of_15_and_the_times(language: str, client: Client) -> None:
    shown = unspaced(Html(got(client, library().page(language, "law"))).words)
    for kind in ("higher", "time"):
        for rule in data.rules(language, kind):
            assert unspaced(rule.says) in shown
    unchecked = {"fr": "Pas encore comparé", "en": "Not yet compared"}[language]
    assert shown.count(unchecked) == len(packaged("law-around.json")["rules"])
