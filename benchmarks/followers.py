"""Idle followers of one exchange process (`python -m benchmarks.followers --followers 1000`).

Each has a connection of its own that waits for news, as `disrupt sync --watch` does. Told are the memory and
the processor time that they cost the process while nothing happens, and how soon each has the next change.
"""

from __future__ import annotations

import argparse
import resource
import selectors
import socket
import tempfile
import time
from pathlib import Path

from tests.functional.exchange_scene import Exchange
from tests.functional.servers import Hotline

from benchmarks.exchange_load import processor_seconds


def memory(pid: int) -> float:
    """What a process and its children hold for themselves, in MiB."""
    children = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    total = 0
    for one in (pid, *children):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Private"))
    return total / 1024


def keys_of(exchange: Exchange, number: int) -> list[str]:
    """So many keys: one may not ask for a thousand at once."""
    made = [exchange.key]
    for n in range(1, number):
        file = exchange.folder / f"key-{n}"
        exchange.hotline.run("manage", "partner", "key", "issue", "Platform", "--key-file", str(file))
        made.append(file.read_text().strip())
    return made


def ask(exchange: Exchange, after: int, key: str) -> socket.socket:
    """A follower, whose request has been sent."""
    connection = socket.create_connection(("127.0.0.1", exchange.hotline.ports["exchange"]), timeout=120)
    line = f"GET /v1/feed?after={after}&wait=25 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    connection.sendall(f"{line}Authorization: Bearer {key}\r\nConnection: close\r\n\r\n".encode())
    return connection


def answered(waiting: list[socket.socket], began: float) -> list[float]:
    """The seconds after which each had its answer whole."""
    selector, took = selectors.DefaultSelector(), list[float]()
    begun = set[int]()
    for one in waiting:
        one.setblocking(False)
        selector.register(one, selectors.EVENT_READ)
    while selector.get_map():
        for key, _ in selector.select(60):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            said = connection.recv(1 << 20)
            if connection.fileno() not in begun:
                assert said.startswith(b"HTTP/1.1 200"), said[:200]
                begun.add(connection.fileno())
            if not said:
                took.append(time.monotonic() - began)
                selector.unregister(connection)
                connection.close()
    return sorted(took)


def main() -> int:
    """Measure, and print a few lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--followers", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=15, help="how long nothing happens; below 25")
    args = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (args.followers + 200, hard))
    with tempfile.TemporaryDirectory() as folder:
        exchange = Exchange(lambda *names: Hotline(Path(folder) / "hotline").start(*names), Path(folder))
        try:
            exchange.add("one")
            pid = exchange.hotline.pid("exchange")
            keys = keys_of(exchange, args.followers // 250 + 1)
            answered([ask(exchange, 0, key) for key in keys], time.monotonic())
            before = memory(pid)
            waiting = [ask(exchange, 1, keys[n % len(keys)]) for n in range(args.followers)]
            time.sleep(1)
            held, used = memory(pid), processor_seconds(pid)
            time.sleep(args.seconds)
            idle = (processor_seconds(pid) - used) / args.seconds
            print(
                f"{args.followers} wait: {before:.0f} MiB before, {held:.0f} now; {idle:.1%} of a processor"
            )
            used = processor_seconds(pid)
            exchange.add("two")
            took = answered(waiting, time.monotonic())
            spent = processor_seconds(pid) - used
            print(
                f"told {took[0]:.2f} s after the change is committed, half by {took[len(took) // 2]:.2f} s, "
                f"all by {took[-1]:.2f} s; {1000 * spent / len(took):.1f} ms of processor each"
            )
        finally:
            exchange.hotline.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
