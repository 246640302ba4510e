"""PDF: its pictures are hashed, and the pages that they fill; what shows none is refused in words."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from tests.fingerprint.media import U8, distance, encode, scene

from disrupt.fingerprint import ImageFingerprint, fingerprint_file, fingerprint_image, preview
from disrupt.fingerprint.decode import decode_image
from disrupt.fingerprint.errors import MediaTooLarge, UnreadableMedia, UnsupportedMedia
from disrupt.fingerprint.limits import Limits
from disrupt.matching import Add, Bank
from disrupt.matching.upload import find_file
from disrupt.partner.bank.adding import own_entry

PIXELS, OTHER = scene(300, 400), scene(300, 400, 7)
WITHOUT = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\ntrailer<</Root 1 0 R>>\n"
)
Place = tuple[float, float, float, float]


def pages(*shown: list[tuple[U8, Place]]) -> bytes:
    """A PDF of pages of 600 by 600, on which pictures lie: left, bottom, width, height."""
    document = pypdfium2.PdfDocument.new()
    for placed in shown:
        page = document.new_page(600, 600)
        for pixels, (left, bottom, width, height) in placed:
            picture = pypdfium2.PdfImage.new(document)
            picture.set_bitmap(pypdfium2.PdfBitmap.from_pil(Image.fromarray(pixels)))
            picture.set_matrix(pypdfium2.PdfMatrix(width, 0, 0, height, left, bottom))
            page.insert_obj(picture)
        page.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def hashed(content: bytes) -> ImageFingerprint:
    found = fingerprint_file(content)
    assert isinstance(found, ImageFingerprint)
    return found


def nearest(content: bytes, pixels: U8) -> int:
    """How far the nearest of its hashes is from a picture."""
    wanted, found = fingerprint_image(encode(pixels, "PNG")).pdq.hex, hashed(content)
    return min(distance(one.hex, wanted) for one in (found.pdq, *(form.pdq for form in found.shown)))


def test_a_picture_in_it_has_the_picture_s_own_hash() -> None:
    content = pages([(PIXELS, (100, 200, 300, 225))])
    found = hashed(content)
    assert (found.width, found.height) == (400, 300)
    assert found.pdq == fingerprint_image(encode(PIXELS, "PNG")).pdq
    assert found.shown == ()


def test_neither_a_logo_nor_a_title_page_comes_before_it() -> None:
    logo = scene(72, 72, 3)
    content = pages([(logo, (10, 500, 72, 72))], [(logo, (10, 500, 72, 72)), (PIXELS, (50, 50, 400, 300))])
    assert hashed(content).pdq == fingerprint_image(encode(PIXELS, "PNG")).pdq
    assert nearest(content, logo) > 60
    assert nearest(pages([(OTHER, (0, 0, 400, 300))], [(PIXELS, (0, 0, 400, 300))]), PIXELS) == 0


def test_what_is_cut_into_strips_is_seen_as_it_is_drawn() -> None:
    strips = [(PIXELS[at : at + 30], (0, 600 - 2 * (at + 30), 600, 60)) for at in range(0, 300, 30)]
    assert nearest(pages(strips), PIXELS) <= 31


def test_what_a_reader_turns_is_hashed_as_it_is_drawn_too() -> None:
    document = pypdfium2.PdfDocument(pages([(PIXELS, (0, 0, 600, 600))]))
    document[0].set_rotation(90)
    out = io.BytesIO()
    document.save(out)
    assert nearest(out.getvalue(), np.ascontiguousarray(np.rot90(PIXELS, -1))) <= 16


def test_what_shows_none_or_is_locked_is_refused_in_words() -> None:
    with pytest.raises(UnsupportedMedia, match="shows no picture"):
        hashed(WITHOUT)
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "PDF")
    lock = b"trailer\n<< /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
        b"11" * 32,
        b"22" * 32,
    )
    locked = out.getvalue().replace(b"trailer\n<<", lock)
    assert locked != out.getvalue()
    with pytest.raises(UnreadableMedia, match="password"):
        hashed(locked)
    for part in (5, 9, 300):
        with pytest.raises(UnreadableMedia, match="damaged or cut short"):
            hashed(out.getvalue()[:part])


def test_something_in_front_of_it_hides_nothing() -> None:
    content = b"\xef\xbb\xbf\n" + pages([(PIXELS, (100, 200, 300, 225))])
    assert nearest(content, PIXELS) == 0


def test_too_large_a_picture_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(MediaTooLarge, match="pixels"):
        decode_image(pages([(PIXELS, (0, 0, 400, 300))]), Limits(colour_pixels=400 * 299))


def test_the_analyst_sees_the_picture(tmp_path: Path) -> None:
    """The preview is what was hashed."""
    seen = np.asarray(Image.open(io.BytesIO(preview(pages([(PIXELS, (9, 9, 99, 99))]), max_side=400))))
    assert seen.shape == (300, 400, 3)
    assert np.abs(seen.astype(int) - PIXELS).mean() < 12


def test_it_is_found_in_a_bank_and_finds_what_was_banked_from_one(tmp_path: Path) -> None:
    content, plain = pages([(OTHER, (0, 0, 300, 200))], [(PIXELS, (200, 200, 300, 225))]), encode(PIXELS)
    bank = Bank.create(tmp_path / "bank")
    bank.apply([Add(own_entry(fingerprint_file(plain)))])
    path = tmp_path / "upload"
    path.write_bytes(content)
    assert [match.certainty for match in find_file(path, bank, level="fast")] == ["match"]
    other = Bank.create(tmp_path / "other")
    other.apply([Add(own_entry(hashed(content)))])
    path.write_bytes(plain)
    assert [match.certainty for match in find_file(path, other, level="fast")] == ["match"]
