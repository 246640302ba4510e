"""A look for a person who waits: within its seconds, whatever the file wants."""

from __future__ import annotations

import io
import struct
import threading
import time
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from tests.fingerprint import media
from tests.fingerprint.media import distance, encode, scene

import disrupt.fingerprint
from disrupt.fingerprint import (
    DecodersBusy,
    Limits,
    MediaTooLarge,
    Sandbox,
    TookTooLong,
    UnreadableMedia,
    fingerprint_file,
    fingerprint_image,
    look,
)
from disrupt.fingerprint.decode import decode_image
from disrupt.fingerprint.digest import digest_bytes
from disrupt.fingerprint.limits import DEFAULT


def test_a_picture_with_its_fingerprint_and_its_cover() -> None:
    content = media.with_orientation(scene(300, 400), 6)
    seen = look(content, max_side=120)
    assert seen.picture == fingerprint_image(content)
    assert seen.digests == digest_bytes(content)
    assert Image.open(io.BytesIO(seen.cover)).size == (90, 120)  # upright
    assert (seen.seconds, seen.until, seen.luma.shape) == ((), None, (0, 128, 128))


def test_an_animation_shows_few_of_its_frames() -> None:
    frames = [Image.fromarray(scene(60, 80, seed)) for seed in range(40)]
    content = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)
    seen = look(content, most=6, still_side=32)
    assert 3 <= len(seen.seconds) <= 6
    assert seen.luma.shape == (len(seen.seconds), 32, 32)
    assert seen.seconds[-1] > 2.0


def test_a_film_is_looked_at_here_and_there() -> None:
    seen = look(media.film(seconds=40, gop=5), most=8, still_side=64)
    assert len(seen.seconds) == 8
    assert (seen.width, seen.height, seen.picture) == (128, 96, None)
    assert seen.seconds[0] < 5.0
    assert seen.seconds[-1] > 35.0
    assert seen.until is None


def test_one_key_frame_does_not_hide_what_follows_it() -> None:
    seen = look(media.film(seconds=12, rate=10, codec="libx264", gop=10_000), most=6)
    assert len(seen.seconds) == 6
    assert seen.seconds[-1] > 9.0


def test_a_film_that_does_not_say_how_long_it_is() -> None:
    content = media.film(seconds=10, container="mpegts")
    seen = look(content, most=5)
    assert len(seen.seconds) == 5
    assert seen.seconds[-1] > 5.0


SLOW = media.slow_film()


def test_a_film_that_takes_long_is_left_in_time_and_says_up_to_where() -> None:
    with Sandbox(workers=1) as sandbox:
        look(media.film(), sandbox=sandbox)  # the first start takes longer
        for seconds in media.too_little():
            begun = time.monotonic()
            seen = look(SLOW, sandbox=sandbox, seconds=seconds)
            assert time.monotonic() - begun < seconds + 2.0
            if seen.until is not None:
                break
    assert len(SLOW) < 6_000_000
    assert seen.cover.startswith(b"\xff\xd8")
    assert seen.until is not None
    assert 0 < seen.until < 390


def test_what_is_not_wanted_is_not_made() -> None:
    for content in (media.film(), media.animation("GIF")):
        seen = look(content, max_side=0)
        assert (seen.cover, seen.seconds, seen.luma.size) == (b"", (), 0)


def test_who_waits_for_a_decoder_waits_no_longer_than_it_says() -> None:
    with Sandbox(workers=1) as sandbox:
        look(media.film(), sandbox=sandbox)
        thread = threading.Thread(target=lambda: look(SLOW, sandbox=sandbox, seconds=3.0))
        thread.start()
        while sandbox._idle:
            time.sleep(0.001)
        begun = time.monotonic()
        with pytest.raises(DecodersBusy, match="try again"):
            look(media.film(), sandbox=sandbox, patience=0.1)
        assert time.monotonic() - begun < 1.5
        thread.join()
        assert look(media.film(), sandbox=sandbox, patience=0.2).width == 128


def test_a_fingerprint_in_too_little_time_is_told_from_a_broken_file() -> None:
    with Sandbox(workers=1) as sandbox:
        fingerprint_file(media.film(), sandbox=sandbox)
        with pytest.raises(TookTooLong, match="was stopped"):
            for seconds in media.too_little():
                begun = time.monotonic()
                fingerprint_file(SLOW, sandbox=sandbox, seconds=seconds)
        assert time.monotonic() - begun < seconds + 4.5
    with pytest.raises(UnreadableMedia):
        look(SLOW[:3000])


def _lying_png(frames: int) -> bytes:
    """A PNG that says it is an animation of so many frames, and has one."""
    content = encode(scene(60, 80), "PNG")
    body = struct.pack(">II", frames, 0)
    chunk = struct.pack(">I", 8) + b"acTL" + body + struct.pack(">I", zlib.crc32(b"acTL" + body))
    return content[:33] + chunk + content[33:]


def test_how_many_frames_a_file_says_it_has_is_not_believed() -> None:
    begun = time.monotonic()
    seen = look(_lying_png(2**31 - 2), most=4)
    assert len(seen.seconds) <= 1
    pages = [Image.fromarray(scene(60, 80, seed)) for seed in range(2)]
    content = encode(pages[0], "TIFF", save_all=True, append_images=pages[1:] * 100)
    assert fingerprint_image(content).notes == ("animated, or several pages: 2 distinct of the first 101",)
    assert time.monotonic() - begun < 15
    sources = Path(disrupt.fingerprint.__file__).parent.glob("*.py")
    assert not [path.name for path in sources if "n_frames" in path.read_text()]


def test_scans_that_would_take_minutes_are_refused_before_they_are_decoded() -> None:
    small, large = scene(120, 160), scene(2400, 3200)
    plain = fingerprint_image(encode(small, "JPEG", progressive=True, quality=85))
    assert distance(fingerprint_image(media.many_scans(small, 60)).pdq.hex, plain.pdq.hex) <= 31
    begun = time.monotonic()
    for task in (fingerprint_file, look):
        with pytest.raises(MediaTooLarge, match="scans of 3200 x 2400"):
            task(media.many_scans(large, 400))
    assert time.monotonic() - begun < 20
    limits = replace(DEFAULT, jpeg_scans=1, jpeg_work=1)
    with pytest.raises(MediaTooLarge, match="scans"):
        decode_image(encode(small, "JPEG", progressive=True), limits)
    assert Limits().jpeg_work > 100 * 12_000_000
