"""The console's budget: one slow film holds neither its page, nor another page, for longer than seconds."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from tests.fingerprint.media import slow_film, too_little
from tests.hotline.processing.working import jpeg
from tests.hotline.review.pages import film, item_path, page, preview_path

from disrupt.hotline.processing import decoding
from disrupt.hotline.review.seeing import glances

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def nothing_seen_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glances, "_kept", glances._Kept())


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each look took that was really taken."""
    taken: list[float] = []
    real = glances.look

    def timed(*args: Any, **how: Any) -> Any:
        begun = time.monotonic()
        try:
            return real(*args, **how)
        finally:
            taken.append(time.monotonic() - begun)

    monkeypatch.setattr(glances, "look", timed)
    return taken


def test_a_slow_film_is_shown_in_time_and_decoded_once(
    as_alice: Client, make_case: Any, looks: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = make_case(files=(slow_film(),))
    page(as_alice, item_path(make_case(files=(jpeg(),))))  # the decoders' start is no film's fault
    for seconds in too_little():
        monkeypatch.setattr(decoding, "PAGE", seconds)
        monkeypatch.setattr(glances, "_kept", glances._Kept())
        looks.clear()
        html = page(as_alice, item_path(slow))
        assert preview_path(html)
        if "This film is slow to decode" in html:
            break
    assert preview_path(page(as_alice, item_path(slow))) != preview_path(html)
    assert len(looks) == 1, "the second page uses what the first one saw"
    assert looks[0] < seconds + 2.5


def test_a_file_that_fails_fails_once(as_alice: Client, make_case: Any, looks: list[float]) -> None:
    broken = make_case(files=(jpeg()[:200],))
    for _ in range(3):
        assert "damaged or cut short" in page(as_alice, item_path(broken))
    assert len(looks) == 1


def test_a_clear_view_is_not_remembered(as_alice: Client, make_case: Any, looks: list[float]) -> None:
    path = item_path(make_case(files=(jpeg(),)))
    for _ in range(2):
        as_alice.post(f"{path}show/", {"mode": "clear"})
        assert "The content, unblurred" in page(as_alice, path)
    assert len(looks) == 2
    assert not glances._kept.glances


def test_films_leave_a_decoder_for_a_picture_and_a_page_says_that_it_waits(
    as_alice: Client, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "PAGE_WAIT", 0.2)
    for _ in range(glances._FILMS_AT_ONCE):
        assert glances._kept.films.acquire(timeout=0)
    assert decoding.sandbox()._size > glances._FILMS_AT_ONCE
    assert preview_path(page(as_alice, item_path(make_case(files=(jpeg(),)))))
    path = item_path(make_case(files=(film(),)))
    html = page(as_alice, path)
    assert "Other files are being decoded just now" in html
    assert f'href="{path}"' in html
    glances._kept.films.release()
    assert preview_path(page(as_alice, path))
