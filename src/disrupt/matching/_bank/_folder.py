"""The folder of a bank: its lock, and which files in it are the bank's own."""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from disrupt.matching.errors import BankLocked, BankMissing

LOCK = "lock"
FOLD = "fold.lock"
"""Held by whoever folds a journal, which takes long, so that nobody else does."""
FOLD_PATIENCE = 600.0
PATIENCE = 10.0  # seconds to wait for another writer
_OURS = re.compile(
    r"(entries|journal)-\d+\.jsonl|(index|tables)-\d+\.bin|\..*\.tmp|manifest\.json|fetched\.json|(fold\.)?lock"
)


def is_ours(name: str) -> bool:
    """Whether a file of this name belongs to a bank (nothing else in the folder is ever deleted)."""
    return _OURS.fullmatch(name) is not None


def is_generation(name: str) -> bool:
    """Whether the file belongs to one generation, or is what a stopped writer left."""
    return is_ours(name) and name not in ("manifest.json", "fetched.json", LOCK, FOLD)


@contextmanager
def locked(folder: Path, patience: float = PATIENCE, name: str = LOCK) -> Iterator[None]:
    """Keep other writers out, or others who fold; the system frees the lock when the holder dies.

    Raises `BankLocked`.
    """
    try:
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError as error:
        raise BankMissing(f"{folder}: no bank here") from error
    try:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise BankLocked(
                        f"{folder}: another program has been writing to this bank for {patience:.0f} s; "
                        "try again when it is done"
                    ) from error
                time.sleep(0.01)
        yield
    finally:
        os.close(handle)


def kept_pieces(data: memoryview, lines: NDArray[np.uint64], gone: NDArray[np.bool_]) -> Iterator[memoryview]:
    """The bytes of the lines that stay, in as few pieces as there are gaps."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], gone, [True]]).astype(np.int8)))
    for first, last in edges.reshape(-1, 2).tolist():
        yield data[int(lines[first]) : int(lines[last])]
