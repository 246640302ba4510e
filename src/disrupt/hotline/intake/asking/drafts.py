"""What a form that is not complete yet carries along: its token, and the files that were received already.

A browser cannot put files back into a form that returns with an error; so they stay sealed, and the form
names them in a signed field. A form that is never sent leaves contents that no row speaks of: they are
destroyed after a day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.core import signing

from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.common import clock
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId

_SALT = "disrupt.intake.draft"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}\Z")
# A file is not promised any more when the sweep could come for it during the sending.
_MARGIN = dt.timedelta(hours=1)


class NotADraft(ValueError):
    """The signed field was altered, is not ours, or is older than what it names is kept."""


class NotYours(NotADraft):
    """Another visit made this draft, or this one before its exit: it gives back nothing and opens nothing."""

    def __init__(self, token: str) -> None:
        super().__init__("The form belongs to another visit.")
        self.token = token


@dataclass(frozen=True)
class Waiting:
    """A sealed file that waits for its form, and when it came."""

    file: DepositedFile
    at: dt.datetime


@dataclass(frozen=True)
class Draft:
    """`token` makes a form sent twice one case; `files` were received; `lost` were received too long ago."""

    token: str
    files: tuple[Waiting, ...] = field(default=())
    lost: int = 0

    @property
    def deposited(self) -> tuple[DepositedFile, ...]:
        return tuple(waiting.file for waiting in self.files)

    @property
    def pictures(self) -> int:
        """How many of the files show the intimate picture."""
        return sum(not waiting.file.proof for waiting in self.files)

    @property
    def proofs(self) -> int:
        return len(self.files) - self.pictures

    def with_files(self, files: tuple[DepositedFile, ...]) -> Draft:
        now = clock.now()
        return self.with_waiting(tuple(Waiting(file, now) for file in files))

    def with_waiting(self, waiting: tuple[Waiting, ...]) -> Draft:
        return replace(self, files=(*self.files, *waiting))

    def without(self, number: int) -> Draft:
        """Take the file with this number (from 1) back: it is destroyed at once."""
        if not 1 <= number <= len(self.files):
            return self
        vault.destroy(self.files[number - 1].file.vault_id)
        return replace(self, files=self.files[: number - 1] + self.files[number:])


def new() -> Draft:
    """The draft of a form shown for the first time: 192 random bits."""
    return Draft(secrets.token_urlsafe(24))


def mark_of(secret: str) -> str:
    """What ties a form to one visit: of the browser's CSRF secret, which the exit and closing take away."""
    return hashlib.blake2b(secret.encode(), person=b"form-mark", digest_size=16).hexdigest()


def pack(draft: Draft, mark: str = "") -> str:
    """The draft as a signed field; `mark` ties it to the visit that it is given to (mark_of)."""
    files = [
        [w.file.vault_id, w.file.size, int(w.at.timestamp()), w.file.proof, w.file.keep_days]
        for w in draft.files
    ]
    made = int(clock.now().timestamp())
    return signing.dumps({"token": draft.token, "files": files, "mark": mark, "made": made}, salt=_SALT)


def unpack(signed: str, mark: str = "") -> Draft:
    """The draft of a signed field, without the files that are gone. Raises NotADraft, NotYours."""
    try:
        raw = signing.loads(signed, salt=_SALT)
    except signing.BadSignature:
        raise NotADraft("The form's own field was altered.") from None
    if not _TOKEN.match(raw["token"]):
        raise NotADraft("The form's token is not one of ours.")
    if not secrets.compare_digest(str(raw.get("mark", "")), mark):
        raise NotYours(raw["token"])
    if raw.get("made", 0) < (clock.now() - settings.KEEP_ABANDONED).timestamp():
        raise NotADraft("The form was left for too long.")
    limit = clock.now() - settings.KEEP_ABANDONED + _MARGIN
    files = [
        Waiting(DepositedFile(VaultId(name), size, *proof), dt.datetime.fromtimestamp(at, dt.UTC))
        for name, size, at, *proof in raw["files"]
    ]
    there = tuple(w for w in files if w.at > limit and vault.exists(w.file.vault_id))
    return Draft(raw["token"], there, len(files) - len(there))
