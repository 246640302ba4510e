"""The head of a hotline's own ledgers, which its partners hold for it: no rewriting of them goes unseen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from disrupt.partner.following.feed_client import SyncError
from disrupt.partner.following.proof import BadSignature, Forked, is_signed
from disrupt.partner.shared.atomic import write_private
from disrupt.protocol.merkle import is_consistent
from disrupt.protocol.signed_log import LEDGERS, BadLog, Head, hashes_of, read_head

FILE, BEFORE = "ledgers.json", "ledgers-before.json"


def known_in(folder: Path) -> Head | None:
    """The head that was kept beside a bank; None where there is none. Raises SyncError."""
    try:
        return read_head(json.loads((folder / FILE).read_bytes()), LEDGERS)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError, BadLog):
        raise SyncError(f"{folder / FILE} cannot be read: it holds what is known of the ledgers.") from None


def take(base: str, folder: Path, keys: tuple[str, ...], said: Any) -> Head:
    """Verify what an exchange said of its ledgers, against what was known, and keep it.

    Raises BadSignature, Forked, SyncError.
    """
    known = known_in(folder)
    try:
        head, proof = read_head(said["head"], LEDGERS), hashes_of(said["consistency"])
    except (BadLog, LookupError, TypeError) as error:
        raise SyncError(f"{base} said something of its ledgers that cannot be read: {error}.") from None
    signed = {key for key, one in zip(head.keys, head.signatures, strict=True) if is_signed(head, key, one)}
    if len(signed) < len(head.keys) or not signed & set(keys):
        raise BadSignature(f"{base}: the head of its ledgers is not signed by a key that is trusted here.")
    if known is not None and not is_consistent(known.size, head.size, known.root, head.root, proof):
        raise Forked(
            f"{base}: its ledgers do not go on from what this partner holds ({known.size} anchors): what was "
            f"written down was rewritten. Keep {folder / FILE}, and ask the hotline by another way."
        )
    write_private(folder / FILE, json.dumps(head.to_wire()))
    return head


def put_aside(folder: Path) -> None:
    """After a hotline restored a backup: what was known is kept beside, to compare."""
    if (folder / FILE).exists():
        (folder / FILE).replace(folder / BEFORE)
