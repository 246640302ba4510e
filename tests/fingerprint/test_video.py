"""vPDQ of films made in code and of the published ones."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fingerprint import media
from tests.fingerprint.media import distance, scene

from disrupt.fingerprint import (
    EmptyFile,
    MediaTooLarge,
    NoVideoStream,
    UnreadableMedia,
    fingerprint_file,
    fingerprint_video,
)
from disrupt.fingerprint.limits import DEFAULT
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.fingerprint.video import fingerprint_film


@pytest.mark.parametrize(
    ("codec", "container", "pixel_format"),
    [
        ("mpeg4", "mp4", "yuv420p"),
        ("libx264", "matroska", "yuv444p"),
        ("libx264", "mpegts", "yuv420p10le"),
        ("mjpeg", "avi", "yuvj420p"),
        ("ffv1", "nut", "bgr0"),
    ],
)
def test_one_frame_a_second(codec: str, container: str, pixel_format: str) -> None:
    content = media.film(
        seconds=4, rate=6, size=(90, 130), codec=codec, container=container, pixel_format=pixel_format
    )
    found = fingerprint_file(content, trusted=True)
    assert found.kind == "video"
    assert (found.width, found.height) == (130, 90)
    assert [frame.frame for frame in found.vpdq] == [0, 6, 12, 18]
    assert [frame.timestamp for frame in found.vpdq] == pytest.approx([0.0, 1.0, 2.0, 3.0])
    for second, frame in enumerate(found.vpdq):
        assert distance(frame.hex, pdq_from_array(scene(90, 130, second)).hex) <= 48
        assert frame.quality > 50
    assert found.duration == pytest.approx(4.0, abs=0.3)


def test_key_frames_only() -> None:
    content = media.film(seconds=6, rate=10, codec="libx264", gop=20)
    every = fingerprint_video(content, trusted=True)
    keys = fingerprint_video(content, trusted=True, sampling="keyframes")
    assert len(every.vpdq) == 6
    assert 3 <= len(keys.vpdq) <= 6
    by_frame = {frame.frame: frame for frame in every.vpdq}
    shared = [frame for frame in keys.vpdq if frame.frame in by_frame]
    assert shared
    assert all(frame.hex == by_frame[frame.frame].hex for frame in shared)


def test_sound_only() -> None:
    with pytest.raises(NoVideoStream, match="no moving picture"):
        fingerprint_video(media.sound_only(), trusted=True)


def test_a_film_cut_short_keeps_what_can_be_seen() -> None:
    content = media.film(seconds=6, container="mpegts")
    found = fingerprint_video(content[: len(content) // 2], trusted=True)
    assert 1 <= len(found.vpdq) < 6


def test_a_film_without_its_index_is_refused() -> None:
    content = media.film()
    with pytest.raises(UnreadableMedia, match="send the original file"):
        fingerprint_video(content[: len(content) // 2], trusted=True)


def test_damage_is_noted() -> None:
    content = bytearray(media.film(seconds=8, rate=10, codec="ffv1", container="nut", gop=1))
    for at in range(len(content) // 2, len(content) // 2 + 4000, 7):
        content[at] ^= 0x5A
    found = fingerprint_video(bytes(content), trusted=True)
    assert 1 <= len(found.vpdq) <= 8


def test_empty_and_text() -> None:
    with pytest.raises(EmptyFile):
        fingerprint_video(b"", trusted=True)
    with pytest.raises(UnreadableMedia):
        fingerprint_video(b"#EXTM3U\nhttp://example.org/film.ts\n" * 9, trusted=True)


def test_limits() -> None:
    content = io.BytesIO(media.film(seconds=5))
    with pytest.raises(MediaTooLarge, match="more than 2 seconds"):
        fingerprint_film(content, replace(DEFAULT, frames=2))
    with pytest.raises(MediaTooLarge, match="more than 9 frames"):
        fingerprint_film(content, replace(DEFAULT, decoded_frames=9))
    with pytest.raises(MediaTooLarge, match="128 x 96 pixels"):
        fingerprint_film(content, replace(DEFAULT, video_pixels=1000))


def test_an_open_file_and_the_sandbox_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(media.film())
    expected = fingerprint_video(path, trusted=True)
    with path.open("rb") as file:
        assert fingerprint_video(file) == expected
    assert fingerprint_video(path) == expected


@pytest.mark.reference
def test_published_frames(reference: Path) -> None:
    close = total = 0
    for film in sorted((reference / "video").glob("*.mp4"))[-3:]:
        rows = (reference / "video" / "vpdq" / f"{film.stem}.txt").read_text().splitlines()
        published = {int(row.split(",")[0]): row.split(",") for row in rows}
        for frame in fingerprint_video(film).vpdq:
            total += 1
            close += distance(frame.hex, published[frame.frame][2]) <= 4
            assert frame.timestamp == pytest.approx(float(published[frame.frame][3]), abs=0.002)
            assert abs(frame.quality - int(published[frame.frame][1])) <= 2
    assert total > 40
    assert close / total >= 0.98
