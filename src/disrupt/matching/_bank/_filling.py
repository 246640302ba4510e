"""A bank that is fetched for the first time: nobody sees it before it is whole, and a kill loses little."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from disrupt.matching._bank._bulk import BulkLoad, check_new
from disrupt.matching._bank._folder import locked
from disrupt.matching._bank._progress import read_progress
from disrupt.matching._bank._snapshot import Manifest
from disrupt.matching.entries import MINIMUM_QUALITY, BankEntry


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

    def add_picture(
        self,
        entry_id: str,
        words: tuple[str, str, str],
        sha256: str,
        md5: str | None,
        pdq: Sequence[tuple[str, int, str]],
    ) -> None:
        """A picture whose every value was checked: `words` are kind, category and origin, which need no
        escaping in JSON; `pdq`: hex, quality and role.
        """
        kind, category, origin = words
        prints = ", ".join(f'{{"hex": "{h}", "quality": {q}, "role": "{r}"}}' for h, q, r in pdq)
        line = (
            f'{{"id": "{entry_id}", "kind": "{kind}", "category": "{category}", "status": "active", '
            f'"origin": "{origin}", "sha256": "{sha256}", '
            + (f'"md5": "{md5}", ' if md5 else "")
            + (f'"pdq": [{prints}], ' if prints else "")
            + f'"source": {self._source}}}'
        )
        items: dict[str, int] = {}
        for number, (text, quality, _) in enumerate(pdq):
            if quality >= MINIMUM_QUALITY:
                items.setdefault(text, number)
        digests = (sha256, md5) if md5 else (sha256,)
        rows = ((number, text) for text, number in items.items())
        self._load.add_line(line.encode(), f"{kind}|{origin}|active|{category}", entry_id, rows, digests)

    def withdraw(self, entry_id: str) -> None:
        """Let go of it, if it came before."""
        self._load.withdraw(entry_id)

    def keep(self, cursor: str) -> None:
        """From now on what was added so far lasts, with this cursor."""
        self._load.keep(cursor)

    def finish(self, cursor: str) -> tuple[int, int]:
        """The bank is there; how many entries it has, and how many had been withdrawn meanwhile."""
        return self._load.finish(cursor)
