"""The recording of the threat page: in ten languages, of the words that it says today, by a press."""

from __future__ import annotations

import re
from pathlib import Path

import av
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from disrupt.hotline.intake.packaged import packaged
from disrupt.hotline.intake.visit.spoken import digest, said
from disrupt.hotline.processes.languages import PACKAGED, TRANSLATED

TEN = sorted({*(code for code, _name in PACKAGED), *TRANSLATED})


@pytest.mark.parametrize("language", TEN)
def test_each_is_of_the_words_of_today(language: str) -> None:
    assert packaged("voices.json")["spoken"][language] == digest(language), "run scripts/voices.py"
    path = finders.find(f"intake/voices/{language}.mp3")
    assert path
    assert Path(str(path)).stat().st_size < 500_000
    with av.open(str(path)) as sound:
        assert 20 < float(sound.duration or 0) / 1e6 < 120


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_says_what_the_page_says_and_waits_for_a_press(language: str, client: Client) -> None:
    html = " ".join(client.get(f"/{language}/steps/now/").content.decode().split())
    for sentence in said(language):
        if not re.match(r"\d", sentence):
            assert " ".join(sentence.split()) in html
    # Nothing is fetched, nor heard by whoever stands near, before somebody presses.
    assert f'<audio controls preload="none" src="/static/intake/voices/{language}.mp3"></audio>' in html


def test_another_language_has_none() -> None:
    assert set(packaged("voices.json")["spoken"]) == set(TEN)
