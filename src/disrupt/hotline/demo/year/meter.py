"""What the processes of the simulated hotline cost: processor time and memory, as the kernel counts them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024
# Places in /proc/PID/stat after the name (man proc_pid_stat), counted from the state.
_GROUP, _TIMES, _PAGES = 2, slice(11, 15), 21


def groups() -> dict[int, tuple[float, int]]:
    """Of each group of processes: seconds of processor with what has ended in it, and KiB in memory now."""
    found: dict[int, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        seconds, kib = found[int(said[_GROUP])]
        spent = sum(map(int, said[_TIMES])) / _TICKS
        found[int(said[_GROUP])] = (seconds + spent, kib + int(said[_PAGES]) * _PAGE_KIB)
    return dict(found)


class Meter:
    """Reads from time to time; what dies between two readings counts as at the last of them."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[str, int], float] = {}
        self._kib: dict[str, int] = {}

    def read(self, running: Mapping[str, int]) -> None:
        """`running`: the group (the first process's id) of each process by its name."""
        now = groups()
        together: dict[str, int] = defaultdict(int)
        for name, group in running.items():
            seconds, kib = now.get(group, (0.0, 0))
            kind, place = name.partition(".")[0], (name, group)
            self._seconds[place] = max(seconds, self._seconds.get(place, 0.0))
            together[kind] += kib
        for kind, kib in together.items():
            self._kib[kind] = max(kib, self._kib.get(kind, 0))

    def seconds(self) -> dict[str, float]:
        """Of each kind of process, all of its lives together."""
        found: dict[str, float] = defaultdict(float)
        for (name, _group), seconds in self._seconds.items():
            found[name.partition(".")[0]] += seconds
        return {name: round(seconds, 1) for name, seconds in found.items()}

    def most_kib(self) -> dict[str, int]:
        """The most that each kind held at a reading; pages that processes share are counted in each."""
        return dict(self._kib)
