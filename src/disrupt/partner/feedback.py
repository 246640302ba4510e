"""`disrupt feedback`: tell the hotline what became of its entries here, by their ids or by a scan's rows."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

import httpx

from disrupt import __version__
from disrupt.errors import DisruptError
from disrupt.matching import MINIMUM_QUALITY, Bank, BankEntry
from disrupt.partner.following.feed_client import BadAddress, FeedClient, SyncError, base_address
from disrupt.partner.following.patience import ONCE, fault_of, how_long, new_name
from disrupt.partner.scan.results import rows_of
from disrupt.partner.shared.keyfile import read_key
from disrupt.partner.shared.said import complain
from disrupt.protocol.feed import is_entry_id
from disrupt.protocol.feedback import MOST_WORDS
from disrupt.protocol.stopncii import Opinion

_PATH = "/stopncii/v1/SubmitFeedback"
_AT_ONCE = 2000
_TRIES = 5
_MUTED = dict.fromkeys(("other_picture", "nobody_shown"), "false_match")
"""The opinion that goes with a reason for which an entry is muted; not_blocked with the others."""
T = TypeVar("T")
OPINIONS = {
    "blocked": Opinion.BLOCKED,
    "not-blocked": Opinion.NOT_BLOCKED,
    "pending-review": Opinion.PENDING_REVIEW,
    "quality-unknown": Opinion.QUALITY_UNKNOWN,
}


class NotTold(DisruptError):
    """The hotline did not take the feedback; the sentence says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("entries", nargs="*", metavar="ENTRY", help="ids of entries, as a match names them")
    parser.add_argument(
        "--rows", type=Path, metavar="FILE", help="and every entry in the rows of `disrupt scan` or `match`"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--value", choices=tuple(OPINIONS), help="what became of them here")
    what.add_argument(
        "--muted", action="store_true", help="tell of every entry that is muted here, each with its reason"
    )
    parser.add_argument("--tag", action="append", default=[], metavar="WORD", help="repeatable")
    parser.add_argument("--url", required=True, help="the exchange, for example https://exchange.example")
    parser.add_argument("--key-file", required=True, type=Path, help="with the scope exchange:feedback:write")
    parser.add_argument("--bank", required=True, type=Path, help="the bank that is fetched from there")


def run(args: argparse.Namespace) -> int:
    """0 told; 1 when some entries cannot be told of, or the hotline takes nothing; 2 for a bad address."""
    try:
        base, key = base_address(args.url), read_key(args.key_file)
        bank = Bank.open(args.bank)
        if args.muted:
            return _tell_muted(base, key, bank)
        wanted = dict.fromkeys([*args.entries, *(_entries_of(args.rows) if args.rows else ())])
        hashes, silent = _hashes(bank, wanted, base)
        changed = _post_all(base, key, hashes, OPINIONS[args.value], args.tag)
    except (DisruptError, OSError) as error:
        complain(error, who="feedback")
        return 2 if isinstance(error, BadAddress) else 1
    for entry_id, why in silent:
        complain(why, who="feedback", path=entry_id[:80], code="not_told")
    print(json.dumps({"entries": len(wanted) - len(silent), "hashes": len(hashes), "changed": changed}))
    return 1 if silent else 0


def _tell_muted(base: str, key: str, bank: Bank) -> int:
    """Tell of every muted entry that comes from there; 1 where the hotline lists one no more."""
    words = [
        {
            "entry": entry.id,
            "opinion": _MUTED.get(entry.reason, "not_blocked"),
            "why": entry.reason or "other",
        }
        for entry in bank.entries()
        if entry.status == "muted" and is_entry_id(entry.id) and (entry.source or bank.source) == base
    ]
    changed = unknown = 0
    with FeedClient(base, key) as client:
        for batch in _batches(words, MOST_WORDS):
            said = client.tell("/v1/feedback", {"feedback": batch})
            changed += _count(said, "changed")
            unknown += _count(said, "unknown")
    if unknown:
        complain(f"{unknown} of them are on the hotline's list no more", who="feedback", code="not_told")
    print(json.dumps({"entries": len(words) - unknown, "hashes": 0, "changed": changed}))
    return 1 if unknown else 0


def tell_found(banks: Mapping[str, Bank], rows: Path, base: str, key: str) -> int:
    """Tell that a scan found what it found, which nobody has looked at yet; how many hashes were told of.

    Of each bank what comes from this exchange. To tell it again changes nothing. Raises SyncError, NotTold.
    """
    found: dict[str, dict[str, None]] = {name: {} for name in banks}
    for row in rows_of(rows):
        for match in row.get("matches", ()):
            for name in [match["bank"]] if "bank" in match else banks:
                found[name][match["entry"]] = None
    hashes = dict.fromkeys(
        text for name, bank in banks.items() for text in _hashes(bank, found[name], base)[0]
    )
    _post_all(base, key, list(hashes), Opinion.PENDING_REVIEW, ["retroactive"])
    return len(hashes)


def _post_all(base: str, key: str, hashes: Sequence[str], opinion: Opinion, tags: Sequence[str]) -> int:
    """Post them, as many at once as the exchange takes; how many were news to it."""
    with httpx.Client(timeout=60, follow_redirects=False) as client:
        return sum(_post(client, base, key, batch, opinion, tags) for batch in _batches(hashes))


def _entries_of(rows: Path) -> Iterator[str]:
    for row in rows_of(rows):
        yield from (match["entry"] for match in row.get("matches", ()))


def _hashes(bank: Bank, wanted: Iterable[str], base: str) -> tuple[list[str], list[tuple[str, str]]]:
    """What the hotline knows these entries by, and of which nothing can be told, with the reason."""
    told: dict[str, None] = {}
    silent = []
    for entry_id in wanted:
        entry = bank.get(entry_id)
        if entry is None:
            silent.append((entry_id, "is not in this bank: it was withdrawn, or is of another"))
        elif (entry.source or bank.source) != base or entry.origin == "own":
            silent.append((entry_id, f"does not come from {base}"))
        elif not (hashes := _names_of(entry)):
            silent.append((entry_id, "has no hash that feedback can name: no PDQ, and no MD5 of a film"))
        else:
            told.update(dict.fromkeys(hashes))
    return list(told), silent


def _names_of(entry: BankEntry) -> list[str]:
    """Feedback names a picture by its PDQ and a film by its MD5."""
    if entry.kind == "video":
        return [entry.md5] if entry.md5 else []
    return [p.hex for p in entry.pdq if p.quality >= MINIMUM_QUALITY and p.role != "derived"]


def _batches(several: Sequence[T], most: int = _AT_ONCE) -> Iterator[list[T]]:
    left = iter(several)
    while batch := list(islice(left, most)):
        yield batch


def _post(
    client: httpx.Client,
    base: str,
    key: str,
    hashes: Sequence[str],
    opinion: Opinion,
    tags: Sequence[str],
    pause: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> int:
    """Post one batch, again where a server stumbles. Raises SyncError, NotTold."""
    body = {
        "count": len(hashes),
        "hashFeedbacks": [
            {"hashValue": one, "feedbackValue": opinion.value, "tags": list(tags)} for one in hashes
        ],
    }
    headers = {"x-functions-key": key, "user-agent": f"disrupt/{__version__}", ONCE: new_name()}
    fault, told = "", ""
    for attempt in range(_TRIES):
        if attempt:
            pause(how_long(attempt, told, chance))
        told = ""
        try:
            answer = client.post(base + _PATH, json=body, headers=headers)
        except httpx.RequestError as error:
            fault = type(error).__name__
            continue
        if answer.status_code == 200:
            return _changed(answer)
        if answer.status_code != 429 and answer.status_code < 500:
            raise NotTold(f"{base} refuses it ({answer.status_code}): {answer.text[:200]}")
        told = answer.headers.get("retry-after", "")
        fault = fault_of(answer.status_code, told)
    raise SyncError(
        f"{base} could not be told, tried {_TRIES} times: {fault}. Nothing is lost: run it again."
    )


def _changed(answer: httpx.Response) -> int:
    try:
        told = answer.json()
    except ValueError:
        told = None
    return _count(told, "changed")


def _count(told: object, name: str) -> int:
    number = told.get(name) if isinstance(told, dict) else None
    return number if isinstance(number, int) else 0
