"""Films looked up in a bank: clips, compilations, stills, banked pictures that a film shows."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from tests.matching.pictures import U8, entry_of, photo

from disrupt.fingerprint import fingerprint_video, stills
from disrupt.matching import Bank
from disrupt.matching._bank._journal import Add
from disrupt.matching.entries import BankEntry, FrameValue
from disrupt.matching.lookup import Match, find
from disrupt.matching.upload import FEW, find_file, find_video
from disrupt.matching.video import FramePair, in_step, segments

RATE = 4


def shot(second: int, film: int = 0) -> U8:
    """What a film shows at a second: a scene of four seconds, panned."""
    scene = photo(1000 * (film + 1) + second // 4, 400, 240)
    return np.ascontiguousarray(scene[:, 12 * (second % 4) : 12 * (second % 4) + 320])


def write(path: Path, shots: list[U8]) -> Path:
    """A film of these shots, a second each."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = shots[0].shape[1], shots[0].shape[0], "yuv420p"
        stream.bit_rate = 4_000_000
        for frame in (one for one in shots for _ in range(RATE)):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        out.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = tmp_path_factory.mktemp("films")
    film = fingerprint_video(write(folder / "banked.mp4", [shot(s) for s in range(60)]))
    frames = tuple(FrameValue(f.frame, f.timestamp, f.quality, f.hex) for f in film.vpdq)
    bank = Bank.create(folder / "bank")
    bank.apply(
        [
            Add(BankEntry("film", "video", "ncii", sha256=film.sha256, vpdq=frames)),
            entry_of(shot(2, film=7), "picture"),
        ]
    )
    return bank


def only(found: object, entry: str) -> Match:
    matches = [match for match in found if match.entry == entry]  # type: ignore[attr-defined]
    assert len(matches) == 1
    return matches[0]


def test_a_clip_of_five_seconds_says_which(bank: Bank, tmp_path: Path) -> None:
    clip = write(tmp_path / "clip.mp4", [shot(s) for s in range(33, 38)])
    match = only(find_file(clip, bank, level="fast"), "film")
    (segment,) = match.segments
    assert (segment.start, segment.end) == (0, 4)
    assert (segment.banked_start, segment.banked_end) == pytest.approx((33, 37), abs=1)
    assert segment.frames == 5
    assert match.certainty == "match"


def test_a_mirrored_framed_film_within_a_compilation(bank: Bank, tmp_path: Path) -> None:
    def edited(frame: U8) -> U8:
        framed = np.zeros((300, 440, 3), np.uint8)
        framed[30:270, 60:380] = np.fliplr(frame)
        return framed

    before, after = [shot(s, 1) for s in range(8)], [shot(s, 2) for s in range(8)]
    shots = [edited(s) for s in (*before, *(shot(s) for s in range(20, 32)), *after)]
    match = only(find_file(write(tmp_path / "compilation.mp4", shots), bank), "film")
    longest = max(match.segments, key=lambda segment: segment.frames)
    assert (longest.start, longest.end) == pytest.approx((8, 19), abs=1)
    assert (longest.banked_start, longest.banked_end) == pytest.approx((20, 31), abs=2)
    assert "mirrored" in match.view


def test_a_still_of_a_banked_film(bank: Bank) -> None:
    match = only(find(shot(41), bank), "film")
    assert match.role == "frame"
    assert match.banked == pytest.approx(41, abs=1)


def test_a_film_that_shows_a_banked_picture(bank: Bank, tmp_path: Path) -> None:
    shots = [*(shot(s, 3) for s in range(4)), *[shot(2, film=7)] * 3, *(shot(s, 4) for s in range(4))]
    match = only(find_file(write(tmp_path / "shows.mp4", shots), bank), "picture")
    (segment,) = match.segments
    assert (segment.start, segment.end) == (4, 6)
    assert segment.banked_start is None


def test_another_film_is_not_found(bank: Bank, tmp_path: Path) -> None:
    other = write(tmp_path / "other.mp4", [shot(s, 5) for s in range(12)])
    assert find_file(other, bank, level="thorough").matches == ()


def test_a_black_film_is_refused_in_words(bank: Bank, tmp_path: Path) -> None:
    black = write(tmp_path / "black.mp4", [np.zeros((240, 320, 3), np.uint8)] * 3)
    found = find_file(black, bank)
    assert found.matches == ()
    assert found.refused is not None
    assert "no frame" in found.refused


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_every_distinct_frame_of_an_animation_is_looked_up(bank: Bank, tmp_path: Path, kind: str) -> None:
    frames = [Image.fromarray(f) for f in (shot(0, 6), shot(0, 6), shot(2, film=7), shot(4, 6))]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=500)
    path = tmp_path / f"moving.{kind.lower()}"
    path.write_bytes(out.getvalue())
    assert len(stills(path).seconds) == 3
    match = only(find_file(path, bank), "picture")
    assert match.segments[0].start == pytest.approx(1.0)


def test_a_still_scene_does_not_break_a_segment() -> None:
    pairs = [FramePair(t, b, 4) for t in range(6) for b in range(10, 16)]
    (segment,) = segments(pairs)
    assert segment.frames == 6
    assert (segment.start, segment.end) == (0, 5)


def test_two_places_are_two_segments_and_a_short_hole_is_none() -> None:
    first = [FramePair(t, t + 30.0, 6) for t in (0, 1, 2, 6, 7)]
    second = [FramePair(t, t - 10.0, 8) for t in (20, 21)]
    found = segments(reversed([*first, *second]))
    assert [(s.start, s.end, s.banked_start, s.frames) for s in found] == [(0, 7, 30, 5), (20, 21, 10, 2)]
    assert segments([]) == ()


def test_a_long_film_keeps_as_many_stills_as_there_is_room_for() -> None:
    from disrupt.fingerprint._stills import Stills
    from disrupt.fingerprint.tasks import MOST_STILLS as MOST

    kept = Stills(4)
    for number in range(3 * MOST):
        kept.add(Image.new("L", (8, 8), (number * 37) % 256), float(number))
    assert MOST // 2 <= len(kept.seconds) <= MOST
    assert len(set(np.diff(kept.seconds).tolist())) == 1
    assert len(kept.pixels()) == 16 * len(kept.seconds)


def test_two_frames_in_step_are_believed_and_one_alone_is_not() -> None:
    near, far, later = FramePair(1, 21, 30), FramePair(5, 90, 47), FramePair(40, 70, 47)
    assert in_step([near, far, later], alone=31) == {near}
    follows = FramePair(42, 72, 46)
    assert in_step([near, far, later, follows], alone=31) == {near, later, follows}
    elsewhere = FramePair(42, 80, 46)
    assert in_step([near, far, later, elsewhere], alone=31) == {near}


def flipped(value: str, bits: int) -> str:
    return f"{int(value, 16) ^ ((1 << bits) - 1):064x}"


@pytest.mark.parametrize(
    ("bits", "frames", "certainty"), [(31, 1, "match"), (47, 1, None), (47, 2, "probable")]
)
def test_a_fingerprint_alone_is_looked_up(
    bank: Bank, tmp_path: Path, bits: int, frames: int, certainty: str | None
) -> None:
    clip = fingerprint_video(write(tmp_path / "clip.mp4", [shot(s) for s in range(30, 30 + frames)]))
    vpdq = tuple(replace(frame, hex=flipped(frame.hex, bits)) for frame in clip.vpdq)
    found = find_video(replace(clip, vpdq=vpdq), bank)
    assert [match.certainty for match in found] == ([certainty] if certainty else [])
    if certainty == "probable":
        assert found.matches[0].segments[0].frames == frames
    assert find_video(replace(clip, vpdq=vpdq), bank, radius=30).matches == ()


def test_a_film_is_found_by_its_key_frames_and_then_every_second(bank: Bank, tmp_path: Path) -> None:
    clip = write(tmp_path / "clip.mp4", [np.fliplr(shot(s)) for s in range(10, 25)])
    assert FEW <= len(fingerprint_video(clip, sampling="keyframes").vpdq) < 15
    match = only(find_file(clip, bank), "film")
    every = only(find_file(clip, bank, sampling="seconds"), "film")
    assert sum(s.frames for s in match.segments) >= sum(s.frames for s in every.segments) >= 14
    assert match.segments[0].banked_start == pytest.approx(10 + match.segments[0].start, abs=1)


def test_a_film_whose_key_frames_match_nothing_is_not_decoded_any_further(bank: Bank, tmp_path: Path) -> None:
    """Its key frames, every third second, show something else: only who asks for every second finds it."""
    shots = [shot(s, 8 if s % 3 == 0 else 0) for s in range(18)]
    clip = write(tmp_path / "clip.mp4", shots)
    keys = fingerprint_video(clip, sampling="keyframes").vpdq
    assert len(keys) >= FEW
    assert all(round(frame.timestamp) % 3 == 0 for frame in keys)
    assert find_file(clip, bank).matches == ()
    assert only(find_file(clip, bank, sampling="seconds"), "film").certainty == "match"


def test_few_stills_are_looked_at_as_closely_as_a_picture(bank: Bank, tmp_path: Path) -> None:
    """Without its left and its upper side: the standard level undoes that, the fast one does not."""
    clip = write(tmp_path / "clip.mp4", [np.ascontiguousarray(shot(s)[30:, 40:]) for s in range(21, 27)])
    assert find_file(clip, bank, level="fast").matches == ()
    assert only(find_file(clip, bank), "film").segments[0].banked_start == pytest.approx(21, abs=1)


def test_a_short_film_of_one_key_frame_is_looked_up_every_second(bank: Bank, tmp_path: Path) -> None:
    """Its only key frame shows something else."""
    clip = write(tmp_path / "clip.mp4", [shot(0, 9), *(shot(s) for s in range(40, 42))])
    assert len(fingerprint_video(clip, sampling="keyframes").vpdq) == 1
    assert only(find_file(clip, bank, sampling="keyframes"), "film").segments[0].start == 1
