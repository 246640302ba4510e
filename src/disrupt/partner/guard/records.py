"""What a guard remembers of each notice: its payload, what was answered, and that it was done."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from disrupt.matching._bank._container import fsync_directory
from disrupt.partner.guard.quarantine import Quarantine
from disrupt.protocol import answer as answers
from disrupt.protocol import notice as notices

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Record:
    """One notice. `way`: how it came (https, mail, poll, file); `sent`: the complete answer went back.

    `answer`: the answer's members, empty until there is one.
    """

    notice: dict[str, object]
    key: str
    way: str
    received: float
    answer: dict[str, object]
    sent: bool = False

    @property
    def told(self) -> notices.Notice:
        return notices.parsed(self.notice)

    @property
    def answered(self) -> answers.Answer | None:
        return answers.parsed(self.answer) if self.answer else None


class Records:
    """A folder with a file for each notice, by its id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def find(self, notice_id: str) -> Record | None:
        """The record of a notice, whose id is a UUID, if it came before."""
        try:
            return Record(**json.loads((self.folder / f"{notice_id}.json").read_bytes()))
        except FileNotFoundError:
            return None

    def write(self, record: Record) -> None:
        """Keep it, atomically."""
        target = self.folder / f"{record.notice['id']}.json"
        temporary = target.with_suffix(".tmp")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(asdict(record), out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(target)
        fsync_directory(self.folder)

    def mark_sent(self, notice_id: str) -> None:
        """The complete answer went back."""
        record = self.find(notice_id)
        if record is not None:
            self.write(replace(record, sent=True))

    def all(self) -> Iterator[Record]:
        """Every record, oldest first."""
        found = [Record(**json.loads(path.read_bytes())) for path in self.folder.glob("*.json")]
        yield from sorted(found, key=lambda one: one.received)

    def unfinished(self) -> list[Record]:
        """Those that were not answered, or not to the end."""
        return [one for one in self.all() if not one.answer.get("complete")]


class Allowance:
    """How many files notices may still take off, as the quarantine's log has it; only what is new is read."""

    def __init__(self, quarantine: Quarantine, most: int) -> None:
        self._quarantine, self._most = quarantine, most
        self._read = 0
        self._held: deque[float] = deque()
        self._put_back: set[str] = set()

    def left(self) -> int:
        """Files that may still be taken off now."""
        self._take_in()
        while self._held and self._held[0] < time.time() - DAY:
            self._held.popleft()
        return max(0, self._most - len(self._held))

    def was_put_back(self, sha256: str) -> bool:
        """Whether the owner has put these very bytes back before."""
        self._take_in()
        return sha256 in self._put_back

    def _take_in(self) -> None:
        for line in self._quarantine.log(self._read):
            self._read += 1
            if line["deed"] == "held" and line.get("notice"):
                self._held.append(line["now"])
            elif line["deed"] in ("putting back", "put back"):
                self._put_back.add(str(line["sha256"]))
