"""Receives deposited files: each is sealed while it arrives, so that no plaintext is ever on a disk.

The browser sends a name and a type with each file; both are dropped unread (D10). Nothing is openable before
`Incoming.keep`: a request that breaks off, fails the CSRF check or cannot be parsed leaves nothing behind.
"""

from __future__ import annotations

import enum
from collections import Counter
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import Deposit
from disrupt.hotline.intake.receiving import room

FIELD = "files"
# A proof is asked for by itself: it is never taken for the intimate picture.
PROOFS = "proofs"
# The last field of the form. Without it the request broke off, and its last file may be cut short.
END_FIELD = "complete"


def largest() -> int:
    """Bytes that a form may bring in one file; by the script, which can resume, settings.MAX_UPLOAD_BYTES."""
    return min(settings.MAX_FORM_FILE_BYTES, settings.MAX_UPLOAD_BYTES)


class Refusal(enum.StrEnum):
    """Why a file was not taken."""

    TOO_LARGE = "too_large"
    EMPTY = "empty"
    TOO_MANY = "too_many"
    NO_ROOM = "no_room"


class RefusingUploadHandler(FileUploadHandler):
    """The portal's default: takes no file at all, so that no view can put plaintext on a disk by accident."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class SealingUploadHandler(FileUploadHandler):
    """Seals each file of the two fields, chunk by chunk; one that breaks a limit is dropped at once."""

    def __init__(self) -> None:
        super().__init__()
        self.sealed: list[tuple[Deposit, bool]] = []
        self.refused: Counter[Refusal] = Counter()
        self._current: Deposit | None = None
        self._proof = False

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        # The name and the type are in `args`; they are not looked at, and super() would keep them.
        if field_name not in (FIELD, PROOFS):
            raise SkipFile
        self._proof = field_name == PROOFS
        if len(self.sealed) >= settings.MAX_FILES:
            self._refuse(Refusal.TOO_MANY)
        try:
            self._current = Deposit()
        except OSError:
            self._refuse(Refusal.NO_ROOM)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._current is None:
            return
        if self._current.size + len(raw_data) > largest():
            self._refuse(Refusal.TOO_LARGE)
        try:
            room.take(len(raw_data))
            self._current.write(raw_data)
        except OSError:
            self._refuse(Refusal.NO_ROOM)

    def file_complete(self, file_size: int) -> None:
        """Nothing goes to request.FILES: what was sealed is in `sealed`."""
        deposit, self._current = self._current, None
        if deposit is None:
            return
        if deposit.size == 0:
            deposit.drop()
            self.refused[Refusal.EMPTY] += 1
            return
        self.sealed.append((deposit, self._proof))

    def upload_interrupted(self) -> None:
        self.drop_current()

    def drop_current(self) -> None:
        """Forget the file that is arriving, if there is one."""
        deposit, self._current = self._current, None
        if deposit is not None:
            deposit.drop()

    def _refuse(self, why: Refusal) -> None:
        self.drop_current()
        self.refused[why] += 1
        # The parser reads the rest of this file away and goes on with the next field.
        raise SkipFile


class Incoming:
    """The files of one request, as a context manager: whatever is not kept at its end is dropped."""

    def __init__(self, request: HttpRequest) -> None:
        self._handler = SealingUploadHandler()
        request.upload_handlers = [self._handler]

    @property
    def refused(self) -> Counter[Refusal]:
        """How many files were not taken, by reason."""
        return self._handler.refused

    def keep(self, room: int) -> tuple[DepositedFile, ...]:
        """Make the files durable, at most `room` of them; the others count as refused."""
        kept: list[DepositedFile] = []
        while self._handler.sealed:
            deposit, proof = self._handler.sealed.pop(0)
            if len(kept) >= room:
                deposit.drop()
                self.refused[Refusal.TOO_MANY] += 1
                continue
            try:
                kept.append(DepositedFile(deposit.keep(), deposit.size, proof))
            except OSError:
                deposit.drop()
                vault.destroy(deposit.vault_id)  # its key may be there already
                self.refused[Refusal.NO_ROOM] += 1
        return tuple(kept)

    def __enter__(self) -> Incoming:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._handler.drop_current()
        while self._handler.sealed:
            self._handler.sealed.pop()[0].drop()
