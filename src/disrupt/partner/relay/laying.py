"""One list is fetched, verified, and laid page by page into a folder; stop it at any moment, it goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import time
from typing import Any

from disrupt.partner.following.feed_client import FeedClient, SyncError, WentBack
from disrupt.partner.following.naming import proofs_of
from disrupt.partner.following.proof import Forked, Proof, Replayed
from disrupt.partner.following.restored import restored_since
from disrupt.partner.shared.atomic import write_whole
from disrupt.protocol.feed import Malformed, is_entry_id
from disrupt.protocol.taking import pages
from disrupt.protocol.taking.pages import Fetched

A_PAGE = 200
"""Who takes a page in holds the bank's turn for so many entries."""
MOST_WAITING = 50
# The group that both accounts are in reads and removes.
_FILE, _FOLDER = 0o660, 0o770


class Waits(SyncError):
    """So many pages wait to be taken in that no more are fetched."""


@dataclass(frozen=True)
class State:
    """How far a list is fetched; `checkpoint`: one that is no hotline's feed. `anew`: all is being read
    again. `fetched`: when its end was reached last (seconds since 1970). `error`: what is wrong now."""

    cursor: int = 0
    round: int = 0
    anew: bool = False
    checkpoint: dict[str, Any] = field(default_factory=dict)
    pages: int = 0
    fetched: float = 0.0
    error: str = ""

    @classmethod
    def load(cls, folder: Path) -> State:
        """What was kept in a source's folder. Raises SyncError."""
        try:
            return cls(**json.loads((folder / pages.STATE).read_bytes()))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, TypeError, RecursionError):
            raise SyncError(f"{folder / pages.STATE} cannot be read: it holds how far the list is.") from None

    def save(self, folder: Path) -> State:
        write_whole(folder / pages.STATE, json.dumps(asdict(self)), _FILE)
        return self


def make_folder(folder: Path) -> None:
    """Make the folder of a source, for who fetches and who takes in."""
    for path in (folder, folder / pages.PAGES):
        path.mkdir(mode=_FOLDER, parents=True, exist_ok=True)


def lay(folder: Path, state: State, page: Fetched, cursor: int) -> State:
    """Put a page in its place, then move the cursor; one that is laid twice changes nothing the second time.

    Raises Waits.
    """
    if len(pages.waiting(folder)) >= MOST_WAITING:
        raise Waits(f"{MOST_WAITING} pages wait in {folder}: is the process `taking` running?")
    number = state.pages
    if page.changes or page.whole or page.malformed:
        write_whole(folder / pages.PAGES / pages.name_of(number), page.to_json(), _FILE)
        number += 1
    return replace(state, cursor=cursor, pages=number, anew=state.anew and not page.whole).save(folder)


def asked_again(folder: Path, state: State) -> State:
    """Everything is read anew where who takes in has asked for it."""
    if not (folder / pages.AGAIN).exists():
        return state
    fresh = replace(state, cursor=0, checkpoint={}, round=state.round + 1, anew=True).save(folder)
    (folder / pages.AGAIN).unlink(missing_ok=True)
    return fresh


def fetch(client: FeedClient, folder: Path, log_keys: Sequence[str] = ()) -> State:
    """Lay down everything that is new of a hotline's feed, each page verified. Raises SyncError, OSError.

    Where the hotline restored a backup, and says so signed, everything is read anew.
    """
    make_folder(folder)
    state = asked_again(folder, State.load(folder))
    proof = Proof.load(folder, log_keys)
    if state.anew and state.cursor == 0:
        proof = proof.anew()
    try:
        state = _follow(client, folder, state, proof)
    except (WentBack, Replayed, Forked):
        if restored_since(client, Proof.load(folder, log_keys)) is None:
            raise
        client.forget()
        state = replace(State.load(folder), cursor=0, round=state.round + 1, anew=True).save(folder)
        state = _follow(client, folder, state, Proof.load(folder, log_keys).anew())
    return replace(state, fetched=time(), error="").save(folder)


def _follow(client: FeedClient, folder: Path, state: State, proof: Proof) -> State:
    hotline = _name(client)
    more, end = True, None
    while more:
        page = client.page(state.cursor, A_PAGE)
        if page is None:
            break
        proof.check(client.base, page, state.cursor, proofs_of(client))
        proof.save()
        end = page.last if end is None else end
        more = page.more and page.next < end
        changes = tuple(change for change in page.changes if not isinstance(change, Malformed))
        whole = state.anew and not more
        fetched = Fetched(hotline, changes, state.round, whole, len(page.changes) - len(changes))
        state = lay(folder, state, fetched, page.next)
    return state


def _name(client: FeedClient) -> str:
    said: Any = client.ask("/v1/log")
    name = said.get("hotline") if isinstance(said, dict) else None
    if not isinstance(name, str) or not is_entry_id(name):
        raise SyncError(f"{client.base} does not say which hotline it is: it is of an older version.")
    return name
