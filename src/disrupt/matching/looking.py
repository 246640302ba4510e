"""The one way to look anything up in one bank or several: a file, pixels or a fingerprint."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint import ImageFingerprint, Pdq, Sandbox, VideoFingerprint
from disrupt.fingerprint.cancelling import Cancel, go_on, heeding
from disrupt.fingerprint.source import Source
from disrupt.fingerprint.tasks import Sampling
from disrupt.matching.guessing.plans import Level
from disrupt.matching.index import RADIUS
from disrupt.matching.lookup import Findings, best_of, exact_matches, find_views
from disrupt.matching.several import Banks, Several, named
from disrupt.matching.store import Bank
from disrupt.matching.upload import find_file, find_video
from disrupt.matching.views import AS_IT_IS, MIN_QUALITY, NEVER, Views, views_of

Look = Source | NDArray[np.uint8] | Pdq | ImageFingerprint | VideoFingerprint
"""What can be looked up: a path, content as bytes or a seekable binary file, pixels, or a fingerprint."""


def look_up(
    source: Look,
    banks: Banks,
    *,
    level: Level = "standard",
    radius: int | None = None,
    sampling: Sampling = "keyframes",
    top: int | None = None,
    threads: int = 1,
    trusted: bool = False,
    sandbox: Sandbox | None = None,
    cancel: Cancel | None = None,
) -> Findings:
    """Look something up; one match an entry, best first.

    `source`: a path, bytes, a seekable binary file (content never touches a disk), uint8 pixels (H, W) or
    (H, W, 3), or a fingerprint, of which there are no views: altered copies are found within 31 bits only.
    `banks`: one, several, or a mapping from names to banks. `radius` lowers each view's own to at most that.
    `top`: at most so many matches. `trusted=True` decodes in this process, without the sandbox. Where another
    thread calls `cancel` off, this ends with `Cancelled`.

    Raises DisruptError: FingerprintError for what the file is, MatchingError for the bank (EmptyBank where
    there is nothing to find) and for pixels that are none.
    """
    several = Several(named(banks))
    as_one = cast("Bank", several)  # which answers the two questions that a look-up asks
    with heeding(cancel):
        go_on()
        if isinstance(source, np.ndarray):
            found = find_views(views_of(source, level), as_one, radius=radius, threads=threads)
        elif isinstance(source, VideoFingerprint):
            found = find_video(source, as_one, radius=radius)
        elif isinstance(source, Pdq | ImageFingerprint):
            found = _by_hash(source, as_one, RADIUS if radius is None else radius)
        else:
            found = find_file(
                *(source, as_one),
                level=level,
                radius=radius,
                sampling=sampling,
                trusted=trusted,
                sandbox=sandbox,
            )
    return several.told_apart(found, top)


async def look_up_async(
    source: Look,
    banks: Banks,
    *,
    level: Level = "standard",
    radius: int | None = None,
    sampling: Sampling = "keyframes",
    top: int | None = None,
    trusted: bool = False,
    sandbox: Sandbox | None = None,
    executor: Executor | None = None,
) -> Findings:
    """`look_up` in a thread of `executor` (default: the loop's own). Cancelling the task ends the decoder."""
    cancel = Cancel()
    work = partial(
        look_up,
        source,
        banks,
        level=level,
        radius=radius,
        sampling=sampling,
        top=top,
        trusted=trusted,
        sandbox=sandbox,
        cancel=cancel,
    )
    try:
        return await asyncio.get_running_loop().run_in_executor(executor, work)
    except asyncio.CancelledError:
        cancel.cancel()
        raise


def _by_hash(source: Pdq | ImageFingerprint, bank: Bank, radius: int) -> Findings:
    """A picture by its hashes alone; each is looked up as a view of its own."""
    names = [AS_IT_IS]
    if isinstance(source, Pdq):
        prints, size = [source], (0, 0)
    else:
        prints = [source.pdq, *([source.upright] if source.upright else [])]
        names += ["upright"] * (len(prints) - 1) + [one.form for one in source.shown]
        prints += [one.pdq for one in source.shown]
        size = source.width, source.height
    views = Views(
        np.array([one.bits for one in prints]),
        np.array([radius if one.quality >= MIN_QUALITY else NEVER for one in prints], np.int16),
        np.array([one.quality for one in prints], np.uint8),
        tuple(names),
        np.array([(0, 0, *size)] * len(prints), np.float32),
    )
    found = find_views(views, bank)
    if isinstance(source, Pdq):
        return found
    exact = exact_matches(source, bank)
    return Findings(best_of((*exact, *found)), found.quality, size, None if exact else found.refused)
