"""Loading a process: more than a thousand modules, of which nothing is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Nothing is searched for garbage in here, and what was loaded is never looked through again.

    A fifth of the processor time of a start went into that search. Afterwards garbage is found as ever, and
    sooner: what no request holds any more is not for the memory to keep.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
