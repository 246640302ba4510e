"""Who may ask: the keys of a file that is read again when it changes: a key taken out ends at once."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Callable
from pathlib import Path

from disrupt.partner.shared.keyfile import BadKeys, lines_of, named_in, read_named

_LOG = logging.getLogger("disrupt.serve")

# So often, in seconds, a worker looks at most whether the file has changed.
_EVERY = 0.5
_WANTED = "write a name of its own, a space, and 16 characters or more"


def read_keys(path: Path) -> dict[str, str]:
    """Names and SHA-256 of the keys in a file. Raises BadKeys."""
    return read_named(path, _digest_of, _WANTED)


def _digest_of(word: str) -> str | None:
    return hashlib.sha256(word.encode()).hexdigest() if len(word) >= 16 else None


class Keys:
    """The keys that are good now. Without a file anybody may ask.

    A line that is no key counts for nothing, and the log says which. Where all were taken out nobody may
    ask. While the file cannot be read, those of before are good.
    """

    def __init__(self, path: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = Path(path) if path else None
        self._monotonic = monotonic
        self._seen: tuple[int, int, int] | None = None
        self._looked = float("-inf")
        self._digests: list[str] = []

    @property
    def asked_for(self) -> bool:
        """Whether a key must be given at all."""
        return self._path is not None

    def admit(self, given: str) -> bool:
        """Whether whoever gives this may ask."""
        if self._path is None:
            return True
        self._look(self._path)
        digest = hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()
        # Every key is compared, so that time tells nothing about which.
        good = [hmac.compare_digest(digest, one) for one in self._digests]
        return any(good)

    def _look(self, path: Path) -> None:
        now = self._monotonic()
        if now - self._looked < _EVERY:
            return
        self._looked = now
        try:
            there = path.stat()
            seen = (there.st_mtime_ns, there.st_size, there.st_ino)
            if seen == self._seen:
                return
            found = named_in(lines_of(path), _digest_of)
        except (OSError, BadKeys):
            if self._seen is not None:
                _LOG.error("the file of keys cannot be read: those of before are good")
                self._seen = None
            return
        for number in found.bad:
            _LOG.error("the file of keys: line %d counts for nothing: %s", number, _WANTED)
        self._digests, self._seen = list(found.keys.values()), seen
