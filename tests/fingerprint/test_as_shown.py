"""What is hashed is what viewers show, beside what is stored; each file is made here."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image
from tests.fingerprint import media
from tests.fingerprint.media import distance, encode, scene

from disrupt.fingerprint import (
    ImageFingerprint,
    UnreadableMedia,
    fingerprint_file,
    fingerprint_image,
    fingerprint_video,
    image_luma,
    look,
    stills,
)
from disrupt.fingerprint.formats import FORMATS, spoken
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.fingerprint.sniff import sniff

PIXELS = scene(240, 320, 1)
OTHER = scene(240, 320, 2)
LUMA = np.array([0.299, 0.587, 0.114])
TRUE = pdq_from_array(PIXELS)
IDENTITY = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
QUARTER = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)


def rgba(colours: np.ndarray, alpha: np.ndarray) -> bytes:
    return encode(Image.fromarray(np.dstack([colours, alpha.astype(np.uint8)]), "RGBA"), "PNG")


def near(found: ImageFingerprint, form: str) -> int:
    (pdq,) = [one.pdq for one in found.shown if one.form == form]
    return distance(pdq.hex, TRUE.hex)


# ---- damaged, but shown


def without_end() -> bytes:
    return encode(PIXELS, "JPEG", quality=90)[:-2]


def cut_png() -> bytes:
    content = encode(PIXELS, "PNG")
    return content[: len(content) * 19 // 20]


def bad_check_sum() -> bytes:
    """A chunk that says nothing of the pixels, and whose check sum is wrong."""
    content = encode(PIXELS, "PNG")
    chunk = struct.pack(">I", 4) + b"gAMA" + struct.pack(">I", 45455) + b"\0\0\0\0"
    assert zlib.crc32(chunk[4:12]) != 0
    return content[:33] + chunk + content[33:]


@pytest.mark.parametrize("make", [without_end, cut_png, bad_check_sum])
def test_what_browsers_forgive_is_hashed_with_a_note(make: object) -> None:
    content = make()  # type: ignore[operator]
    found = fingerprint_image(content)
    assert distance(found.pdq.hex, TRUE.hex) <= 31
    assert found.notes[0].startswith("damaged or cut short: about ")
    assert look(content).cover.startswith(b"\xff\xd8")


def test_a_whole_picture_has_no_such_note_even_after_a_damaged_one() -> None:
    fingerprint_image(cut_png(), trusted=True)
    assert fingerprint_image(encode(PIXELS, "PNG"), trusted=True).notes == ()
    with pytest.raises(UnreadableMedia):
        fingerprint_image(encode(PIXELS, "PNG")[:300], trusted=True)


# ---- transparent


def test_a_decoy_under_transparency_hides_nothing() -> None:
    """On white one sees one picture; without its alpha the file holds another."""
    ratio = (255.0 - PIXELS @ LUMA) / np.maximum(255.0 - 0.4 * OTHER @ LUMA, 1)
    alpha = np.clip(ratio * 255, 1, 255)
    white = np.full_like(PIXELS, 255)
    seen = white + (np.asarray(OTHER * 0.4, np.int32) - white) * (alpha / 255)[:, :, None]
    found = fingerprint_image(rgba((OTHER * 0.4).astype(np.uint8), alpha))
    (on_white,) = [one.pdq for one in found.shown if one.form == "on white"]
    assert distance(on_white.hex, pdq_from_array(seen.round().astype(np.uint8)).hex) <= 10
    assert distance(on_white.hex, TRUE.hex) <= 31
    assert distance(found.pdq.hex, TRUE.hex) > 60


def test_a_picture_that_is_in_alpha_alone() -> None:
    content = rgba(np.zeros_like(PIXELS), 255 - PIXELS @ LUMA)
    found = fingerprint_image(content)
    assert found.pdq.quality == 0
    assert near(found, "on white") <= 31
    decoded = image_luma(content)
    assert [name for name, _ in decoded.forms] == ["on white", "on black"]
    assert distance(pdq_from_array(decoded.forms[0][1]).hex, TRUE.hex) <= 31


def test_opaque_pictures_have_no_further_form() -> None:
    assert fingerprint_image(rgba(PIXELS, np.full(PIXELS.shape[:2], 255))).shown == ()
    assert image_luma(encode(PIXELS, "PNG")).forms == ()


# ---- animations, pages, several pictures


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
def test_a_title_card_hides_nothing(kind: str) -> None:
    frames = [Image.fromarray(OTHER), Image.fromarray(PIXELS)]
    content = encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=[40, 3000])
    found = fingerprint_image(content)
    assert distance(found.pdq.hex, pdq_from_array(OTHER).hex) <= 31
    assert near(found, "frame 2") <= 31


def test_frames_are_capped() -> None:
    frames = [Image.fromarray(scene(48, 64, seed)) for seed in range(30)]
    content = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=40)
    assert len(fingerprint_image(content).shown) == 16


def test_several_pictures_in_one_heic() -> None:
    import pillow_heif

    file = pillow_heif.from_pillow(Image.fromarray(OTHER))
    file.add_from_pillow(Image.fromarray(PIXELS))
    out = io.BytesIO()
    file.save(out, primary_index=1)
    found = fingerprint_image(out.getvalue())
    assert distance(found.pdq.hex, TRUE.hex) <= 31, "the primary picture is the one that is shown"
    assert [one.form for one in found.shown] == ["frame 1"]


# ---- depth


def test_twelve_bits_in_sixteen_and_floating_point() -> None:
    grey = scene(240, 320, 1, grey=True)
    expected = pdq_from_array(grey)
    twelve = encode(Image.fromarray(grey.astype(np.uint16) << 4), "PNG")
    small = encode(Image.fromarray(grey.astype(np.float32) / 255 - 0.5), "TIFF")
    for content, note in ((twelve, "of which 12 are used"), (small, "taken as 0-255")):
        found = fingerprint_image(content)
        assert distance(found.pdq.hex, expected.hex) <= 2
        assert found.pdq.quality == 100
        assert note in found.notes[0]
        assert look(content).cover.startswith(b"\xff\xd8")


def test_every_kind_is_in_one_list() -> None:
    assert "JPEG 2000, JPEG XL" in spoken()
    content = encode(PIXELS, "JPEG2000", quality_layers=[20])
    assert sniff(content) == "jp2"
    assert distance(fingerprint_image(content).pdq.hex, TRUE.hex) <= 16
    made = media.every_picture()
    assert set(made) == set(FORMATS)
    assert all(sniff(one) == kind for kind, one in made.items())


# ---- films


def film_of(pictures: list[np.ndarray], rate: int = 5) -> bytes:
    """A film that shows each picture for a second."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=rate)
        stream.height, stream.width, stream.pix_fmt = *pictures[0].shape[:2], "yuv420p"
        for picture in pictures:
            for _ in range(rate):
                output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        output.mux(stream.encode())
    return out.getvalue()


def two_tracks(
    first: tuple[int, int],
    second: tuple[int, int],
    frames: tuple[int, int],
    seeds: tuple[int, int] = (0, 10),
) -> bytes:
    """A film with two video tracks, as phones export a motion photo: sizes are height, width."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as output:
        streams = []
        for size in (first, second):
            stream = output.add_stream("libx264", rate=5)
            stream.height, stream.width, stream.pix_fmt = size[0], size[1], "yuv420p"
            streams.append(stream)
        for track, (stream, size, count) in enumerate(zip(streams, (first, second), frames, strict=True)):
            for number in range(count):
                pixels = scene(*size, seed=seeds[track] + number // 5)
                output.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            output.mux(stream.encode())
    return out.getvalue()


def test_the_track_that_players_show_is_hashed_and_every_one_when_matching() -> None:
    content = two_tracks((96, 128), (480, 640), (20, 1))
    found = fingerprint_video(content)
    assert (found.width, found.height, len(found.vpdq), found.others) == (128, 96, 4, ())
    assert found.notes == ("2 video tracks: the first, which players show",)
    matching = stills(content, side=32).fingerprint
    assert matching.kind == "video"
    assert matching.vpdq == found.vpdq
    (other,) = matching.others
    assert distance(other.hex, pdq_from_array(scene(480, 640, 10)).hex) <= 31


def turned_film() -> bytes:
    content = media.film(seconds=3, rate=5, size=(96, 128), codec="libx264")
    at = content.index(IDENTITY, content.index(b"tkhd"))
    return content[:at] + QUARTER + content[at + len(QUARTER) :]


def test_a_film_that_is_turned_is_hashed_upright_too_and_shown_upright() -> None:
    content = turned_film()
    found = fingerprint_video(content)
    assert [(f.frame, f.timestamp) for f in found.upright] == [(f.frame, f.timestamp) for f in found.vpdq]
    for second, frame in enumerate(found.upright):
        shown = np.rot90(scene(96, 128, second), -1)
        assert distance(frame.hex, pdq_from_array(np.ascontiguousarray(shown)).hex) <= 31
    seen = look(content)
    assert (seen.width, seen.height) == (96, 128)
    assert Image.open(io.BytesIO(seen.cover)).size == (96, 128)
    assert fingerprint_video(media.film()).upright == ()


def recorded(times: list[float], container: str = "webm", codec: str = "libvpx") -> bytes:
    """A film whose frames come when they come, as a browser records: nothing says at which rate."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as output:
        stream = output.add_stream(codec, rate=30)
        stream.height, stream.width, stream.pix_fmt = 96, 128, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for second in times:
            frame = av.VideoFrame.from_ndarray(scene(96, 128, int(second)), format="rgb24")
            frame.pts, frame.time_base = round(1000 * second), Fraction(1, 1000)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return out.getvalue()


@pytest.mark.parametrize(("container", "codec"), [("webm", "libvpx"), ("mp4", "libx264")])
def test_frames_that_come_when_they_come_have_their_own_times(container: str, codec: str) -> None:
    times = [*np.arange(0, 2, 1 / 30), *np.arange(2, 6, 1 / 8), *np.arange(6, 8, 1 / 30)]
    found = fingerprint_video(recorded([float(one) for one in times], container, codec))
    gaps = np.diff([frame.timestamp for frame in found.vpdq])
    assert gaps.max() <= 1.6
    assert found.vpdq[-1].timestamp >= 6.4
    assert "seconds are those of the frames" in found.notes[0]
    for frame in found.vpdq:
        assert distance(frame.hex, pdq_from_array(scene(96, 128, int(frame.timestamp + 0.05))).hex) <= 48


def test_the_whole_corpus_agrees_inside_and_outside() -> None:
    corpus = [
        without_end(),
        cut_png(),
        bad_check_sum(),
        turned_film(),
        two_tracks((96, 128), (64, 64), (9, 9)),
    ]
    for content in corpus:
        assert fingerprint_file(content) == fingerprint_file(content, trusted=True)
