"""Pictures looked up in a bank: what comes back, in which order, and what is refused."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.edits import pad
from PIL import Image
from tests.matching.pictures import U8, bank_of, photo

from disrupt.fingerprint import EmptyFile, MissingFile, UnreadableMedia, UnsupportedMedia
from disrupt.matching import Bank
from disrupt.matching._bank._journal import Add
from disrupt.matching.entries import BankEntry, PdqValue
from disrupt.matching.lookup import SHA256, find


def encoded(pixels: U8 | Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(out, kind, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = tmp_path_factory.mktemp("find") / "bank"
    return bank_of(folder, {f"p{seed}": photo(seed) for seed in range(6)})


def test_the_same_picture_is_a_match(bank: Bank) -> None:
    found = find(photo(2), bank, level="fast")
    assert [match.entry for match in found] == ["p2"]
    match = found.matches[0]
    assert (match.distance, match.certainty, match.category, match.view) == (0, "match", "ncii", "as it is")
    assert found.refused is None
    assert found.quality >= 50


def test_a_file_is_found_as_its_pixels_are(bank: Bank, tmp_path: Path) -> None:
    framed = pad(Image.fromarray(np.fliplr(photo(3))), 0.2, 0.1, (200, 10, 10))
    path = tmp_path / "upload.png"
    path.write_bytes(encoded(framed))
    for picture in (path, str(path), path.read_bytes(), np.asarray(framed)):
        (match,) = find(picture, bank)
        assert match.entry == "p3"
        assert match.distance <= 31
        assert match.view.endswith("mirrored")
        assert match.box is not None
        assert np.abs(np.array(match.box) - [128, 48, 768, 528]).max() <= 12


def test_further_than_31_is_probable_and_the_radius_can_be_lowered(bank: Bank) -> None:
    noisy = Image.fromarray(photo(4)).rotate(4, Image.Resampling.BICUBIC)
    (match,) = find(np.asarray(noisy), bank, level="standard")
    assert match.entry == "p4"
    assert match.certainty == ("match" if match.distance <= 31 else "probable")
    assert len(find(np.asarray(noisy), bank, level="standard", radius=match.distance)) == 1
    assert len(find(np.asarray(noisy), bank, level="standard", radius=match.distance - 1)) == 0


def test_the_same_bytes_are_found_even_where_the_picture_is_flat(tmp_path: Path) -> None:
    flat = encoded(Image.new("RGB", (200, 200), (3, 3, 3)))
    bank = Bank.create(tmp_path / "bank")
    bank.apply([Add(BankEntry("flat", "image", "ncii", sha256=hashlib.sha256(flat).hexdigest()))])
    found = find(flat, bank)
    assert [(match.entry, match.view, match.distance) for match in found] == [("flat", SHA256, 0)]
    assert found.refused is not None
    assert "quality 0" in found.refused


def test_a_flat_picture_is_refused_in_words_and_never_matches(bank: Bank) -> None:
    found = find(np.zeros((256, 256), np.uint8), bank)
    assert found.matches == ()
    assert found.refused is not None
    assert "under 50" in found.refused


def test_the_best_come_first_and_each_entry_once(tmp_path: Path) -> None:
    bank = bank_of(tmp_path / "bank", {"left": photo(11), "right": photo(12)})
    both = np.concatenate([photo(11), np.asarray(Image.fromarray(photo(12)).resize((640, 480)))], 1)
    found = find(np.ascontiguousarray(both), bank)
    assert sorted(match.entry for match in found) == ["left", "right"]
    assert [m.distance for m in found] == sorted(m.distance for m in found)


def test_a_derived_hash_says_so(tmp_path: Path) -> None:
    from disrupt.matching.derived import derived_entries

    original = photo(13, 800, 600)
    parts = tuple(PdqValue(h.tobytes().hex(), 100, "derived") for h in derived_entries(original))
    bank = Bank.create(tmp_path / "bank")
    bank.apply([Add(BankEntry("deep", "image", "ncii", pdq=parts))])
    (match,) = find(np.ascontiguousarray(original[150:450, 200:600]), bank, level="fast")
    assert match.role == "derived"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"only text", UnsupportedMedia),
        (encoded(photo(1), "JPEG")[:2000], UnreadableMedia),
    ],
)
def test_what_cannot_be_read_is_a_typed_error(bank: Bank, content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        find(content, bank)


def test_a_missing_file_is_a_typed_error(bank: Bank, tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        find(tmp_path / "none.jpg", bank)


@pytest.mark.parametrize("mode", ["CMYK", "P", "LA", "RGBA", "L", "I;16"])
def test_odd_colour_modes_are_found(bank: Bank, mode: str) -> None:
    picture = Image.fromarray(photo(5))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) << 8)
    elif mode == "LA":
        picture = picture.convert("L").convert("LA")
    else:
        picture = picture.convert(mode)
    content = encoded(picture, "TIFF" if mode == "CMYK" else "PNG")
    assert [match.entry for match in find(content, bank, level="fast")] == ["p5"]


@pytest.mark.parametrize(("origin", "review"), [("examined", False), ("own", False), ("declared", True)])
def test_what_nobody_has_seen_needs_a_look(tmp_path: Path, origin: Any, review: bool) -> None:
    """The very same bytes and the nearest picture alike: a declared fingerprint may be of anything."""
    data = encoded(photo(3))
    one = bank_of(tmp_path / "bank", {"x": photo(3)})
    (entry,) = one.entries()
    one.apply([Add(replace(entry, id="y", origin=origin, sha256=hashlib.sha256(data).hexdigest()))])
    for upload in (data, photo(3)):
        match = next(match for match in find(upload, one, level="fast") if match.entry == "y")
        assert (match.origin, match.certainty, match.needs_review) == (origin, "match", review)
    far = encoded(pad(Image.fromarray(photo(3)), 0.3, 0.3, (200, 10, 10)))
    assert all(m.needs_review for m in find(far, one) if m.certainty == "probable")
