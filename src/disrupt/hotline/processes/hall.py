"""Connections that have no thread: waiting for a request to arrive, or for the client to hang up."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any


class Hall:
    """Who stands in the hall, by network, in the order in which they came. For one thread only."""

    def __init__(self) -> None:
        self._networks: dict[Hashable, OrderedDict[Any, float]] = {}
        self._network: dict[Any, Hashable] = {}

    def __len__(self) -> int:
        return len(self._network)

    @property
    def crowd(self) -> int:
        """How many of one network are here, of the network with the most."""
        return max(map(len, self._networks.values()), default=0)

    def enter(self, who: Any, network: Hashable, until: float) -> None:
        """Somebody comes in, and may stay until then."""
        self._network[who] = network
        self._networks.setdefault(network, OrderedDict())[who] = until

    def stays(self, who: Any, until: float) -> None:
        """Who is here already may stay until then, and counts as having come now."""
        those = self._networks[self._network[who]]
        those[who] = until
        those.move_to_end(who)

    def leave(self, who: Any) -> bool:
        """Somebody goes; whether they were there."""
        network = self._network.pop(who, None)
        if network is None:
            return False
        del self._networks[network][who]
        if not self._networks[network]:
            del self._networks[network]
        return True

    def late(self, now: float) -> list[Any]:
        """Whoever has been here for too long."""
        return [who for those in self._networks.values() for who, until in those.items() if until < now]

    def first_of_the_crowd(self) -> Any | None:
        """Of the network with the most here, the one who came first: a whole request would have arrived."""
        if not self._networks:
            return None
        crowd = max(self._networks, key=lambda network: len(self._networks[network]))
        return next(iter(self._networks[crowd]))
