"""Reported addresses on hosts of every badness, and a real checker (`python -m benchmarks.takedown_load`).

Each host stands on an address of loopback of its own and counts what comes to it: fast and slow ones, errors,
tarpits in the head, the body and the handshake, loops, redirects into our own walls, endless bodies, bombs,
broken TLS, odd encodings, hosts that flap, nonsense, and five kinds of pages that say without a 404 that
nothing is there. The checker may be killed (SIGKILL) meanwhile. `--calm` leaves the tarpits out, to compare
the fast hosts' times. Ends with status 1 where an address is judged wrongly, or a host was called impolitely.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import itertools
import json
import random
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.functional.servers import Hotline
from tests.hotline.common.webhost import Script, WebHost, drip, page, redirect

WORDS = (
    "<title>A gallery</title><img src=/own-{n}.jpg><p>" + "words of a page with a picture of its own " * 30
)
ODD = b"<title>\xff\xfe words</title><p>" + b"caf\xe9 \xed\xa0\x80 words of a page \x00 " * 60
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
# By the rules two calls on a host lie two seconds apart; the clocks' own grain is allowed for.
APART = 1.9


@dataclass(frozen=True)
class Kind:
    """One kind of host: what it does, and how its addresses may be judged."""

    script: Script
    right: frozenset[str]
    otherwise: Script | None = None
    silent: Script | None = None
    scheme: str = "http"


def _slowly(script: Script, seconds: float) -> Script:
    def answer(client: socket.socket) -> None:
        time.sleep(seconds)
        script(client)

    return answer


def _in_turn(*scripts: Script) -> Script:
    """Each caller gets the next one."""
    turns = itertools.cycle(scripts)
    lock = threading.Lock()

    def answer(client: socket.socket) -> None:
        with lock:
            script = next(turns)
        script(client)

    return answer


def kinds(*, calm: bool = False) -> dict[str, Kind]:
    """Every kind, by its name; `calm`: without those that hold on to their caller."""
    return {name: kind for name, kind in _kinds().items() if not (calm and name.startswith("tarpit"))}


def _kinds() -> dict[str, Kind]:
    live, bomb = page(WORDS), gzip.compress(b"0" * 50_000_000)
    unseen = frozenset({"unknown"})
    front = page("<title>The site</title><p>" + "the same words on every page " * 40)
    return {
        "fast": Kind(live, frozenset({"live"})),
        "fast gone": Kind(page("", "404 Not Found"), frozenset({"gone"})),
        "slow": Kind(_slowly(live, 3.0), frozenset({"live"})),
        "errors": Kind(page("", "500 Sorry"), unseen),
        "tarpit, head": Kind(drip(b"HTTP/1.1 200 OK\r\n", b"X"), unseen),
        "tarpit, body": Kind(drip(HEAD + b"\r\n", b"x"), unseen),
        "tarpit, chunks": Kind(drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), unseen),
        "tarpit, TLS": Kind(live, unseen, silent=drip(b"\x16\x03\x03\x40\x00", b"\x02"), scheme="https"),
        "bad TLS": Kind(live, unseen, silent=page("no TLS here"), scheme="https"),
        "bad encoding": Kind(page(ODD, Content_Type="text/html; charset=x-none"), frozenset({"live"})),
        "flapping": Kind(_in_turn(live, page("", "503 Busy")), frozenset({"live"})),
        "loop": Kind(redirect("/loop"), unseen),
        "into our walls": Kind(redirect("http://10.0.0.1/"), frozenset({"person"})),
        "endless body": Kind(drip(HEAD + b"\r\n", b"<p>words of a page " * 4000, 0.0), frozenset({"live"})),
        "bomb": Kind(page(bomb, Content_Encoding="gzip"), frozenset({"live", "unknown"})),
        "nonsense": Kind(drip(b"\x16\x03\x01 nothing\r\n\r\n", b"\x00"), unseen),
        "soft: title": Kind(page("<title>Page not found</title>"), frozenset({"soft_404"})),
        "soft: words": Kind(page("<p>This post has been deleted."), frozenset({"soft_404"})),
        "soft: to a search": Kind(redirect("/search"), frozenset({"soft_404"}), front),
        "soft: to the root": Kind(redirect("/"), frozenset({"soft_404"}), front),
        "soft: like any other": Kind(front, frozenset({"soft_404"}), front),
    }


SEED = """
import datetime as dt, json
from disrupt.hotline.common import clock
from disrupt.hotline.takedown.models import Target
now = clock.now()
urls = json.loads({urls!r})
of = lambda url: url.split("/")[2].split(":")[0]
Target.objects.bulk_create(
    Target(digest=str(n), url=url, host=of(url), site=of(url), created_at=now, anchor_at=now, look_at=now)
    for n, url in enumerate(urls)
)
"""
STATE = """
SELECT t.url, c.seen, MIN(c.at), t.look_at FROM takedown_target t
LEFT JOIN takedown_check c ON c.target_id = t.id GROUP BY t.id
"""


def shell(site: Hotline, script: str) -> str:
    """Run a script in the hotline's own settings."""
    command = [sys.executable, "-m", "disrupt.hotline", "manage", "shell", "--verbosity", "0"]
    done = subprocess.run(
        command, input=script, env=site.environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def _memory(pid: int) -> int:
    """KiB that a process holds now."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0


def _rows(folder: Path) -> list[tuple[str, str, float, float]]:
    """Each address with what the first look saw, when that was, and how long it rests."""
    connection = sqlite3.connect(f"file:{folder / 'disrupt.sqlite3'}?mode=ro", uri=True)
    try:
        found = connection.execute(STATE).fetchall()
    finally:
        connection.close()
    return [(url, seen or "", _seconds(at), _seconds(rest) - time.time()) for url, seen, at, rest in found]


def _seconds(text: str | None) -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp() if text else 0.0


def _done(rows: list[tuple[str, str, float, float]]) -> bool:
    """Everything was looked at, or is at rest because its host failed again and again."""
    return all(seen or rest > 3600 for _url, seen, _at, rest in rows)


def run(addresses: int, hosts: int, kills: int, longest: float, *, calm: bool = False) -> int:
    """One run; returns how many things were wrong."""
    named = kinds(calm=calm)
    standing: list[tuple[str, WebHost]] = []
    for number in range(hosts):
        name = list(named)[number % len(named)]
        kind = named[name]
        host = WebHost(otherwise=kind.otherwise or page("Not here", "404 Not Found"))
        host.silent, host.poll = kind.silent, 1.0
        host.address = f"127.1.{number // 250}.{number % 250 + 1}"
        standing.append((name, host.__enter__()))
    try:
        return _run(named, standing, addresses, kills, longest)
    finally:
        for _name, host in standing:
            host.__exit__()


def _run(
    named: dict[str, Kind], standing: list[tuple[str, WebHost]], addresses: int, kills: int, longest: float
) -> int:
    urls, of = [], {}
    for number in range(addresses):
        name, host = standing[number % len(standing)]
        path = "/loop" if name == "loop" else f"/view/{number}"
        own = name in {"fast", "slow"}
        host.pages[path] = _own(named[name].script, name, number) if own else named[name].script
        url = host.url(path + (f"?n={number}" if name == "loop" else ""))
        url = url.replace("http", named[name].scheme, 1)
        urls.append(url)
        of[url] = name
    with tempfile.TemporaryDirectory(prefix="disrupt-load-") as folder:
        reachable = ",".join(f"{host.address}:{host.port}" for _name, host in standing)
        site = Hotline(Path(folder), DISRUPT_REACHABLE=reachable, DISRUPT_SMTP_PORT="1")
        shell(site, SEED.format(urls=json.dumps(urls)))
        site.start("checker")
        began, held, killed = time.time(), [], 0
        moments = sorted(random.Random(1).uniform(5, 60) for _ in range(kills))
        while True:
            time.sleep(5.0)
            if moments and time.time() - began > moments[0]:
                moments.pop(0)
                site.kill("checker")
                site.start("checker")
                killed += 1
            held.append(_memory(site.pid("checker")) // 1024)
            rows = _rows(Path(folder))
            looked = sum(bool(row[1]) for row in rows)
            print(
                f"{time.time() - began:.0f} s: {looked} of {len(rows)} looked at", file=sys.stderr, flush=True
            )
            if _done(rows) or time.time() - began > longest:
                break
        took = time.time() - began
        site.stop()
    return _told(named, standing, of, rows, began, took, held, killed)


def _own(script: Script, name: str, number: int) -> Script:
    """A page with a picture of its own: content of its own, however alike the words around it."""
    one = page(WORDS.replace("{n}", str(number)))
    return _slowly(one, 3.0) if name == "slow" else one


def _told(
    named: dict[str, Kind],
    standing: list[tuple[str, WebHost]],
    of: dict[str, str],
    rows: list[tuple[str, str, float, float]],
    began: float,
    took: float,
    held: list[int],
    killed: int,
) -> int:
    wrong = 0
    memory = f"{max(held)} MiB at most ({', '.join(str(one) for one in held[:: max(1, len(held) // 8)])})"
    print(f"{len(rows)} addresses, {len(standing)} hosts, {killed} kills: {took:.0f} s, {memory}\n")
    print("| host | addresses | looked at | at rest | judged rightly | first look: median, p95 (s) |")
    print("|---|---|---|---|---|---|")
    for name, kind in named.items():
        mine = [row for row in rows if of[row[0]] == name]
        seen = [row for row in mine if row[1]]
        good = sum(row[1] in kind.right for row in seen)
        rest = sum(not row[1] and row[3] > 3600 for row in mine)
        # What could not be seen in time is looked at again, and is no judgement.
        wrong += sum(row[1] not in kind.right | {"unknown"} for row in seen) + len(mine) - len(seen) - rest
        late = sorted(row[2] - began for row in seen)
        shown = f"{statistics.median(late):.0f}, {late[int(0.95 * (len(late) - 1))]:.0f}" if late else "-"
        print(f"| {name} | {len(mine)} | {len(seen)} | {rest} | {good} | {shown} |")
        if good != len(seen):
            print(f"  wrong: {Counter(row[1] for row in seen if row[1] not in kind.right)}", file=sys.stderr)
    gaps, crowds = [], 0
    for name, host in standing:
        times = [at for at, _path in host.came]
        # A redirect within a site is followed after its pause as well.
        gaps += [(later - before, name) for before, later in itertools.pairwise(times)]
        crowds += host.most_at_once > 1
    close = [gap for gap in gaps if gap[0] < APART]
    print(f"\nclosest two calls on one host: {min(gaps)[0]:.2f} s; hosts called twice at once: {crowds}")
    # Who was killed in the middle of a call has left its host waiting: that call is over when its lease is.
    return wrong + (0 if killed else len(close) + crowds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addresses", type=int, default=600)
    parser.add_argument("--hosts", type=int, default=60)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--calm", action="store_true", help="without tarpits")
    parser.add_argument("--longest", type=float, default=1800.0, help="seconds")
    args = parser.parse_args()
    return 1 if run(args.addresses, args.hosts, args.kills, args.longest, calm=args.calm) else 0


if __name__ == "__main__":
    sys.exit(main())
