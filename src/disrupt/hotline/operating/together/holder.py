"""The keyholder: takes shares until they make the review key, and gives it to console and worker.

It keeps the key in memory, and never writes it: after it has ended, the operators come together again. One
question a connection, one line of JSON each way: {"ask": "lock" | "hand-over" | "key"}.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import socket
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nacl.public import PrivateKey

from disrupt.hotline.common.together import sharing
from disrupt.hotline.common.together.sharing import Lock, Place

_PATIENCE = 2.0
_LONGEST = 1 << 20
_ANYBODY = 0o666


class Holder:
    """What was handed over so far. `gives_to`: numbers of the accounts that are given the key."""

    def __init__(self, lock: bytes, gives_to: Iterable[int]) -> None:
        self._written = lock
        self._lock: Lock = sharing.read(lock)
        self._gives_to = frozenset(gives_to)
        self._shares: dict[Place, bytes] = {}
        self._key: PrivateKey | None = None

    def answer(self, asked: dict[str, Any], uid: int) -> dict[str, Any]:
        """What the account `uid` is told."""
        match asked.get("ask"):
            case "lock":
                return {"lock": self._written.decode(), **self._how_far()}
            case "hand-over":
                try:
                    shares = sharing.heard(str(asked.get("shares", "")))
                    sharing.must_be_ours(self._lock, shares)
                    self._shares |= shares
                    self._key = self._key or sharing.join(self._lock, self._shares)
                except (sharing.NotAShare, sharing.LockDamaged) as error:
                    return {"error": str(error)}
                if self._key:
                    self._shares.clear()
                return self._how_far()
            case "key" if uid not in self._gives_to:
                return {"error": "The keyholder does not give the key to this account."}
            case "key" if self._key:
                return {"key": bytes(self._key).hex()}
            case "key":
                given, needed = self._how_far()["given"], self._lock.needed
                return {"error": f"{given} of the {needed} operators who are needed have handed over."}
        return {"error": "The keyholder is asked for “lock”, “hand-over” or “key”."}

    def _how_far(self) -> dict[str, Any]:
        given = self._lock.needed if self._key else len(sharing.who_gave(self._lock, self._shares))
        return {"open": self._key is not None, "given": given, "needed": self._lock.needed}


def accounts(names: Iterable[str]) -> set[int]:
    """The accounts that are given the key: these, where they exist, our own, and root."""
    found = {0, os.geteuid()}
    for name in names:
        with contextlib.suppress(KeyError):
            found.add(pwd.getpwnam(name).pw_uid)
    return found


def serve(holder: Holder, place: Path) -> None:
    """Answer at `place` until the process ends."""
    place.unlink(missing_ok=True)  # of one that was killed
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(str(place))
        place.chmod(_ANYBODY)  # who may have the key is asked of the kernel, for each connection
        door.listen(64)
        while True:
            line, _address = door.accept()
            with line, contextlib.suppress(OSError):
                line.settimeout(_PATIENCE)
                _once(holder, line)


def _once(holder: Holder, line: socket.socket) -> None:
    size = struct.calcsize("3i")
    _pid, uid, _gid = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    with line.makefile("rb") as questions:
        try:
            asked = json.loads(questions.readline(_LONGEST))
            answer = holder.answer(dict(asked), uid)
        except (ValueError, TypeError):
            answer = {"error": "This is no question."}
    line.sendall(json.dumps(answer).encode() + b"\n")
