"""PDF for Pillow: the pictures of its pages, largest first, and the pages that show them (ADR 163)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

from PIL import Image, ImageFile

from disrupt.fingerprint.errors import UnreadableMedia, UnsupportedMedia
from disrupt.fingerprint.formats import FORMATS

_PAGES, _PLACED, _PICTURES = 100, 2000, 64
"""Pages that are read, pictures on one of them, and pictures of all that are shown for themselves."""
_LEAST_SIDE = 64
"""A picture with a shorter side is a line or a sign, not one that is shown for itself."""
_BESIDE = 16
"""One with so many times fewer pixels than the largest is a logo beside it."""
_FILLED = 0.25
"""The part of a page that its pictures fill, from which on the page is hashed as it is drawn."""
_DRAWN = 1024
"""The longer side of a page that is drawn, in pixels."""
_DEPTH = 4
_LOCKED = 4


class PdfImageFile(ImageFile.ImageFile):
    """The pictures of a PDF as they are stored, the largest first, then its pages, as frames."""

    format = FORMATS["pdf"].pillow
    format_description = "PDF"

    def _open(self) -> None:
        assert self.fp is not None
        document = _document(self.fp.read())
        pages = [document[number] for number in range(min(len(document), _PAGES))]
        placed = [(page, list(islice(_pictures_of(page), _PLACED))) for page in pages]
        sizes = [(one.get_px_size(), one) for _, pictures in placed for one in pictures]
        sizes = sorted((row for row in sizes if min(row[0]) >= _LEAST_SIDE), key=_pixels, reverse=True)
        large = [row for row in sizes if _pixels(row) * _BESIDE >= _pixels(sizes[0])]
        filled = [page for page, pictures in placed if _filled(page, pictures)]
        drawn = [(_drawn_size(page), page) for page in filled]
        self._shown: list[tuple[tuple[int, int], Any]] = [*large[:_PICTURES], *drawn]
        if not self._shown:
            raise UnsupportedMedia("the PDF shows no picture: send the picture itself")
        self.is_animated = len(self._shown) > 1
        self._at = -1
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Turn to another frame, which is decoded when it is loaded; raises EOFError beyond the last."""
        if frame == self._at:
            return
        if not 0 <= frame < len(self._shown):
            raise EOFError("no more pictures")
        self._at, self._mode = frame, "RGB"
        self._size = self._shown[frame][0]
        self._loaded = -1

    def tell(self) -> int:
        return self._at

    def load(self) -> Any:
        """Decode the frame, once. Raises OSError where it cannot be."""
        if self._loaded != self._at:
            (width, height), shown = self._shown[self._at]
            image = _seen(shown, max(width, height))
            self._mode, self._size, self.im = image.mode, image.size, image.im
            self._loaded = self._at
        return super().load()


def _document(data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _LOCKED:
            raise UnreadableMedia(
                "the PDF is locked by a password: send the picture itself, or the PDF without it"
            ) from error
        raise SyntaxError("no PDF") from error


def _pictures_of(page: Any) -> Iterator[Any]:
    import pypdfium2.raw as raw

    yield from page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEPTH)


def _pixels(row: tuple[tuple[int, int], Any]) -> int:
    return row[0][0] * row[0][1]


def _filled(page: Any, pictures: list[Any]) -> bool:
    """Whether pictures fill enough of a page for it to be one picture more: they may be cut into strips."""
    width, height = page.get_size()
    area = 0.0
    for one in pictures:
        left, bottom, right, top = one.get_bounds()
        area += max(0.0, min(right, width) - max(left, 0)) * max(0.0, min(top, height) - max(bottom, 0))
    return bool(area >= _FILLED * width * height)


def _drawn_size(page: Any) -> tuple[int, int]:
    width, height = page.get_size()
    scale = _DRAWN / max(width, height, 1.0)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _seen(shown: Any, side: int) -> Image.Image:
    """The pixels of a picture as they are stored, or of a page as it is drawn, grey or RGB."""
    import pypdfium2

    try:
        if isinstance(shown, pypdfium2.PdfPage):
            bitmap = shown.render(scale=side / max(*shown.get_size(), 1.0), rev_byteorder=True)
        else:
            bitmap = shown.get_bitmap(render=False)
    except pypdfium2.PdfiumError as error:
        raise OSError("a picture of the PDF cannot be decoded") from error
    image: Image.Image = bitmap.to_pil()
    return image if image.mode == "L" else image.convert("RGB")


def register() -> None:
    """Tell Pillow of it."""
    Image.register_open(FORMATS["pdf"].pillow, PdfImageFile)


def sample(picture: Image.Image) -> bytes:
    """A PDF of one page that shows a picture."""
    out = io.BytesIO()
    picture.save(out, "PDF")
    return out.getvalue()
