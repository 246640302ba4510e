"""Is this the newest backup, and the newest list of erasures? A head of the ledgers, kept elsewhere, says.

Whoever keeps backups and list could hand back older ones of both, and what was erased since would be there
again. The night's signed head (`ledger-head`) is kept by somebody else: it names a day on which the hotline
lived, so that a backup or a list that ends long before is not the newest. docs/adr/0167.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nacl.signing import SigningKey

from disrupt.hotline.operating.backup import seals
from disrupt.hotline.operating.backup.errors import BackupError
from disrupt.protocol import ed25519
from disrupt.protocol.signed_log import LEDGERS, BadLog, Head, read_head

# A backup is made and a head is signed each night: a head so much younger has a backup of its own night.
A_NIGHT = dt.timedelta(hours=26)


@dataclass(frozen=True)
class Ages:
    """What is restored, and when that is."""

    backup: dt.datetime
    listed: seals.Checked
    now: dt.datetime

    def words(self) -> str:
        """For the operator, who may know of something newer."""
        since = self.now - self.backup
        hours = since.seconds // 3600
        text = f"This backup is of {self.backup:%Y-%m-%d %H:%M} UTC, {since.days} day(s) and {hours} h ago. "
        if self.listed.sealed is None:
            return f"{text}Its list of erasures has no seal that verifies, or there is none.\n"
        return f"{text}Its list of erasures was last sealed on {self.listed.sealed}.\n"


def read(path: Path) -> Head:
    """A head that `ledger-head` wrote, signed by the keys that it names. Raises BackupError."""
    try:
        head = read_head(json.loads(path.read_text("utf-8")), LEDGERS)
        dt.datetime.fromisoformat(head.at)
    except (OSError, ValueError, RecursionError, BadLog):
        raise BackupError(f"{path} holds no head of the ledgers, as `ledger-head` writes one.") from None
    pairs = zip(head.keys, head.signatures, strict=True)
    if not all(ed25519.verify(bytes.fromhex(key), head.text(), one) for key, one in pairs):
        raise BackupError(f"{path} was not signed by the keys that it names.")
    return head


def must_be_of(head: Head, keys: Path) -> None:
    """Raises BackupError unless one of the keys in this folder signed the head."""
    ours = {
        bytes(SigningKey(path.read_bytes()).verify_key).hex() for path in (keys / "exchange").glob("log*.key")
    }
    if not ours & set(head.keys):
        raise BackupError("The head was signed by another hotline than the one in this backup.")


def older(head: Head, ages: Ages) -> Iterable[str]:
    """Why what is restored is not the newest, in words."""
    signed = dt.datetime.fromisoformat(head.at)
    if signed - ages.backup > A_NIGHT:
        yield f"the head is of {signed:%Y-%m-%d %H:%M}: backups were made after this one"
    if ages.listed.sealed is None:
        yield "the list of erasures has no seal that verifies: it is not whole, or there is none"
    elif ages.listed.sealed < signed.date() - dt.timedelta(days=1):
        yield f"the list of erasures can be believed up to {ages.listed.sealed}: there is a newer one"
    if ages.listed.since and ages.listed.since > ages.backup.date():
        yield f"the list of erasures begins on {ages.listed.since}, after this backup"


def must_be_newest(head: Head, ages: Ages) -> None:
    """Raises BackupError where something newer must exist."""
    if why := "; ".join(older(head, ages)):
        raise BackupError(
            f"What you restore is not the newest: {why}. What was erased since would be there again. Look "
            "for the newer ones; if there are none any more, add --older."
        )
