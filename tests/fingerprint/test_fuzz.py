"""Mutated files of every format, through the sandbox: the parent survives, answers in time and does not grow.

The default run is short and always the same. `-m fuzz` tries DISRUPT_FUZZ (20,000) mutations of each format.
"""

from __future__ import annotations

import os
import resource
import time
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from tests.fingerprint import media

from disrupt.fingerprint import (
    FingerprintError,
    Limits,
    Sandbox,
    fingerprint_file,
    preview,
)

FORMATS = ("jpeg", "png", "webp", "gif", "bmp", "tiff", "avif", "heif", "mpeg4", "h264", "mpegts", "webm")
_LIMITS = Limits(image_seconds=10, video_seconds=20)
_FILMS = {
    "mpeg4": ("mpeg4", "mp4"),
    "h264": ("libx264", "mp4"),
    "mpegts": ("mpeg2video", "mpegts"),
    "webm": ("libvpx", "webm"),
}


def seed_of(name: str) -> bytes:
    if name in _FILMS:
        codec, container = _FILMS[name]
        return media.film(2, 4, (48, 64), codec, container)
    return media.every_picture()[name]


def mutate(content: bytes, rng: np.random.Generator) -> bytes:
    """One to a few dozen small accidents: bits, bytes, interesting numbers, cuts, copies, an early end."""
    data = bytearray(content)
    for _ in range(1 + int(rng.geometric(0.15))):
        if not data:
            break
        at = int(rng.integers(len(data))) if rng.random() < 0.6 else int(rng.integers(min(len(data), 200)))
        match int(rng.integers(7)):
            case 0:
                data[at] ^= 1 << int(rng.integers(8))
            case 1:
                data[at] = int(rng.integers(256))
            case 2:
                data[at : at + 4] = bytes.fromhex(
                    str(rng.choice(["ffffffff", "7fffffff", "00000000", "80000000"]))
                )
            case 3:
                data[at : at + 2] = bytes.fromhex(str(rng.choice(["ffff", "0000", "0100", "7fff"])))
            case 4:
                del data[at : at + int(rng.integers(1, 40))]
            case 5:
                data[at:at] = data[at : at + int(rng.integers(1, 80))]
            case _:
                if rng.random() < 0.2:
                    del data[at:]
    return bytes(data)


def assail(sandbox: Sandbox, name: str, count: int, seed: int) -> Counter[str]:
    """Try that many mutations; what became of them, by the type of the error."""
    content, outcomes = seed_of(name), Counter[str]()
    rng = np.random.default_rng([seed, FORMATS.index(name)])
    fingerprint_file(content, sandbox=sandbox)
    for i in range(count):
        mutant = mutate(content, rng)
        start = time.monotonic()
        try:
            if i % 8 == 7:
                preview(mutant, max_side=64, blur=1.0, sandbox=sandbox)
            else:
                fingerprint_file(mutant, sandbox=sandbox)
            outcomes["fingerprint"] += 1
        except FingerprintError as error:
            ours = "report it" in str(error)
            outcomes[str(error) if ours else type(error).__name__] += 1
        assert time.monotonic() - start < 40, (name, seed, i)
    # A decoder may refuse or crash; it may not fail for want of something that was not warmed up.
    assert not [what for what in outcomes if "report it" in what]
    return outcomes


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(_LIMITS, workers=1) as shared:
        yield shared


@pytest.mark.parametrize("name", FORMATS)
def test_a_few_mutations(sandbox: Sandbox, name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes = assail(sandbox, name, 60, seed=1)
    assert outcomes.total() == 60
    assert outcomes.total() > outcomes["fingerprint"], "the mutations are too gentle to test anything"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # kilobytes


@pytest.mark.fuzz
@pytest.mark.parametrize("name", FORMATS)
def test_many_mutations(sandbox: Sandbox, name: str) -> None:
    count = int(os.environ.get("DISRUPT_FUZZ", "20000"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes = assail(sandbox, name, count, seed=int(os.environ.get("DISRUPT_FUZZ_SEED", "2")))
    print(f"{name}: {count} mutations, {dict(outcomes)}")
    assert outcomes.total() == count
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 128 << 10
