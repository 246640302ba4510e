"""What a decoder answers is not believed, and what it gives back holds nothing but the picture."""

from __future__ import annotations

import threading
import time

import pytest
from tests.fingerprint import media

from disrupt.fingerprint import FingerprintError, SandboxFailure, fingerprint_image, image_luma, preview


def test_a_lying_decoder_is_not_believed() -> None:
    from disrupt.fingerprint._confined import _wire
    from disrupt.fingerprint._confined._replies import checked

    with pytest.raises(SandboxFailure):
        checked(_wire.Message({"values": None}))
    with pytest.raises(FingerprintError) as caught:
        checked(_wire.Message({"error": "SystemExit", "message": "\x1b[2J" + "x" * 5000}))
    assert type(caught.value) is SandboxFailure
    assert len(str(caught.value)) <= 400
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"width": 1, "height": 1, "pdq": ["zz", 1], "upright": None, "notes": []},
        {"width": 1, "height": 1, "pdq": ["0" * 64, 101], "upright": None, "notes": []},
        {"width": -1, "height": 1, "pdq": ["0" * 64, 1], "upright": None, "notes": []},
        {"width": 1, "height": 1, "pdq": [7, 1], "upright": None, "notes": []},
    ],
)
def test_a_senseless_answer_is_a_fault(values: dict[str, object]) -> None:
    from disrupt.fingerprint.answers import image_of
    from disrupt.fingerprint.digest import digest_bytes
    from disrupt.fingerprint.tasks import Answer

    with pytest.raises(SandboxFailure, match="senseless"):
        image_of(Answer(values), digest_bytes(b"x"))


def test_a_message_too_long_or_too_slow() -> None:
    import socket

    from disrupt.fingerprint._confined import _wire

    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"\xff" * 8)
        with pytest.raises(_wire.BrokenMessage, match="more than is accepted"):
            _wire.receive(ours)
        theirs.sendall((1000).to_bytes(4, "big") + bytes(4))

        def drip() -> None:
            for _ in range(20):
                theirs.sendall(b" ")
                time.sleep(0.02)

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(TimeoutError):
            _wire.receive(ours, deadline=time.monotonic() + 0.15)
        thread.join()


def test_previews_carry_no_metadata() -> None:
    import io

    from PIL import Image

    exif = Image.Exif()
    exif[274] = 6
    exif[0x010E] = "SECRET-DESCRIPTION"
    content = media.encode(media.scene(300, 400), "JPEG", exif=exif, comment=b"SECRET-COMMENT")
    small = preview(content, max_side=120, blur=6.0)
    assert b"SECRET" in content
    assert b"SECRET" not in small
    image = Image.open(io.BytesIO(small))
    assert image.size == (90, 120)  # upright
    assert not image.getexif()
    sharp = preview(content, max_side=120)
    assert len(small) < len(sharp)


@pytest.mark.parametrize("kind", ["png", "gif", "heif", "film"])
def test_previews_of_other_kinds(kind: str) -> None:
    import io

    from PIL import Image

    content = media.film() if kind == "film" else media.every_picture()[kind]
    image = Image.open(io.BytesIO(preview(content, max_side=64)))
    assert max(image.size) == 64
    assert image.format == "JPEG"


def test_luma_for_the_matcher() -> None:
    content = media.encode(media.scene(300, 400), "PNG")
    small = image_luma(content, max_side=100)
    assert small.luma.shape == (75, 100)
    assert small.fingerprint == fingerprint_image(content)
    assert image_luma(content, max_side=1000).luma.shape == (300, 400)
