"""A bank in the making, at once or by a first fetch: unseen before it is whole, and a kill loses little."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from disrupt.matching._bank._bulk import BulkLoad
from disrupt.matching._bank._folder import FOLD, LOCK, is_ours, locked
from disrupt.matching._bank._pictures.columns import PictureColumns, made_of
from disrupt.matching._bank._progress import read_progress
from disrupt.matching._bank._snapshot import MANIFEST, Manifest, has_entries
from disrupt.matching.entries import MINIMUM_QUALITY, BankEntry
from disrupt.matching.errors import BankExists

Print = tuple[str, int, str]
"""A hash, its quality and its role."""
Picture = tuple[str, tuple[str, str, str], str, str | None, Sequence[Print]]
"""Its id; kind, category and origin, which need no escaping in JSON; SHA-256, MD5 and hashes."""


def kept_cursor(folder: Path, source: str) -> str | None:
    """How far a first fetch from there had come before it was stopped."""
    progress = read_progress(folder)
    return progress.cursor if progress is not None and progress.source == source else None


class Filling:
    """The bank of `source` in the making; used with `with`. Raises `BankExists`, `BankLocked`, `OSError`."""

    def __init__(self, folder: Path, source: str) -> None:
        self._source = json.dumps(source, ensure_ascii=False)
        with ExitStack() as stack:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            stack.enter_context(locked(folder))
            check_new(folder, besides="log")
            self._load = BulkLoad(folder, Manifest(1, source, None, 0, 0, 0, 0, ""), lasting=True)
            stack.callback(self._load.close)
            self._stack = stack.pop_all()

    def __enter__(self) -> Filling:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def cursor(self) -> str | None:
        """How far an earlier life had come."""
        return self._load.cursor

    def add(self, entry: BankEntry) -> None:
        """Any entry, with this source. Raises `BadEntry`."""
        self._load.add([entry])

    def add_pictures(self, pictures: Sequence[Picture]) -> None:
        """Pictures whose every value was checked."""
        self._load.add_lines(
            [self._line(one) for one in pictures],
            [f"{kind}|{origin}|active|{category}" for _, (kind, category, origin), *_ in pictures],
            [one[0] for one in pictures],
            [_items(one[4]) for one in pictures],
            [(sha256, md5) if md5 else (sha256,) for _, _, sha256, md5, _ in pictures],
        )

    def add_columns(self, columns: PictureColumns, low: int, high: int) -> None:
        """The pictures from `low` to `high` of these, whose every value was checked."""
        if low < high:
            kinds = [f"{kind}|{origin}|active|{category}" for kind, category, origin in columns.abouts]
            made = made_of(columns, low, high, self._source)
            self._load.add_made(made, kinds, columns.pictures[low:high, 3])

    def _line(self, picture: Picture) -> bytes:
        entry_id, (kind, category, origin), sha256, md5, pdq = picture
        prints = ", ".join([f'{{"hex": "{h}", "quality": {q}, "role": "{r}"}}' for h, q, r in pdq])
        line = (
            f'{{"id": "{entry_id}", "kind": "{kind}", "category": "{category}", "status": "active", '
            f'"origin": "{origin}", "sha256": "{sha256}", '
            + (f'"md5": "{md5}", ' if md5 else "")
            + (f'"pdq": [{prints}], ' if prints else "")
            + f'"source": {self._source}}}'
        )
        return line.encode()

    def withdraw(self, entry_id: str) -> None:
        """Let go of it, if it came before."""
        self._load.withdraw(entry_id)

    def keep(self, cursor: str) -> None:
        """From now on what was added so far lasts, with this cursor."""
        self._load.keep(cursor)

    def finish(self, cursor: str) -> tuple[int, int]:
        """The bank is there; how many entries it has, and how many had been withdrawn meanwhile."""
        return self._load.finish(cursor)


def _items(pdq: Sequence[Print]) -> Sequence[tuple[int, str]]:
    """What of a picture is looked up: each hash that is good enough, once, under its number."""
    if len(pdq) == 1:
        return ((0, pdq[0][0]),) if pdq[0][1] >= MINIMUM_QUALITY else ()
    items: dict[str, int] = {}
    for number, (text, quality, _) in enumerate(pdq):
        if quality >= MINIMUM_QUALITY:
            items.setdefault(text, number)
    return [(number, text) for text, number in items.items()]


def make_bank(folder: Path, entries: Iterable[BankEntry], source: str, cursor: str | None) -> None:
    """A bank of all these; there is none where `entries` raises. Raises `BankExists`, `BadEntry`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder):
        check_new(folder)
        load = BulkLoad(folder, Manifest(1, source, cursor, 0, 0, 0, 0, ""))
        try:
            load.add(entries)
            load.finish()
        finally:
            load.close()


def check_new(folder: Path, besides: str = "lock") -> None:
    """Whether a bank may be made here. Files may be there whose names begin with `besides`.

    Raises `BankExists`.
    """
    others = [child.name for child in folder.iterdir() if child.name not in (LOCK, FOLD)]
    if MANIFEST in others or has_entries(folder):
        raise BankExists(f"{folder}: there is a bank here already; open it instead")
    if any(not is_ours(name) and not name.startswith(besides) for name in others):
        raise BankExists(f"{folder}: the folder is not empty; choose another one for the bank")
