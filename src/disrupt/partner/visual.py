"""The upload and what was matched in it, side by side as a picture, for an engineer who asks why."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

from PIL import Image, ImageDraw

from disrupt.fingerprint import preview
from disrupt.fingerprint.sandbox import Sandbox
from disrupt.matching.lookup import Findings, Match

SIDE = 480
_MARGIN = 12
_MOST = 6
_BLUR = 40.0


def side_by_side(
    path: str, found: Findings, folder: Path, sandbox: Sandbox, *, blurred: bool = True, trusted: bool = False
) -> Path:
    """Write the upload with its matched rectangles, then each of them cut out, to a PNG in `folder`.

    It is blurred unless asked otherwise: enough is left to see which rectangle was found, and no more. Nobody
    else on the machine can read it. Pixels come from the sandbox.
    Raises what `disrupt.fingerprint.preview` does.
    """
    with Image.open(
        io.BytesIO(
            preview(path, max_side=4 * SIDE, blur=_BLUR if blurred else 0.0, trusted=trusted, sandbox=sandbox)
        ),
        formats=["JPEG"],
    ) as opened:
        upload = opened.convert("RGB")
    shown = found.matches[:_MOST]
    sheet = Image.new(
        "RGB", ((SIDE + _MARGIN) * (1 + len(shown)) + _MARGIN, SIDE + 3 * _MARGIN + 34), "white"
    )
    scale = upload.width / found.size[0], upload.height / found.size[1]
    boxes = [_scaled(match, scale, upload.size) for match in shown]
    framed = upload.copy()
    pen = ImageDraw.Draw(framed)
    for box in boxes:
        pen.rectangle(box, outline=(220, 0, 60), width=max(2, upload.width // 150))
    _paste(sheet, framed, 0, ["upload"])
    for place, (match, box) in enumerate(zip(shown, boxes, strict=True), 1):
        look = ", look first" if match.needs_review else ""
        lines = [f"{match.certainty} at {match.distance}{look}: {match.view}", match.entry]
        _paste(sheet, upload.crop(box), place, lines)
    target = folder / f"{Path(path).stem[:60]}-{hashlib.sha256(path.encode()).hexdigest()[:8]}.png"
    # Never through a link that somebody else left under this name in a folder that others may write to.
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as out:
        os.fchmod(handle, 0o600)  # also where an earlier version left one that others can read
        sheet.save(out, "PNG")
    return target


def _scaled(match: Match, scale: tuple[float, float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    left, top, right, bottom = match.box or (0, 0, *size)
    x0, y0 = max(0, min(size[0] - 2, int(left * scale[0]))), max(0, min(size[1] - 2, int(top * scale[1])))
    return (
        x0,
        y0,
        max(x0 + 1, min(size[0], int(right * scale[0]))),
        max(y0 + 1, min(size[1], int(bottom * scale[1]))),
    )


def _paste(sheet: Image.Image, picture: Image.Image, place: int, lines: list[str]) -> None:
    small = picture.copy()
    small.thumbnail((SIDE, SIDE))
    left = _MARGIN + place * (SIDE + _MARGIN)
    sheet.paste(small, (left, _MARGIN))
    pen = ImageDraw.Draw(sheet)
    for row, line in enumerate(lines):
        pen.text((left, SIDE + 2 * _MARGIN + 16 * row), line[:70], fill="black")
