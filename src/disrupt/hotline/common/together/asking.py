"""Asking the keyholder: for the review key, which it gives to the processes that open, and how far it is."""

from __future__ import annotations

import hashlib
import json
import logging
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
_PATIENCE = 5.0
_LONGEST = 1 << 20
# By the digest of its lock: a process asks once, and goes on when the keyholder has ended.
_given: dict[bytes, bytes] = {}


class NotHandedOver(RuntimeError):
    """The review key is locked, and not enough operators have handed their shares over."""


def ask(place: Path, **what: Any) -> dict[str, Any]:
    """One question to the keyholder. Raises NotHandedOver where there is none."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(_PATIENCE)
            line.connect(str(place))
            line.sendall(json.dumps(what).encode() + b"\n")
            with line.makefile("rb") as answers:
                answer = json.loads(answers.readline(_LONGEST))
            return dict(answer)
    except (OSError, ValueError, TypeError):
        raise NotHandedOver(f"Nobody holds the review key: no keyholder answers at {place}.") from None


def review_key(lock: bytes, place: Path) -> bytes:
    """The key that this lock holds. Raises NotHandedOver."""
    digest = hashlib.sha256(lock).digest()
    if digest not in _given:
        answer = ask(place, ask="key")
        if "key" not in answer:
            raise NotHandedOver(str(answer.get("error", "The keyholder gave no key.")))
        _given[digest] = bytes.fromhex(answer["key"])
    return _given[digest]


def wait_for(open_it: Callable[[], object], tell: Callable[[str], None] = lambda said: None) -> None:
    """Return once `open_it` raises NotHandedOver no more; what is waited for is logged once.

    `tell` is told it every second meanwhile, and "" in the end.
    """
    said = ""
    while True:
        try:
            open_it()
        except NotHandedOver as error:
            if str(error) != said:
                said = str(error)
                log.warning("waiting for the review key: %s", said)
            tell(said)
            time.sleep(1.0)
            continue
        if said:
            tell("")
        return
