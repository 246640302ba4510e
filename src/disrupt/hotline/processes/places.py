"""Shares a pool's threads among networks: whoever finds none free waits in the lane of their own network.

Nobody is refused: a crowd waits for itself, and a newcomer of another network is next.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

# Who finds every place taken waits so long before one is asked back from the network that holds the most.
PATIENCE = 10.0


@dataclass(frozen=True)
class _Waiting:
    """Somebody without a place, and since when."""

    who: Hashable
    since: float


class Places:
    """`total` places, of which one network holds at most `each`. Not thread-safe: for one thread only."""

    def __init__(self, total: int, each: int, now: Callable[[], float] = time.monotonic) -> None:
        if not 1 <= each <= total:
            raise ValueError("Every network needs a place.")
        self._free, self._each, self._now = total, each, now
        self._held: OrderedDict[Hashable, Hashable] = OrderedDict()
        self._count: Counter[Hashable] = Counter()
        self._lanes: OrderedDict[Hashable, deque[_Waiting]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return sum(len(lane) for lane in self._lanes.values())

    def ask(self, who: Hashable, network: Hashable) -> bool:
        """Whether there is a place now; otherwise `who` waits, and `leave` will name them."""
        if self._free and self._count[network] < self._each and network not in self._lanes:
            self._take(who, network)
            return True
        self._lanes.setdefault(network, deque()).append(_Waiting(who, self._now()))
        return False

    def leave(self, who: Hashable) -> list[Hashable]:
        """Give a place back; returns who has one now, in turn by network. Unknown ones are no error."""
        network = self._held.pop(who, None)
        if network is None:
            return []
        self._free += 1
        self._count[network] -= 1
        if not self._count[network]:
            del self._count[network]
        let_in: list[Hashable] = []
        for lane in list(self._lanes):
            if not self._free:
                break
            if self._count[lane] < self._each:
                queue = self._lanes.pop(lane)
                first = queue.popleft().who
                # The others of this lane stand behind every other network.
                if queue:
                    self._lanes[lane] = queue
                self._take(first, lane)
                let_in.append(first)
        return let_in

    def give_up(self) -> Hashable | None:
        """Of the longest lane, whoever came last: they wait no more. None when nobody waits."""
        if not self._lanes:
            return None
        network = max(self._lanes, key=lambda one: len(self._lanes[one]))
        who = self._lanes[network].pop().who
        if not self._lanes[network]:
            del self._lanes[network]
        return who

    def to_ask_back(self) -> Hashable | None:
        """Who should end, so that somebody of a network that holds fewer need not wait for ever."""
        if self._free or not self._lanes:
            return None
        most = max(self._count, key=lambda one: self._count[one])
        late = self._now() - PATIENCE
        for network, lane in self._lanes.items():
            if lane[0].since < late and self._count[network] + 1 < self._count[most]:
                return next(who for who, theirs in self._held.items() if theirs == most)
        return None

    def _take(self, who: Hashable, network: Hashable) -> None:
        self._free -= 1
        self._count[network] += 1
        self._held[who] = network
