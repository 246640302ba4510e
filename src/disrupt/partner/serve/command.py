"""`disrupt serve`: an HTTP matcher, with HMA's look-up paths and better ones."""

from __future__ import annotations

import argparse
import importlib.util
import ipaddress
import os
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path

from disrupt.extras import more_needed
from disrupt.partner.shared.options import LEVELS, add_max_age, positive
from disrupt.partner.shared.said import complain

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}\Z")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--bank",
        action="append",
        required=True,
        metavar="BANK",
        help="a bank's folder, or NAME=FOLDER; repeatable (named after its folder)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    parser.add_argument("--port", type=int, default=8010, help="(%(default)s)")
    parser.add_argument(
        "--workers", type=positive, default=min(os.cpu_count() or 1, 8), help="processes (%(default)s)"
    )
    parser.add_argument("--jobs", type=positive, default=1, help="decoders of each process (%(default)s)")
    parser.add_argument("--level", choices=tuple(LEVELS), default="standard", help="where none is asked for")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="who may ask: `name key` a line")
    parser.add_argument("--open", action="store_true", help="anybody may ask, on any address")
    parser.add_argument(
        "--shadow", action="store_true", help="look up and count, but answer no action but `none`"
    )
    parser.add_argument(
        "--fetch", action="store_true", help="fetch content by its address too, from public hosts only"
    )
    parser.add_argument("--most-mib", type=positive, default=256, help="the largest upload (%(default)s MiB)")
    add_max_age(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until told to end; 2 where it cannot start."""
    if any(importlib.util.find_spec(name) is None for name in ("uvicorn", "python_multipart")):
        complain(more_needed("serve"), who="serve", code="not_installed")
        return 2
    from disrupt.errors import DisruptError
    from disrupt.matching import Bank
    from disrupt.partner.serve import counters
    from disrupt.partner.serve.keys import read_keys
    from disrupt.partner.serve.settings import MIB, Settings

    try:
        banks = named(args.bank)
        if args.keys:
            read_keys(args.keys)
        for path in banks.values():
            Bank.open(path)
    except (DisruptError, ValueError, OSError) as error:
        complain(error, who="serve")
        return 2
    if not args.keys and not args.open and not _is_loopback(args.host):
        complain("name --keys FILE, or --open to answer anybody", who="serve", code="usage")
        return 2
    counted = ""
    with suppress(OSError):  # nowhere to write: each process counts for itself
        counted = counters.new_file()
    Settings(
        banks=banks,
        keys=str(args.keys.resolve()) if args.keys else "",
        level=args.level,
        max_age=args.max_age,
        shadow=args.shadow,
        jobs=args.jobs,
        most_bytes=args.most_mib * MIB,
        fetch=args.fetch,
        counters=counted,
    ).to_environment()
    # What the server does with the signal done, it raises it again: the file of counters goes first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _serve(args)
    finally:
        if counted:
            counters.remove(counted)
    return 0


def _serve(args: argparse.Namespace) -> None:
    import uvicorn

    from disrupt.partner.serve.patience import PatientProtocol, allow_many_connections
    from disrupt.partner.serve.spreading import Spread, sockets_of

    allow_many_connections()
    config = uvicorn.Config(
        "disrupt.partner.serve.app:from_environment",
        factory=True,
        host=args.host,
        port=args.port,
        workers=args.workers,
        access_log=False,  # no address of anybody is written anywhere
        server_header=False,
        date_header=False,
        # A line for each request that is none would let anybody fill the disk.
        log_level="error",
        http=PatientProtocol,
        ws="none",
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=64 * 1024,
        timeout_worker_healthcheck=60,  # on a busy machine a worker may be silent for a while
    )
    # Over one worker as well there is somebody who starts the next: a file that is cut short while it is
    # mapped ends, by a signal, the process that reads there.
    Spread(config, sockets_of(config)).run()


def named(told: list[str]) -> dict[str, str]:
    """Banks by their names. Raises ValueError for a name that is none, or is there twice."""
    banks: dict[str, str] = {}
    for one in told:
        name, equals, path = one.partition("=")
        if not equals:
            name, path = Path(one).resolve().name, one
        if not _NAME.match(name) or name in banks:
            raise ValueError(f"name each bank with letters and digits, once: NAME={path}")
        banks[name] = path
    return banks


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
