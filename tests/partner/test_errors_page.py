"""docs/errors.md lists every code of the toolkit's errors, in the words of the code, and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import disrupt
from disrupt.errors import DisruptError

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
OPTIONAL = ("tx", "tx_vpdq")  # need what a platform may not have installed


def every(kind: type[DisruptError]) -> Iterator[type[DisruptError]]:
    for one in kind.__subclasses__():
        yield one
        yield from every(one)


def room_of(kind: type[DisruptError]) -> str:
    return "/".join(kind.__module__.split(".")[1:-1])


def test_every_code_is_documented_as_it_is() -> None:
    for package in ("fingerprint", "matching", "protocol", "partner"):
        for module in pkgutil.walk_packages([str(Path(disrupt.__path__[0], package))], f"disrupt.{package}."):
            if module.name.rpartition(".")[2] not in OPTIONAL:
                importlib.import_module(module.name)
    ours = {one for one in every(DisruptError) if not one.__module__.startswith(("disrupt.hotline", "tests"))}
    wanted = {
        (one.code, room_of(one)): " ".join((one.__doc__ or "").split("\n\n")[0].split()) for one in ours
    }
    rows = re.findall(r"^\| `([a-z0-9_]+)` \| ([a-z/]+) \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(wanted) == len(ours), "two errors of a room have one code"
    assert len(rows) == len(ours)
    assert {(code, room): text for code, room, text in rows} == wanted
