"""What the tests of the console share: a page and its promises, the path of an item, a decision, a film."""

from __future__ import annotations

import io
import re

import av
import numpy as np
from django.test import Client
from PIL import Image

from disrupt.hotline.cases.models import Case


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    html = response.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert not re.search(r"<script(?! src=)", html)
    assert response["Cache-Control"] == "no-store"
    return html


def preview_path(html: str) -> str:
    found = re.search(r'<img src="(/previews/[^"]+)"', html)
    return found[1] if found else ""


def item_path(case: Case, position: int = 1) -> str:
    return f"/items/{case.items.get(position=position).pk}/"


def decision(**changes: str) -> dict[str, str]:
    return {"category": "NCII-DIF", "person": "adult", "reasoning": "", "reason": "", **changes}


def film(seconds: int = 2) -> bytes:
    """A short film of moving waves."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        noise = np.random.default_rng(3).integers(0, 256, (24, 32, 3), np.uint8)
        for number in range(10 * seconds):
            picture = Image.fromarray(np.roll(noise, number, axis=1)).resize((320, 240))
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode(None))
    return out.getvalue()
