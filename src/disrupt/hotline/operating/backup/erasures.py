"""What was taken back and erased, in a list that names nothing and travels apart from the backups.

A backup knows nothing of what happened after it. So the worker writes a line for each item that was taken
back, each case that was erased and each access that was ended (access.py): a day and a keyed digest. The day
alone: a line must not tell the moment of anybody. Who restores an older copy does it all again.

    2026-11-29T00:00:00+00:00 9f2c...   HMAC-SHA256 (keys/operating/erasures.key) of “item.withdrawn:<id>”

Once a day a line seals those before it (seals.py): an older list, or one with lines taken out, is known.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from disrupt.hotline.cases.erasing import erase_case
from disrupt.hotline.cases.models import Case, Item, LedgerEvent
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.keys import erasures_key
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.common.running.sweep import Rest
from disrupt.hotline.common.store.files import PRIVATE_FILE, write_private
from disrupt.hotline.exchange.models import ExchangeEvent
from disrupt.hotline.operating.backup import access, seals
from disrupt.hotline.operating.backup.scratch import locked

RESTORE = Actor("restore")
ERASED = "case.erased"
# Taken back by its reporter, or kept off the lists by an analyst: the page of its reporter says which.
TAKEN_BACK = ("item.withdrawn", "item.stopped", "item.taken_off", "item.not_offered")
# A transaction that commits late is found all the same.
OVERLAP = dt.timedelta(hours=1)
_Event = LedgerEvent | AuditEvent | ExchangeEvent
# Of which log, and its number there.
Due = tuple[type[_Event], int]
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def digest(kind: str, pk: object) -> str:
    """What stands in the list for an item or a case."""
    return hmac.new(erasures_key(), f"{kind}:{pk}".encode(), hashlib.sha256).hexdigest()


def _line(event: _Event) -> str:
    if not isinstance(event, LedgerEvent):
        return digest("taken", access.taken_by(event))
    return digest(event.kind, event.case_id if event.kind == ERASED else event.item_id)


def _oldest() -> dt.datetime:
    """What happened before is in every backup that is kept."""
    return clock.now() - settings.KEEP_BACKUPS - dt.timedelta(days=2)


class Journal:
    """The list, and what of the ledgers is not in it yet."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known: set[str] | None = None
        self._since = LONG_AGO

    @property
    def path(self) -> Path:
        return self._path or settings.ERASURES_FILE

    def due(self) -> Iterator[Due]:
        """Events of the ledgers, of the audit log and of the exchange's that are not in the list."""
        known, since = self._read(), max(self._since - OVERLAP, _oldest())
        found = LedgerEvent.objects.filter(kind__in=(ERASED, *TAKEN_BACK), at__gt=since).order_by("at")
        for event in found.only("pk", "kind", "case_id", "item_id", "at").iterator():
            if _line(event) not in known:
                yield LedgerEvent, event.pk
        told = set[str]()  # what we did with a key stands in both logs
        for log, kinds in ((AuditEvent, access.KINDS), (ExchangeEvent, access.OF_KEYS)):
            for ended in log._default_manager.filter(kind__in=kinds, at__gt=since).order_by("at").iterator():
                if (line := _line(ended)) not in known and line not in told:
                    told.add(line)
                    yield log, ended.pk

    def add(self, due: Due) -> None:
        """Write one into the list, on the disk before anything else is done."""
        log, pk = due
        event = log._default_manager.get(pk=pk)
        line = _line(event)
        with self._alone():
            self._append(event.at, line)
        self._read().add(line)
        self._since = max(self._since, event.at)

    def seal(self) -> None:
        """Seal the lines so far, unless that was done today."""
        with self._alone():
            today = clock.now().astimezone(dt.UTC)
            line = seals.next_seal(list(seals.read_list(self.path)), erasures_key(), today.date())
            if line is not None:
                self._append(today, line)

    def shorten(self) -> int:
        """Forget what no backup that is kept can bring back; return how many lines are left."""
        with self._alone():
            kept = seals.after(list(seals.read_list(self.path)), erasures_key(), _oldest())
            write_private(self.path, "".join(map(_spelled, kept)).encode())
        return len(kept)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """No other worker writes meanwhile."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(self.path.parent):
            yield

    def _append(self, at: dt.datetime, line: str) -> None:
        fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)
        with os.fdopen(fd, "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            torn = b"\n" if size and os.pread(fd, 1, size - 1) != b"\n" else b""
            file.write(torn + _spelled((at, line)).encode())
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> set[str]:
        if self._known is None:
            lines = list(seals.read_list(self.path))
            self._known = {line for _at, line in lines}
            self._since = max((at for at, _line in lines), default=self._since)
        return self._known


def _spelled(line: seals.Line) -> str:
    day = line[0].replace(hour=0, minute=0, second=0, microsecond=0)
    return f"{day.isoformat()} {line[1]}\n"


def taken_since(path: Path) -> Callable[[str], bool]:
    """Whether the list says that this was taken from somebody, in the words of access.py."""
    listed = {line for _at, line in seals.read_list(path)}
    return lambda words: digest("taken", words) in listed


def do_again(path: Path) -> dict[str, int]:
    """Take back and erase in this database whatever the list says; return how many of each."""
    listed = {line for _at, line in seals.read_list(path)}
    done: dict[str, int] = {"withdrawn": 0, "erased": 0}
    if not listed:
        return done
    # A case first: who erased everything took every item back with it.
    for case in Case.objects.exclude(lookup__startswith="erased:").iterator():
        if digest(ERASED, case.pk) in listed:
            erase_case(case, RESTORE)
            done["erased"] += 1
    for item in Item.objects.exclude(state=ItemState.WITHDRAWN).iterator():
        kind = next((kind for kind in TAKEN_BACK if digest(kind, item.pk) in listed), None)
        if kind:
            advance(item, ItemState.WITHDRAWN, RESTORE, kind=kind, due_at=clock.now())
            done["withdrawn"] += 1
    return done


class Daily:
    """The list is shortened and sealed once a day."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._rest = journal, Rest(dt.timedelta(days=1))

    def due(self) -> list[int]:
        return [0] if self._rest.is_over() else []

    def run(self, _key: int) -> None:
        self._journal.shorten()
        self._journal.seal()
        self._rest.begin()
