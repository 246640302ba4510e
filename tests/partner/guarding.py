"""A small site with a guard, for tests: pictures in its upload folder, and notices signed for it."""

from __future__ import annotations

import base64
import datetime as dt
import io
import uuid
from dataclasses import replace
from pathlib import Path

from PIL import Image
from tests.matching.pictures import U8, photo
from tests.protocol.notices import KEY, NOTICE, sign

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.partner.guard.home import Home, Uploads, make, read
from disrupt.protocol.feed import PdqPrint
from disrupt.protocol.notice import Content, Notice

HOST = "forum.example"
AT = f"https://{HOST}/uploads/"
PINNED = f"2026-11 {base64.b64encode(bytes(KEY.verify_key)).decode()}\n"


def jpeg(pixels: U8 | Image.Image) -> bytes:
    out = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def site(folder: Path, pictures: dict[str, bytes], *settings: str) -> Home:
    """A site with these files and a guard; settings are lines of `guard.toml` in place of its own."""
    uploads = folder / "site" / "uploads"
    for name, content in pictures.items():
        place = uploads / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    home = make(folder / "guard", HOST, [Uploads(uploads, AT)], PINNED)
    return settle(home, *settings)


def settle(home: Home, *settings: str) -> Home:
    """Change lines of `guard.toml`."""
    path = home.folder / "guard.toml"
    names = {line.split(" = ")[0] for line in settings}
    lines = [line for line in path.read_text().splitlines() if line.split(" = ")[0] not in names]
    path.write_text("\n".join([*settings, *lines]) + "\n")
    return read(home.folder)


def content_of(pixels: U8) -> Content:
    found = pdq_from_array(pixels)
    return Content("image", None, None, (PdqPrint(found.hex, found.quality, "stored"),), ())


def notice(*names: str, pixels: U8 | None = None, **changes: object) -> Notice:
    """A notice about these files of the site, with the fingerprint of a picture if one is given."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    made = replace(
        NOTICE,
        id=str(uuid.uuid4()),
        host=HOST,
        issued_at=now,
        expires_at=now + dt.timedelta(days=1),
        addresses=tuple(AT + name for name in names),
        contents=() if pixels is None else (content_of(pixels),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


__all__ = ["AT", "HOST", "KEY", "PINNED", "content_of", "jpeg", "notice", "photo", "settle", "sign", "site"]
