"""The rows of a scan: looked up by this machine, in order, or by a cluster, as it finishes them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from disrupt.fingerprint import FingerprintError, Sandbox
from disrupt.partner.hash import in_order
from disrupt.partner.shared.said import complain

if TYPE_CHECKING:
    from disrupt.matching.health import State
    from disrupt.partner.scan.prints import Prints


def here(
    args: argparse.Namespace,
    banks: dict[str, Any],
    state: State,
    sandbox: Sandbox,
    paths: Iterator[str],
    prints: Prints | None,
) -> Iterator[tuple[dict[str, Any], Any]]:
    """The row of each file, and its prints."""
    from disrupt.partner.scan.work import Work

    work = Work(banks, args.level, args.radius, args.sampling, prints is not None, sandbox)
    for path, done in in_order(work, paths, args.jobs):
        if isinstance(done.outcome, FingerprintError):
            complain(done.outcome, path=path)
        yield work.row(path, done, state), done.prints


def by_cluster(
    args: argparse.Namespace, state: State, paths: Iterator[str]
) -> Iterator[tuple[dict[str, Any], Any]]:
    """The same by a cluster, as it finishes them."""
    from disrupt.partner.scan.on_ray import Asked, looked_up

    asked = Asked(
        tuple(str(Path(bank).resolve()) for bank in args.bank), args.level, args.radius, args.sampling, state
    )
    for row in looked_up(args.ray, asked, paths, lambda words: complain(words, who="scan")):
        if "error" in row:
            complain(row["error"]["message"], path=row["path"], code=row["error"]["code"])
        yield row, None
