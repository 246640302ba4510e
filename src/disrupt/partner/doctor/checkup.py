"""What a look-up depends on, tried out one by one: decoders, compiled loops, clock, banks, a picture."""

from __future__ import annotations

import io
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from disrupt.errors import DisruptError
from disrupt.fingerprint import Sandbox, image_luma
from disrupt.fingerprint._jit import loaded
from disrupt.fingerprint._kernel_cache import folders
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.fingerprint.protections import why_none
from disrupt.matching import Bank, HammingIndex, look_up, views_of
from disrupt.partner.bank.health import told_time
from disrupt.protocol import sample_picture

Verdict = Literal["ok", "warning", "failure"]

_OLDEST_CLOCK = 1_764_000_000.0  # this program was not there before


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried; `detail` is a sentence, which says what to do where it is not `ok`."""

    name: str
    state: Verdict
    detail: str


def safe_picture() -> Image.Image:
    """A picture made of nothing but numbers, with detail enough to be matched."""
    coarse = np.random.default_rng(42).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((640, 480), Image.Resampling.BICUBIC)


def altered(picture: Image.Image) -> bytes:
    """A copy as an uploader might alter it: mirrored, framed, compressed."""
    out = io.BytesIO()
    ImageOps.expand(ImageOps.mirror(picture), 40, "white").save(out, "JPEG", quality=80)
    return out.getvalue()


def checkup(banks: Sequence[str], max_age: float | None, *, trusted: bool) -> Iterator[Check]:
    """Every check, as it is done; none raises."""
    yield _system()
    yield _clock()
    with Sandbox(workers=1) as sandbox:
        if not trusted:
            yield _tried("sandbox", lambda: _sandbox(sandbox))
        yield _tried("picture", lambda: _picture(sandbox, trusted))
        for path in banks:
            yield _tried("bank", lambda path=path: _bank(path, max_age, sandbox, trusted))  # type: ignore[misc]  # bound at once
            yield _tried("test", lambda path=path: _test_picture(path, sandbox, trusted))  # type: ignore[misc]  # bound at once
        yield _kernels(sandbox)
    yield _cache()


def _tried(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except (DisruptError, OSError) as error:
        return Check(name, "failure", str(error))


def _system() -> Check:
    libc = " ".join(platform.libc_ver()).strip() or "no glibc"
    told = f"{platform.system()} {platform.machine()} ({libc}), Python {platform.python_version()}"
    return Check(
        "system", "warning" if why_none() else "ok", told + (f": {why_none()}" if why_none() else "")
    )


def _clock() -> Check:
    now = time.time()
    if now < _OLDEST_CLOCK:
        return Check(
            "clock", "failure", f"it says {told_time(now)}, which is past: set it (ages depend on it)"
        )
    return Check("clock", "ok", str(told_time(now)))


def _sandbox(sandbox: Sandbox) -> Check:
    missing = sandbox.protections().missing()
    if "seccomp" in missing:
        return Check(
            "sandbox",
            "failure",
            f"decoders are confined without {', '.join(missing)}: a hostile file could do more than crash "
            "one; use a kernel, or a container profile, that allows seccomp filters",
        )
    if missing:
        return Check("sandbox", "warning", f"in force but for {', '.join(missing)}")
    return Check("sandbox", "ok", "every protection is in force")


def _picture(sandbox: Sandbox, trusted: bool) -> Check:
    picture = safe_picture()
    index = HammingIndex.from_hashes(pdq_from_array(np.asarray(picture)).bits[None])
    began = time.monotonic()
    decoded = image_luma(altered(picture), trusted=trusted, sandbox=sandbox)
    views = views_of(decoded.luma, "fast", whole=decoded.fingerprint.pdq)
    found = index.query(views.hash, np.maximum(views.radius, 0))
    took = time.monotonic() - began
    if not len(found):
        return Check("picture", "failure", "an altered copy of a picture made here was not found: report it")
    return Check("picture", "ok", f"an altered copy of a picture made here was found, in {took:.2f} s")


def _bank(path: str, max_age: float | None, sandbox: Sandbox, trusted: bool) -> Check:
    bank = Bank.open(path)
    health = bank.health(max_age=max_age)
    told = f"{path}: {health.state}, {health.entries:,} entries"
    if health.state != "clean":
        return Check("bank", "failure", f"{told}: {'; '.join(health.reasons)}")
    began = time.monotonic()
    look_up(altered(safe_picture()), bank, level="standard", trusted=trusted, sandbox=sandbox)
    return Check("bank", "ok", f"{told}, a picture looked up in {time.monotonic() - began:.2f} s")


def _test_picture(path: str, sandbox: Sandbox, trusted: bool) -> Check:
    """The picture that hotlines list as a test, if this list has it, as an upload of it would be seen."""
    bank = Bank.open(path)
    if not bank.find_digest(sha256=sample_picture.SHA256):
        return Check("test", "ok", f"{path} does not list the test picture; a hotline can turn it on")
    content = sample_picture.png()
    smaller = io.BytesIO()
    Image.open(io.BytesIO(content)).resize((300, 300)).save(smaller, "JPEG", quality=80)
    for upload in (content, smaller.getvalue()):
        found = look_up(upload, bank, level="fast", trusted=trusted, sandbox=sandbox)
        if found.action != "block":
            return Check("test", "failure", f"{path} lists the test picture, and it was not found: report it")
    return Check("test", "ok", f"{path} lists the test picture, and it was found, smaller too")


def _kernels(sandbox: Sandbox) -> Check:
    here = loaded()
    compiled = here.compiled + sandbox.compiled
    if compiled:
        return Check("kernels", "warning", f"{compiled} loops were compiled anew: run `disrupt warm` once")
    return Check("kernels", "ok", f"all {here.found} loops that were needed were found compiled")


def _cache() -> Check:
    import disrupt.matching.index as a_module

    places = folders(Path(str(a_module.__file__)))
    written = next((place for place in places if _writable(place)), None)
    full = next((place for place in places if any(place.glob("*.nbi"))), None)
    if full is None and written is None:
        return Check(
            "cache",
            "failure",
            "no folder for compiled loops can be read or written: set DISRUPT_CACHE to one",
        )
    return Check("cache", "ok", f"read from {full or '(none yet)'}, written to {written or '(nowhere)'}")


def _writable(folder: Path) -> bool:
    with suppress(OSError):
        while not folder.exists():
            folder = folder.parent
        return os.access(folder, os.W_OK | os.X_OK)
    return False
