"""A platform's bank of fingerprints: a folder that survives crashes and is read while it is written.

`manifest.json` names a generation: `entries-N.jsonl` (one entry a line, for people too), `tables-N.bin` and
`index-N.bin` (made from it), and `journal-N.jsonl`, to which changes are appended. When that has grown,
a new generation is written beside it and the manifest renamed into place. A lock keeps writers apart; readers
need none.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disrupt.matching._bank import _journal as journal
from disrupt.matching._bank._figures import Applied as Applied
from disrupt.matching._bank._figures import BankMatch as BankMatch
from disrupt.matching._bank._figures import BankStat as BankStat
from disrupt.matching._bank._figures import figures, matches_of
from disrupt.matching._bank._filling import make_bank
from disrupt.matching._bank._folder import FOLD, FOLD_PATIENCE, locked
from disrupt.matching._bank._folding import LARGE, Beginning, write_anew
from disrupt.matching._bank._journal import Add, Change, Withdraw
from disrupt.matching._bank._live import Live
from disrupt.matching._bank._marks import Mark, as_marked, marked
from disrupt.matching._bank._recover import recover_manifest
from disrupt.matching._bank._snapshot import encode_entries
from disrupt.matching._bank._verify import verified
from disrupt.matching._index._likely import Likely
from disrupt.matching.entries import BankEntry, as_hashes, check_entry
from disrupt.matching.errors import BankFileError, BankLocked, MatchingError
from disrupt.matching.health import DAY, Health, judge, read_fetched, write_fetched
from disrupt.matching.index import RADIUS

_LOG = logging.getLogger("disrupt.bank")
_JOURNAL_LEAST, _JOURNAL_MOST = 4 << 20, 128 << 20  # bytes at which the journal is folded into a snapshot
_JOURNAL_SETTLED = 8 << 20  # bytes that are read again in a part of a second when the bank is opened


class Bank:
    """An open bank. Many threads may read while one applies changes; other processes may too."""

    def __init__(self, path: Path, live: Live) -> None:
        self.path = path
        self._live = live
        self._changing = threading.RLock()
        self._folder: threading.Thread | None = None

    @classmethod
    def create(cls, path: str | PathLike[str], *, source: str = "") -> Bank:
        """Make an empty bank in a new or empty folder; raises `BankExists`."""
        return cls.load(path, (), source=source)

    @classmethod
    def load(
        cls,
        path: str | PathLike[str],
        entries: Iterable[BankEntry],
        *,
        source: str = "",
        cursor: str | None = None,
    ) -> Bank:
        """Make a bank of all these entries at once: for millions, of which memory holds a part at a time.

        Of entries with the same id the last one counts. The bank is there when all of it is. Raises
        `BankExists`, `BadEntry`, and whatever `entries` raises: then there is none.
        """
        folder = Path(path)
        make_bank(folder, entries, source, cursor)
        return cls.open(folder)

    @classmethod
    def open(cls, path: str | PathLike[str], *, strict: bool = False) -> Bank:
        """Open a bank. What cannot be read is left out and listed in `problems`; with `strict` it is raised.

        Raises `BankMissing`, or `BankFileError` where the manifest itself is damaged.
        """
        folder = Path(path)
        live = Live.open(folder)
        if live.problems:
            _LOG.warning("a bank has %d problems: run `disrupt bank stat` on it", len(live.problems))
        if strict and live.problems:
            raise live.problems[0]
        return cls(folder, live)

    def __len__(self) -> int:
        return len(self._live)

    @property
    def cursor(self) -> str | None:
        """How far into the source's feed the bank is."""
        return self._live.cursor

    @property
    def source(self) -> str:
        """The address the bank is fetched from, or empty."""
        return self._live.source

    @property
    def problems(self) -> tuple[BankFileError, ...]:
        """Lines and files that could not be read; everything else counts."""
        return tuple(self._live.problems)

    def health(self, *, max_age: float | None = DAY, now: float | None = None) -> Health:
        """How far "no match" can be believed; `max_age`: seconds since its source was last read to the end.

        `now`, in seconds since 1970, is the system's clock where it is not given.
        """
        return judge(
            entries=len(self),
            source=self.source,
            fetched=read_fetched(self.path),
            problems=tuple(str(problem) for problem in self.problems),
            now=time.time() if now is None else now,
            max_age=max_age,
        )

    def note_fetched(self, at: float, source: str = "", sources: Sequence[str] = ()) -> None:
        """Note that the source, this one of `sources`, was read to its end then (seconds since 1970)."""
        with locked(self.path):
            write_fetched(self.path, at, source, sources)

    def get(self, entry_id: str) -> BankEntry | None:
        """The entry of this id, if it is banked."""
        return self._live.get(entry_id)

    def entries(self) -> Iterator[BankEntry]:
        """All entries, read as they are asked for."""
        return self._live.entries()

    def query_pdq(
        self, hashes: ArrayLike | Sequence[str], radius: ArrayLike = RADIUS, *, threads: int = 1
    ) -> tuple[BankMatch, ...]:
        """Entries within `radius` (one, or one a query) of uint8 (Q, 32) or PDQs in hex, nearest first.

        Raises `BadHash`, `BadRadius`.
        """
        asked = as_hashes(hashes)
        live = self._live
        return matches_of(live, live.index.query(asked, radius, threads=threads), asked)

    def near_pdq(
        self, hashes: NDArray[np.uint8], radius: ArrayLike, likely: Likely, *, most: int
    ) -> tuple[BankMatch, ...]:
        """The `most` hashes that come nearest to any of uint8 (Q, 32), each once: see `HammingIndex.near`."""
        live = self._live
        return matches_of(live, live.index.near(hashes, radius, likely).nearest(most), hashes)

    def find_digest(self, *, sha256: str | None = None, md5: str | None = None) -> tuple[BankEntry, ...]:
        """The entries of exactly these bytes."""
        live = self._live
        found = [entry for digest in (sha256, md5) if digest for entry in live.by_digest(digest.lower())]
        return tuple({entry.id: entry for entry in found}.values())

    def apply(
        self,
        changes: Iterable[Change],
        *,
        cursor: str | None = None,
        source: str | None = None,
        keep_marks: bool = False,
    ) -> Applied:
        """Make all these changes, or none: they are on the disk when this returns. `cursor` moves with them.

        `keep_marks`: what replaces an entry keeps its marks. Raises `BadEntry`, `BankLocked`, `OSError`.
        """
        wanted = [*changes]
        for change in wanted:
            if isinstance(change, Add):
                check_entry(change.entry)
        with self._changing, locked(self.path):
            self.refresh()
            if keep_marks:
                wanted = [as_marked(self._live, change) for change in wanted]
            return self._write(wanted, cursor, source)

    def mark(self, ids: Iterable[str], mark: Mark) -> Applied:
        """Write something on those of these entries that are there now: what was withdrawn stays so."""
        with self._changing, locked(self.path):
            self.refresh()
            return self._write(marked(self._live, [*ids], mark), None, None)

    def _write(self, wanted: Sequence[Change], cursor: str | None, source: str | None) -> Applied:
        """Called while nobody else changes the bank."""
        live = self._live
        withdrawn = sum(live.get(c.id) is not None for c in wanted if isinstance(c, Withdraw))
        if wanted or cursor not in (None, live.cursor) or source not in (None, live.source):
            lines = journal.encode_batch(wanted, cursor, source)
            journal.append(live.journal, live.end, b"".join(lines))
            live.take_written(wanted, lines, cursor, source)
        if live.end > min(_JOURNAL_MOST, max(_JOURNAL_LEAST, live.manifest.size // 2)) and not live.problems:
            if live.manifest.size > LARGE:
                self._fold_later()
            else:
                self._compact()
        added = [change.entry for change in wanted if isinstance(change, Add)]
        return Applied(len(added), withdrawn, tuple(entry.id for entry in added if entry.digest_only))

    def refresh(self) -> bool:
        """Take in what other processes wrote since; whether there was anything."""
        with self._changing:
            if not self._live.is_current(self.path):
                self._live = Live.open(self.path)
                return True
            return self._live.replay()

    def settle(self) -> None:
        """Fold a journal that would make opening slow: after many changes. Leaves a damaged bank alone."""
        with self._alone():
            self.refresh()
            if self._live.end > _JOURNAL_SETTLED and not self._live.problems:
                self._compact()

    def compact(self) -> None:
        """Fold the journal into a new snapshot now; raises the first of `problems` if there are any."""
        with self._alone():
            self.refresh()
            if self._live.problems:
                raise self._live.problems[0]
            self._compact()

    def _compact(self) -> None:
        began = Beginning.of(self._live)
        began.finish(self.path, began.written(self.path), self._live)
        self._live = Live.open(self.path)

    def _fold_later(self) -> None:
        """Fold in a thread of its own, if none does so; called while nobody else changes the bank."""
        if self._folder is None or not self._folder.is_alive():
            self._folder = threading.Thread(target=self._fold, name="fold")
            self._folder.start()

    def _fold(self) -> None:
        """Write the next generation, for as long as it takes, then change over in a moment."""
        try:
            with locked(self.path, 0, FOLD):
                with self._changing, locked(self.path):
                    self.refresh()
                    began = Beginning.of(self._live)
                manifest = began.written(self.path)
                with self._changing, locked(self.path):
                    self.refresh()
                    if self._live.manifest.generation == began.live.manifest.generation:
                        began.finish(self.path, manifest, self._live)
                        self._live = Live.open(self.path)
        except BankLocked:
            _LOG.info("another program folds this bank")
        except (OSError, MatchingError) as error:
            _LOG.error("a bank's journal could not be folded, it goes on growing: %s", error)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else folds, nor changes anything."""
        folder = self._folder
        if folder is not None:
            folder.join()
        with locked(self.path, FOLD_PATIENCE, FOLD), self._changing, locked(self.path):
            yield

    @classmethod
    def recover(cls, path: str | PathLike[str]) -> tuple[Bank, tuple[BankFileError, ...]]:
        """Open a bank whatever was done to it, and repair it: also one without a manifest that can be read.

        Returns with it what was dropped or rebuilt. Raises `BankMissing`, `BankTooNew`, and `BankFileError`
        where no entries are left.
        """
        lost = recover_manifest(Path(path))
        bank = cls.open(path)
        found = bank.repair()
        return bank, found if lost is None else (lost, *found)

    def repair(self) -> tuple[BankFileError, ...]:
        """Write everything that can be read anew, and nothing else; returns what was dropped or rebuilt."""
        with self._alone():
            self._live = Live.open(self.path)
            problems = self.verify()
            if problems:
                kept = {entry.id: entry for entry in self._live.entries(bad_too=False)}
                names: list[str] = []
                lines, tables, hashes = encode_entries(kept.values(), names)
                after = Beginning.of(self._live).manifest()
                write_anew(self.path, after, [lines], tables, names, hashes)
                self._live = Live.open(self.path)
            return problems

    def verify(self) -> tuple[BankFileError, ...]:
        """Read the whole bank from the disk and compare every checksum; returns what is wrong."""
        return verified(self.path)

    def stat(self) -> BankStat:
        """Figures about the bank."""
        return figures(self.path, self._live)
