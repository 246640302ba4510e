"""New files of the guarded folders, looked up in the banks as they come.

The system says what changed (inotify, by `watchfiles`); a walk by the files' change times finds what came
while nobody watched, or was lost on the way.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from disrupt.errors import DisruptError
from disrupt.fingerprint import FingerprintError, MissingFile, Sandbox
from disrupt.matching import Bank, EmptyBank, Findings, look_up
from disrupt.matching.several import named
from disrupt.partner.answers import as_json, error_as_json
from disrupt.partner.guard.home import Home
from disrupt.partner.guard.places import is_media, media, media_below, uploads_of
from disrupt.partner.guard.quarantine import Quarantine, QuarantineError, digest_of
from disrupt.partner.guard.records import Allowance
from disrupt.partner.guard.telling import tell
from disrupt.partner.hash import in_order

_LOG = logging.getLogger("disrupt.guard")
SWEEP_SECONDS = 600.0
_DEBOUNCE, _STEP, _TIMEOUT = 400, 50, 1000  # milliseconds
_OVERLAP = 5.0  # seconds, for clocks of file systems that tick slowly


class Watcher:
    """Looks each new file up once, and acts as the owner chose."""

    def __init__(self, home: Home, sandbox: Sandbox) -> None:
        self.home, self.sandbox = home, sandbox
        self.banks: Mapping[str, Bank] = named([Bank.open(path) for path in home.banks])
        self.quarantine = Quarantine(home.quarantine)
        self._owners = Allowance(self.quarantine, home.most_a_day)
        self._seen_file = home.folder / "seen.json"
        self._done: dict[str, tuple[int, int, int]] = {}

    def watch(self, ended: threading.Event) -> None:
        """Until `ended`. Raises DisruptError where the banks are lost."""
        from watchfiles import watch

        since = self._last_seen()
        changes = watch(
            *(one.folder for one in self.home.uploads),
            watch_filter=None,
            debounce=_DEBOUNCE,
            step=_STEP,
            rust_timeout=_TIMEOUT,
            yield_on_timeout=True,
            stop_event=ended,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        # The first round of `watch` begins to listen: what comes during the walk is told by the next.
        next_sweep = 0.0
        for changed in changes:
            began = time.time()
            if time.monotonic() >= next_sweep:
                self.look_at(media(self.home, since - _OVERLAP) if since else (), ended)
                self._done.clear()
                since, next_sweep = began, time.monotonic() + SWEEP_SECONDS
            self.look_at(self._media_of(path for _, path in changed), ended)
            if not ended.is_set():
                self._note_seen(began)

    def look_at(self, places: Iterable[Path], ended: threading.Event | None = None) -> None:
        """Look files up, each once as it is now, and act on what is found."""
        for bank in self.banks.values():
            bank.refresh()
        fresh = (str(place) for place in places if self._is_fresh(place) and not (ended and ended.is_set()))
        for path, found in in_order(self._look, fresh, self.home.jobs):
            if isinstance(found, MissingFile):
                continue
            if isinstance(found, FingerprintError):
                line = error_as_json(path, found, self.banks, banked=True)
            else:
                line = as_json(path, found, banked=True)
            if line["action"] != "none":
                self._act(Path(path), line)

    def _look(self, path: str) -> Findings | FingerprintError:
        try:
            return look_up(path, self.banks, level=self.home.level, sandbox=self.sandbox)  # type: ignore[arg-type]
        except FingerprintError as error:
            return error
        except EmptyBank:
            return Findings((), 0, (0, 0))

    def _act(self, place: Path, line: dict[str, object]) -> None:
        if line["action"] == "block" and self.home.on_match == "hold" and not self.home.stopped:
            uploads = uploads_of(place, self.home)
            try:
                # What the owner has put back stays, or it would be taken off again at once.
                if uploads is not None and not self._owners.was_put_back(digest_of(place)):
                    held = self.quarantine.hold(place, uploads.folder, reason="in a bank")
                    tell(self.home, "held", id=held.id, root=held.root, path=held.path, found=line)
                    return
            except (QuarantineError, OSError) as error:
                _LOG.warning("a match could not be taken off: %s", type(error).__name__)
        self.quarantine.note("found", path=str(place), action=line["action"], matches=line["matches"])
        tell(self.home, "found", path=str(place), found=line)

    def _media_of(self, paths: Iterable[str]) -> Iterable[Path]:
        for path in paths:
            if Path(path).is_dir():  # new: nobody was told of what was put there before it was listened to
                yield from media_below(Path(path))
                continue
            with suppress(OSError):
                if is_media(Path(path)):
                    yield Path(path)

    def _is_fresh(self, place: Path) -> bool:
        try:
            status = place.lstat()
        except OSError:
            return False
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
        if self._done.get(str(place)) == stamp:
            return False
        self._done[str(place)] = stamp
        return True

    def _last_seen(self) -> float:
        """When everything had been looked at; 0 where this guard has never watched."""
        try:
            return float(json.loads(self._seen_file.read_text())["at"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0.0

    def _note_seen(self, at: float) -> None:
        temporary = self._seen_file.with_suffix(".tmp")
        temporary.write_text(json.dumps({"at": at}))
        os.replace(temporary, self._seen_file)  # noqa: PTH105


def watch_for_ever(home: Home, sandbox: Sandbox, ended: threading.Event) -> None:
    """A bank that is lost for a while is told, and tried again."""
    while not ended.is_set():
        try:
            Watcher(home, sandbox).watch(ended)
        except (DisruptError, OSError) as error:
            _LOG.error("new files are not looked up: %s", error)
            ended.wait(5)
