"""A scan whose files are looked up by the machines of a Ray cluster; the rows come back to who asked.

Which file has its row is decided here, by the file of results: after a machine was lost Ray may do some
twice, and may lose some; neither shows.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from disrupt.errors import DisruptError
from disrupt.extras import more_needed
from disrupt.fingerprint import Sandbox
from disrupt.fingerprint.tasks import Sampling
from disrupt.matching import Bank
from disrupt.matching.guessing.plans import Level
from disrupt.matching.health import State
from disrupt.matching.several import named
from disrupt.partner.scan.opening import Carried, NotInstalled
from disrupt.partner.scan.work import Work

TOGETHER = 20_000
"""Files that are handed to the cluster at once; their rows are waited for before the next."""
BATCH = 16
_TRIES = 5


class ClusterGone(DisruptError):
    """The cluster cannot be reached, or loses what it is given; what was done is done."""


@dataclass(frozen=True)
class Asked:
    """What each machine is told: where the banks are there, and how files are looked up."""

    banks: tuple[str, ...]
    level: Level
    radius: int | None
    sampling: Sampling
    state: State


class Looker:
    """Lives in a process of the cluster, with banks mapped and a decoder of its own."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        banks = named([Bank.open(path) for path in asked.banks])
        sandbox = Sandbox(workers=1)
        sandbox.start()
        self._work = Work(banks, asked.level, asked.radius, asked.sampling, False, sandbox)

    def __call__(self, batch: Any) -> dict[str, list[bytes]]:
        """A row, as JSON, for each file of a table of Arrow."""
        names = [_name(row["path"], row["content"]) for row in batch.to_pylist()]
        return {"row": [json.dumps(self._row(name)).encode() for name in names]}

    def _row(self, path: str) -> dict[str, Any]:
        return self._work.row(path, self._work(path), self._asked.state)


def _name(path: bytes, content: bytes | None) -> str:
    name = os.fsdecode(path)
    return name if content is None else Carried.of(name, content)


def check_ray() -> None:
    """Raises NotInstalled."""
    if importlib.util.find_spec("ray") is None:
        raise NotInstalled(f"scanning on a cluster {more_needed('ray')}")


def looked_up(
    address: str, asked: Asked, paths: Iterable[str], note: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """The row of each of these, once, as the cluster finishes them. Raises ClusterGone."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # it would tell its maker
    os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
    import ray

    _reach(address)
    try:
        ray.init(address, log_to_driver=False, configure_logging=False, include_dashboard=None)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ClusterGone(f"{address}: no Ray cluster answers there: {error}") from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    # A machine that is lost is no fault of the files: what it had is done elsewhere.
    context.max_errored_blocks = 0
    try:
        rest = iter(paths)
        while some := list(islice(rest, TOGETHER)):
            yield from _together(asked, some, note)
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Raises ClusterGone where nobody listens: Ray would ask for minutes, and then end this program."""
    host, _, port = address.rpartition(":")
    if host and port.isdigit() and "/" not in host:
        try:
            socket.create_connection((host.strip("[]"), int(port)), 10).close()
        except OSError as error:
            raise ClusterGone(f"{address}: no Ray cluster answers there: {error}") from error


def _together(asked: Asked, paths: list[str], note: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    import ray

    wanted = {os.fsencode(path): path for path in paths}
    fault = ""
    for _ in range(_TRIES):
        try:
            for row in _rows(asked, list(wanted.values())):
                if wanted.pop(os.fsencode(row["path"]), None) is not None:
                    yield row
        except ray.exceptions.UserCodeException as error:
            raise ClusterGone(f"a look-up failed on the cluster: {error.__cause__ or error}") from error
        except ray.exceptions.RayError as error:
            fault = type(error).__name__
            note(f"the cluster lost something ({fault}): {len(wanted)} files are given to it again")
        if not wanted:
            return
    raise ClusterGone(f"the cluster did not finish {len(wanted)} files in {_TRIES} tries: {fault}")


def _rows(asked: Asked, paths: list[str]) -> Iterator[dict[str, Any]]:
    import ray

    items = [
        {"path": os.fsencode(path), "content": path.content if isinstance(path, Carried) else None}
        for path in paths
    ]
    most = max(1, int(ray.cluster_resources().get("CPU", 1)))
    blocks = max(1, min(len(items) // BATCH, 8 * most))
    found = ray.data.from_items(items, override_num_blocks=blocks).map_batches(
        Looker,
        fn_constructor_args=(asked,),
        batch_size=BATCH,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=most),
        num_cpus=1,
    )
    for row in found.iter_rows():
        yield json.loads(row["row"])
