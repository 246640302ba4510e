"""The list in memory follows the bank's changes: by a thread of the served process, or by whoever asks."""

from __future__ import annotations

import logging
import threading

from django.conf import settings
from django.db import Error, close_old_connections

from disrupt.hotline.bank.models import BankChange, ChangeKind, EntryState
from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.common.running.in_a_row import InARow
from disrupt.hotline.exchange.door import recently
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.sight import FIELDS, Facts
from disrupt.hotline.exchange.match.held import HOLDER, HeldList, Offered

log = logging.getLogger(__name__)

STEP = 2000
EVERY = 0.2
"""Seconds between two looks at the bank's last number: an entry is found this and some milliseconds later."""
_PATIENCE = 5.0


def step() -> bool:
    """Take in the next changes; False when there are none."""
    with HOLDER.lock:
        held, last = HOLDER.list, last_seq()
        if last < held.seq:  # restored from a backup: what is held may never have been
            held = HeldList()
            _take(held)
            HOLDER.list = held
            return True
        return last > held.seq and _take(held)


def _take(held: HeldList) -> bool:
    fields = ("seq", "kind", "entry_id", "entry__state", "entry__prints", *FIELDS)
    rows = list(BankChange.objects.filter(seq__gt=held.seq).order_by("seq").values_list(*fields)[:STEP])
    held.take(
        Offered(seq, entry, Facts(*facts), prints)
        for seq, kind, entry, state, prints, *facts in rows
        if kind == ChangeKind.ADDED and state == EntryState.ACTIVE
    )
    gone = [entry for _, kind, entry, *_ in rows if kind == ChangeKind.WITHDRAWN]
    added = BankChange.objects.filter(entry__in=gone, kind=ChangeKind.ADDED)
    held.drop(list(added.values_list("seq", flat=True)) if gone else [])
    held.seq = rows[-1][0] if rows else held.seq
    return bool(rows)


class Follower:
    """A thread that keeps up the list, and what is known of keys.

    It begins when somebody asks first, so that no other process pays for it.
    """

    def __init__(self) -> None:
        self._begun = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()

    @property
    def is_ready(self) -> bool:
        """Whether the list is whole, and kept up."""
        return self._ready.is_set()

    def wait(self) -> None:
        """Return when the list is whole. Raises ApiError when that takes longer than a client should wait."""
        if self._ready.is_set():
            return
        with self._begun:
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="match list", daemon=True)
                self._thread.start()
        if not self._ready.wait(_PATIENCE):
            later = {"Retry-After": "5"}
            raise ApiError("unavailable", "The list is being read into memory.", headers=later)

    def _follow(self) -> None:
        pause, lost = threading.Event(), InARow()
        while True:
            try:
                while step():
                    pass
                self._ready.set()
                recently.renew()
                lost.ended()
            except Error as error:
                if lost.failed():
                    log.error("the list to match against cannot be followed: %s", type(error).__name__)
            finally:
                close_old_connections()
            pause.wait(EVERY)


FOLLOWER = Follower()


def current() -> HeldList:
    """The list as the bank was a moment ago. Raises ApiError while it is read for the first time."""
    if settings.MATCH_FOLLOWS:
        FOLLOWER.wait()
    else:
        while step():
            pass
    return HOLDER.list
