"""Slows a flood down without refusing anybody: by network, in memory only (docs/adr/0011)."""

from __future__ import annotations

import contextlib
import math
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError

from disrupt.hotline.common import clock
from disrupt.hotline.common.networks import NETWORKS, Network, origin
from disrupt.hotline.common.running.limits import LANE, PAGES

# A family, a class, a telephone network's shared address: so many reports at once are ordinary.
ORDINARY = 20
# One report of a network is forgotten after that long, and then the next.
FORGOTTEN_AFTER = 6.0
# So many reports from everywhere are a busy minute, not a flood; each is forgotten after one second.
BUSY, BUSY_FORGOTTEN_AFTER = 20, 1.0
# Leading zero bits of a SHA-256: about a second on a telephone, and at most about half a minute.
NORMAL_BITS, MOST_BITS = 16, 21
# Without a proof of work, the reports of one network go on one after the other; none waits longer.
APART, LONGEST_WAIT = 1.0, 90.0
# Of one network, so many may be carried out at the same time: each takes a tenth of a second on purpose.
AT_ONCE = 2
_MOST_NETWORKS = 20_000
_FORM = "application/x-www-form-urlencoded"


@dataclass
class _Level:
    """A leaking count, and when the network's last place in the queue is due."""

    count: float = 0.0
    at: float = 0.0
    last: float = 0.0

    def now(self, moment: float, forgotten_after: float) -> float:
        return max(0.0, self.count - max(0.0, moment - self.at) / forgotten_after)

    def add(self, moment: float, forgotten_after: float, reports: int = 1) -> None:
        self.count, self.at = self.now(moment, forgotten_after) + reports, moment


class Gate:
    """Decides whether a report goes on now, works first, or waits a little."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._levels: OrderedDict[Network, _Level] = OrderedDict()
        self._all = _Level()
        self._busy: Counter[Network] = Counter()

    def bits(self, network: Network) -> int:
        """The work to ask of this network now: none when it is calm, then more with each doubling."""
        with self._lock:
            return self._bits(network)

    def _bits(self, network: Network) -> int:
        moment = self._now()
        level = self._levels.get(network)
        here = level.now(moment, FORGOTTEN_AFTER) if level else 0.0
        everywhere = self._all.now(moment, BUSY_FORGOTTEN_AFTER)
        bits = NORMAL_BITS if everywhere > BUSY else 0
        if here >= ORDINARY:
            bits = NORMAL_BITS + int(math.log2(here / ORDINARY))
        return min(bits, MOST_BITS)

    def ask(self, network: Network, worked: int, reports: int = 1) -> float:
        """Valid reports of a network, with a proof of `worked` bits: seconds until they go on (0: now)."""
        with self._lock:
            needed, moment = self._bits(network), self._now()
            level = self._levels.pop(network, None) or _Level()
            self._levels[network] = level
            if len(self._levels) > _MOST_NETWORKS:
                self._levels.popitem(last=False)
            level.add(moment, FORGOTTEN_AFTER, reports)
            # What is asked may have doubled while the person was reading the page.
            if worked >= needed - 1:
                return 0.0
            level.last = min(max(level.last, moment) + reports * APART, moment + LONGEST_WAIT)
            return level.last - moment

    def clear(self) -> None:
        """Forget every network, as a restart does."""
        with self._lock:
            self._levels.clear()
            self._all = _Level()

    @contextmanager
    def place(self, network: Network, reports: int = 1) -> Iterator[bool]:
        """Whether one of the network's places to carry something slow out was free; never blocks."""
        with self._lock:
            free = self._busy[network] < AT_ONCE
            if free:
                self._busy[network] += 1
                # Only what is carried out makes everybody busy: a crowd that waits costs the others nothing.
                self._all.add(self._now(), BUSY_FORGOTTEN_AFTER, reports)
        try:
            yield free
        finally:
            if free:
                with self._lock:
                    self._busy[network] -= 1
                    if not self._busy[network]:
                        del self._busy[network]


GATE = Gate(lambda: clock.now().timestamp())


def network_of(request: HttpRequest) -> Network:
    """The network that a request comes from. What a client says counts behind our own proxy only."""
    return NETWORKS.of(
        origin(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))
    )


class Lanes:
    """Middleware: pages are made for each network in turn, so that a crowd waits for itself.

    A request that brings files is not counted: its body may take minutes, and needs a thread rather than the
    processor (intake.receiving has places of its own).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = LANE.set(network_of(request))
        try:
            if request.method not in {"GET", "HEAD"}:
                if request.content_type != _FORM:
                    return self.get_response(request)
                # Before the place is taken: who sends slowly must not hold it.
                with contextlib.suppress(RequestDataTooBig, UnreadablePostError):
                    _ = request.body
            with PAGES.place():
                return self.get_response(request)
        finally:
            LANE.reset(token)
