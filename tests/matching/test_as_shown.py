"""A banked picture or film is found in every file that shows it, whatever else the file holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.fingerprint import test_as_shown as made
from tests.fingerprint.media import encode, film

from disrupt.fingerprint import ImageFingerprint, fingerprint_file, fingerprint_video
from disrupt.matching import Add, Bank
from disrupt.matching.upload import find_file, find_video
from disrupt.partner.bank.adding import own_entry


def title_card() -> bytes:
    frames = [Image.fromarray(made.OTHER), Image.fromarray(made.PIXELS)]
    return encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[40, 3000])


def only_in_alpha() -> bytes:
    return made.rgba(np.zeros_like(made.PIXELS), 255 - made.PIXELS @ made.LUMA)


FILES = [made.without_end, made.cut_png, made.bad_check_sum, title_card, only_in_alpha]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """One picture, and one film as it is shown."""
    bank = Bank.create(tmp_path_factory.mktemp("shown") / "bank")
    plain = fingerprint_file(encode(made.PIXELS, "PNG"))
    upright = fingerprint_video(film(seconds=3, rate=5, size=(96, 128), codec="libx264"))
    bank.apply([Add(own_entry(plain)), Add(own_entry(upright))])
    return bank


@pytest.mark.parametrize("make", FILES, ids=lambda make: make.__name__)
def test_a_file_that_shows_a_banked_picture(make: object, bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(make())  # type: ignore[operator]
    banked = own_entry(fingerprint_file(encode(made.PIXELS, "PNG"))).id
    found = find_file(path, bank, level="fast")
    assert [match.certainty for match in found if match.entry == banked] == ["match"]


@pytest.mark.parametrize("make", FILES, ids=lambda make: make.__name__)
def test_a_file_that_is_banked_itself(make: object, tmp_path: Path) -> None:
    found = fingerprint_file(make())  # type: ignore[operator]
    assert isinstance(found, ImageFingerprint)
    bank = Bank.create(tmp_path / "bank")
    bank.apply([Add(own_entry(found))])
    (tmp_path / "seen.png").write_bytes(encode(made.PIXELS, "PNG"))
    assert find_file(tmp_path / "seen.png", bank, level="fast").matches[0].certainty == "match"


def test_a_film_in_the_second_track_and_a_still_in_front(bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "upload.mp4"
    path.write_bytes(made.two_tracks((480, 640), (96, 128), (1, 15), seeds=(30, 0)))
    assert find_file(path, bank, level="fast").matches
    path.write_bytes(made.two_tracks((96, 128), (480, 640), (15, 1), seeds=(0, 30)))
    assert find_file(path, bank, level="fast").matches


def test_a_film_that_a_phone_turned_is_found_by_its_fingerprint_alone(tmp_path: Path) -> None:
    """The one stored lying and shown upright, the other a transcode of what is shown."""
    lying = fingerprint_video(made.turned_film())
    shown = [np.ascontiguousarray(np.rot90(made.scene(96, 128, second), -1)) for second in range(3)]
    upright = fingerprint_video(made.film_of(shown))
    for banked, asked in ((lying, upright), (upright, lying)):
        bank = Bank.create(tmp_path / banked.sha256[:8])
        bank.apply([Add(own_entry(banked))])
        (match,) = find_video(asked, bank).matches
        assert match.certainty == "match"
