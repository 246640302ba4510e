"""`disrupt give`: hand what a hotline's list has to StopNCII, and take back what the list has no more.

It reads a bank that `disrupt sync` keeps, with a key that sees what may be handed on and nothing else. Beside
the bank it keeps what was given, so that it can be taken back when the bank has lost its hashes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from disrupt.errors import DisruptError
from disrupt.matching import MINIMUM_QUALITY, Bank, BankEntry
from disrupt.partner.following.feed_client import BadAddress, SyncError
from disrupt.partner.following.stopncii_client import StopNciiClient
from disrupt.partner.shared.atomic import write_private
from disrupt.partner.shared.keyfile import read_key
from disrupt.partner.shared.said import complain
from disrupt.protocol.generic import is_generic, is_generic_digest
from disrupt.protocol.stopncii import Opinion, Signal

AT_ONCE = 1000
Given = tuple[str, str]
"""A signal of the protocol, and its hash."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--bank", required=True, type=Path, help="that `disrupt sync` keeps of the hotline's list"
    )
    parser.add_argument("--url", required=True, help="with its version: https://api.stopncii.org/v1")
    parser.add_argument("--key-file", required=True, type=Path, help="SUBMIT-KEY,SUBSCRIPTION-KEY")


def run(args: argparse.Namespace) -> int:
    """0 all given and taken back; 1 not, and the next run goes on; 2 for a bad address."""
    try:
        client = StopNciiClient(args.url, read_key(args.key_file))
        with client:
            given, back = give(client, Bank.open(args.bank))
    except (DisruptError, OSError) as error:
        complain(error, who="give")
        return 2 if isinstance(error, BadAddress) else 1
    print(json.dumps({"given": given, "taken_back": back}))
    return 0


def give(client: StopNciiClient, bank: Bank) -> tuple[int, int]:
    """Give what is new, then take back what is gone; how many of each. Raises SyncError, BankError, OSError.

    What was posted is written down after it was: a run that is stopped posts some once more, which changes
    nothing there, and forgets to take back nothing.
    """
    told = Told.load(Path(str(bank.path)), client.base)
    wanted = {one for entry in bank.entries() for one in hashes_of(entry)}
    new, gone = sorted(wanted - told.given), sorted(told.given - wanted)
    for batch in _batches(new):
        _post(client, batch, Opinion.BLOCKED)
        told.save(told.given | set(batch))
    for batch in _batches(gone):
        _post(client, batch, Opinion.WITHDRAWN)
        told.save(told.given - set(batch))
    return len(new), len(gone)


def hashes_of(entry: BankEntry) -> Iterator[Given]:
    """What of an entry the protocol can carry; only what an analyst examined, and nobody here has muted."""
    if entry.origin != "examined" or entry.status != "active":
        return
    if entry.kind == "video":
        if entry.md5 and not is_generic_digest(entry.md5):
            yield Signal.VIDEO_MD5.value, entry.md5
        return
    for one in entry.pdq:
        if one.quality >= MINIMUM_QUALITY and one.role != "derived" and not is_generic(one.hex):
            yield Signal.IMAGE_PDQ.value, one.hex


class Told:
    """What was given to one receiver, in a file beside the bank."""

    def __init__(self, file: Path, given: set[Given]) -> None:
        self._file, self.given = file, given

    @classmethod
    def load(cls, folder: Path, base: str) -> Told:
        """Raises SyncError."""
        file = folder / f"given-{hashlib.sha256(base.encode()).hexdigest()[:16]}.json"
        try:
            raw: Any = json.loads(file.read_bytes())
            return cls(file, {(str(signal), str(value)) for signal, value in raw})
        except FileNotFoundError:
            return cls(file, set())
        except (OSError, ValueError, TypeError, RecursionError):
            raise SyncError(
                f"{file} cannot be read: it holds what was given, and has to be taken back."
            ) from None

    def save(self, given: set[Given]) -> None:
        write_private(self._file, json.dumps(sorted(given)))
        self.given = given


def _post(client: StopNciiClient, batch: list[Given], opinion: Opinion) -> None:
    records = [
        {
            "lastModtimestamp": 0,
            "signalType": signal,
            "hashValue": value,
            "CSPFeedbacks": [{"feedbackValue": opinion.value, "tags": []}],
        }
        for signal, value in batch
    ]
    client.tell("/SubmitHashes", {"count": len(records), "hashRecords": records})


def _batches(several: Iterable[Given]) -> Iterator[list[Given]]:
    left = iter(several)
    while batch := list(islice(left, AT_ONCE)):
        yield batch
