"""What a guard does about a notice: once, within the owner's bounds, with an answer for everything.

Two steps. `receive` checks it, acts on its addresses at once and answers; `finish` looks through the guarded
folders for copies and completes the answer. A kill between, or in, the two loses nothing: `finish` does both.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from disrupt.errors import DisruptError
from disrupt.fingerprint import MissingFile, Sandbox
from disrupt.matching import Bank
from disrupt.matching.lookup import Action
from disrupt.partner.guard.home import Home
from disrupt.partner.guard.looks import bank_of, seen
from disrupt.partner.guard.places import ResolveFailed, media, places_of, uploads_of
from disrupt.partner.guard.quarantine import NotAFile, Quarantine, QuarantineError, digest_of
from disrupt.partner.guard.records import Allowance, Record, Records
from disrupt.partner.guard.telling import publish, tell
from disrupt.partner.hash import in_order
from disrupt.partner.shared.said import complain
from disrupt.protocol.answer import AddressAnswer, Answer, Reason, State
from disrupt.protocol.notice import Notice, NoticeError, verified


class Replayed(NoticeError):
    """Another notice of this id came before."""


class Desk:
    """One site's notices; threads and processes take turns."""

    def __init__(self, home: Home, sandbox: Sandbox) -> None:
        self.home, self.sandbox = home, sandbox
        self.records = Records(home.folder / "notices")
        self.quarantine = Quarantine(home.quarantine)
        self._allowance = Allowance(self.quarantine, home.most_a_day)
        self._turn = threading.Lock()

    def receive(self, envelope: bytes, way: str = "file") -> Answer:
        """Act on a notice's addresses; one that came before is answered as it was, and nothing is done anew.

        Raises NoticeError for one that is not to be acted on, BadKeys, OSError.
        """
        began = time.time()
        notice = verified(
            envelope, keys=self.home.keys(), host=self.home.host, now=dt.datetime.fromtimestamp(began, dt.UTC)
        )
        with self._alone():
            before = self.records.find(notice.id)
            if before is None:
                key = str(json.loads(envelope)["key"])
                before = Record(notice.to_wire(), key, way, began, {})
                self.records.write(before)
                self.quarantine.note("notice", notice=notice.id, key=key, way=way)
            elif before.notice != notice.to_wire():
                raise Replayed("another notice of this id came before: it is not acted on")
            answered: Answer | None = before.answered
            return self._first(before) if answered is None else self._again(before, answered)

    def unfinished(self) -> list[str]:
        """The ids of the notices whose copies were not looked for to the end."""
        return [str(one.notice["id"]) for one in self.records.unfinished()]

    def finish(self, notice_id: str) -> Answer:
        """Look for copies of what a notice is about, and complete its answer. Raises KeyError, OSError."""
        record = self.records.find(notice_id)
        if record is None:
            raise KeyError(notice_id)
        notice, answer = record.told, record.answered
        if answer is None:
            with self._alone():
                answer = self._first(record)
        if answer.complete:
            return answer
        with bank_of(notice) as bank:
            if bank is not None and not self.home.stopped:
                answer = self._copies(notice, bank, answer)
        return self._kept(record, replace(answer, complete=True))

    def _first(self, record: Record) -> Answer:
        """Act on each address."""
        notice = record.told
        with bank_of(notice) as bank:
            states = tuple(self._address(one, notice, bank) for one in notice.addresses)
            complete = bank is None or self.home.stopped
        return self._kept(record, Answer(notice.id, self.home.host, _now(), complete, 0.0, states))

    def _again(self, record: Record, answer: Answer) -> Answer:
        """The answer to a notice that came before: what waited then may be decided by now."""
        states = tuple(
            replace(one, state=self._state(places), reason="")
            if one.state == "waiting"
            and (places := self._places(one.address))
            and not any(place.is_file() for place in places)
            else one
            for one in answer.addresses
        )
        return answer if states == answer.addresses else self._kept(record, replace(answer, addresses=states))

    def _places(self, address: str) -> list[Path] | None:
        """Where an address leads; None where the owner's command does not say, which they are told."""
        try:
            return places_of(address, self.home)
        except ResolveFailed as error:
            complain(error, who="guard")
            return None

    def _state(self, places: Sequence[Path]) -> State:
        """Of files that are not there: whether one is held."""
        return "held" if any(self.quarantine.holds(place) for place in places) else "gone"

    def _kept(self, record: Record, answer: Answer) -> Answer:
        """The answer with its time, on the disk; a complete one is told to whoever must know."""
        answer = replace(answer, seconds=max(0.0, time.time() - record.received), answered_at=_now())
        self.records.write(replace(record, answer=answer.to_wire()))
        if answer.complete:
            tell(self.home, "answered", notice=answer.notice, answer=answer.to_wire())
            publish(self.home, self.records, self.quarantine)
        return answer

    def _why_not(self, notice: Notice) -> Reason:
        """Why nothing may be done by itself for a notice, if so; asked anew before each deed."""
        if self.home.stopped:
            return "stopped"
        if self.home.on_notice != "hold":
            return "owner_decides"
        return "" if notice.examined else "not_examined"

    def _address(self, address: str, notice: Notice, bank: Bank | None) -> AddressAnswer:
        if self.home.stopped:
            return AddressAnswer(address, "refused", "stopped")
        places = self._places(address)
        if places is None:
            self.quarantine.note("waiting", address=address, notice=notice.id, reason="failed")
            tell(self.home, "waiting", address=address, notice=notice.id, reason="failed")
            return AddressAnswer(address, "waiting", "failed")
        if not places:
            return AddressAnswer(address, "not_found")
        answers = [self._place(place, notice, bank) for place in places]
        # Of several files behind one address the one that is least done with says how it stands.
        worst: list[State] = ["refused", "waiting", "held", "gone"]
        state, reason = min(answers, key=lambda one: worst.index(one[0]))
        return AddressAnswer(address, state, reason)

    def _place(self, place: Path, notice: Notice, bank: Bank | None) -> tuple[State, Reason]:
        if not place.is_file() or place.is_symlink():
            return self._state([place]), ""
        if bank is not None:
            try:
                action = seen(place, bank, self.home, self.sandbox)
            except MissingFile:
                return "gone", ""
            # Of what nobody has examined a look-up says no more than that a person should look.
            if action != "block" and (notice.examined or action != "review"):
                self._note_waiting(place, notice, "not_the_content")
                return "waiting", "not_the_content"
        return self._take(place, notice)

    def _take(self, place: Path, notice: Notice) -> tuple[State, Reason]:
        """Take a file off, if that is within the bounds."""
        uploads = uploads_of(place, self.home)
        if uploads is None:
            return "not_found", ""
        if why := self._why_not(notice):
            self._note_waiting(place, notice, why)
            return "waiting", why
        try:
            if self._allowance.was_put_back(digest_of(place)):
                return "refused", "put_back"
            if not self._allowance.left():
                self._note_waiting(place, notice, "too_many")
                return "waiting", "too_many"
            held = self.quarantine.hold(
                place, uploads.folder, reason=f"notice of {notice.notifier}", notice=notice.id
            )
        except (NotAFile, FileNotFoundError):
            return "gone", ""
        except (QuarantineError, OSError):
            self._note_waiting(place, notice, "failed")
            return "waiting", "failed"
        tell(self.home, "held", id=held.id, root=held.root, path=held.path, notice=notice.id)
        return "held", ""

    def _note_waiting(self, place: Path, notice: Notice, reason: Reason) -> None:
        self.quarantine.note("waiting", path=str(place), notice=notice.id, reason=reason)
        tell(self.home, "waiting", path=str(place), notice=notice.id, reason=reason)

    def _copies(self, notice: Notice, bank: Bank, answer: Answer) -> Answer:
        """Go through the guarded folders; a file at one of the notice's addresses is no copy."""
        named = {str(place) for one in notice.addresses for place in self._places(one) or ()}
        waiting = looked = unreadable = 0

        def look(path: str) -> Action | MissingFile | None:
            try:
                return seen(Path(path), bank, self.home, self.sandbox)
            except MissingFile as error:
                return error

        files = (str(place) for place in media(self.home) if str(place) not in named)
        for path, action in in_order(look, files, self.home.jobs):
            if isinstance(action, MissingFile):
                continue
            looked += 1
            unreadable += action is None
            if action == "block":
                with self._alone():
                    waiting += self._take(Path(path), notice)[0] in ("waiting", "refused")
            elif action == "review":
                waiting += 1
                why: Reason = "not_the_content" if notice.examined else "not_examined"
                self._note_waiting(Path(path), notice, why)
        # What a run before a kill took off counts too.
        held = sum(
            line["deed"] == "held"
            and line["notice"] == notice.id
            and str(Path(line["root"], line["path"])) not in named
            for line in self.quarantine.log()
        )
        return replace(
            answer,
            copies_found=held + waiting,
            copies_held=held,
            copies_waiting=waiting,
            looked_at=looked,
            unreadable=unreadable,
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One thread of one process acts at a time; the system frees the lock when its holder dies."""
        with self._turn:
            handle = os.open(self.home.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def undo_notice(home: Home, notice_id: str) -> tuple[int, list[DisruptError | OSError]]:
    """Put back all that was taken off for a notice: how many files, and why others could not be."""
    quarantine = Quarantine(home.quarantine)
    back, failed = 0, []
    for held in [one for one in quarantine.all() if one.notice == notice_id]:
        try:
            quarantine.undo(held.id)
            back += 1
            tell(home, "put back", id=held.id, root=held.root, path=held.path, notice=held.notice)
        except (DisruptError, OSError) as error:
            failed.append(error)
    publish(home, Records(home.folder / "notices"), quarantine)
    return back, failed
