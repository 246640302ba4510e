"""Thousands of addresses planned, told, looked at and chased to their end (`python -m benchmarks.chased`).

Real worker and checker, mail and hosts on loopback, the clock moved on whenever nothing is due. Each part is
a hotline of its own and writes what came of it to a file: begun again, the run goes on with the next part. An
accountant compares every address's end with what its host did, and counts messages at the receiving server.
Ends with status 1 where anything is wrong. docs/load.md has the figures.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sqlite3
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.functional.servers import Hotline
from tests.hotline.common.webhost import WebHost

from benchmarks.chased.accountant import account
from benchmarks.chased.hosts import KINDS, POLICE, Host, Post

SEED = """
import json
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions.reading import seen_by_a_person
from disrupt.hotline.decisions.services import qualify
urls = json.loads({urls!r})
for n in range(0, len(urls), 10):
    report = Report(f"{{n:032}}", "fr", Reporter.SELF, AgeWhenTaken.ADULT, urls=tuple(urls[n:n + 10]))
    case = open_case(report).case
    for item in case.items.all():
        qualify(item, "NCII-DIF", analyst(1))
    seen_by_a_person(case)
"""
# Hours between the moments at which all that is due is done: the wait, the first look and the one that agrees
# with it, a day, two, four, seven, eight; after each what confirms it.
STAGES = (6.1, 1.2, 0.7, 24.0, 0.7, 24.0, 0.7, 48.0, 0.7, 72.0, 0.7, 24.0, 0.7)
BACK_AFTER = 3
_BUSY = """
SELECT (SELECT COUNT(*) FROM takedown_notice WHERE state IN ('sending', 'transmitting')
  OR (state = 'scheduled' AND within_id IS NULL AND held = 0 AND waits_for_police = 0 AND due_at <= :now)),
 (SELECT COUNT(*) FROM takedown_target WHERE url <> '' AND (look_at <= :now OR look_claim <> '')),
 (SELECT COUNT(*) FROM cases_item WHERE state IN ('received', 'decided', 'accepted'))
"""


def registry(hosts: list[Host]) -> dict[str, Any]:
    """Each host's mailboxes; it agreed to be called on often, so that waiting is not what is measured."""
    lines = [
        {
            "pattern": host.web.address, "name": f"Host {host.number}", "language": "en", "scope": "host",
            "dsa_tier": "platform", "tested_on": "2026-11-01", "channel": "email", "address": host.mailbox,
            "per_hour": 0, "politeness": {"rps": 10, "concurrency": 1},
            **({"others": [host.second]} if host.kind.second else {}),
        }
        for host in hosts
    ]  # fmt: skip
    police = {"name": "Police", "channel": "email", "address": POLICE, "language": "fr"}
    return {"version": "chased", "notifier": {}, "police": police, "hosts": lines}


def part(number: int, addresses: int, count: int) -> dict[str, object]:
    """One part to its end."""
    began = time.monotonic()
    with ExitStack() as stack:
        post = Post()
        controller = post.start()
        stack.callback(controller.stop)
        hosts = []
        for n in range(count):
            web = WebHost(address=f"127.4.{number}.{n + 1}", poll=1.0)
            stack.enter_context(web)
            hosts.append(Host(list(KINDS)[n % len(KINDS)], n, web))
        post.hosts = {str(host.number): host for host in hosts}
        of = {host.put(n): host for n in range(addresses) for host in (hosts[n % count],)}
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="disrupt-chased-")))
        (var / "recipients.json").write_text(json.dumps(registry(hosts)))
        site = Hotline(
            var,
            DISRUPT_SMTP_HOST="127.0.0.1",
            DISRUPT_SMTP_PORT=str(post.port),
            DISRUPT_RECIPIENTS_FILE=str(var / "recipients.json"),
            DISRUPT_REACHABLE=",".join(f"{host.web.address}:{host.web.port}" for host in hosts),
        )
        stack.callback(site.stop)
        site.run("manage", "shell", "-v", "0", given=SEED.format(urls=json.dumps(list(of))))
        seeded = time.monotonic() - began
        site.start("worker", "checker")
        stages = [_quiet(site)]
        for stage, hours in enumerate(STAGES, 1):
            site.move_clock(hours=hours)
            stages.append(_quiet(site))
            _say(f"part {number}, stage {stage}: {stages[-1]:.0f} s, {len(post.mails)} messages")
            if stage == BACK_AFTER:
                for host in hosts:
                    host.put_back()
        site.stop()
        found = account(var, hosts, of, post)
    seconds = time.monotonic() - began
    return {**found, "hosts": count, "seconds": round(seconds), "seeded": round(seeded),
            "stages": [round(one) for one in stages]}  # fmt: skip


def _quiet(site: Hotline, longest: float = 3600.0) -> float:
    """Wait until nothing is due; the seconds that it took."""
    began, calm = time.monotonic(), 0
    while calm < 2:
        time.sleep(1.0)
        calm = calm + 1 if not any(_busy(site)) else 0
        if time.monotonic() - began > longest:
            raise RuntimeError(f"It does not come to rest: {_busy(site)}")
    return time.monotonic() - began


def _busy(site: Hotline) -> tuple[int, ...]:
    """How many notices, looks and items have something to do now."""
    clock = site.var / "clock"
    moved = dt.timedelta(seconds=float(clock.read_text()) if clock.exists() else 0.0)
    now = (dt.datetime.now(dt.UTC) + moved).strftime("%Y-%m-%d %H:%M:%S.%f")
    connection = sqlite3.connect(f"file:{site.var / 'disrupt.sqlite3'}?mode=ro", uri=True, timeout=60)
    try:
        return tuple(connection.execute(_BUSY, {"now": now}).fetchone())
    finally:
        connection.close()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addresses", type=int, default=500, help="of a part")
    parser.add_argument("--hosts", type=int, default=15, help="of a part")
    parser.add_argument("--parts", type=int, default=20)
    parser.add_argument(
        "--until", type=float, default=float("inf"), help="no part begins after so many seconds"
    )
    parser.add_argument("--file", type=Path, default=Path("chased.json"), help="what came of each part")
    args = parser.parse_args()
    done: dict[str, Any] = json.loads(args.file.read_text()) if args.file.exists() else {}
    began = time.monotonic()
    for number in range(args.parts):
        if str(number) in done or time.monotonic() - began > args.until:
            continue
        done[str(number)] = part(number, args.addresses, args.hosts)
        args.file.write_text(json.dumps(done, indent=1))
    wrong = [why for one in done.values() for why in one["wrong"]]
    total = sum(one["addresses"] for one in done.values())
    print(f"{total} addresses in {len(done)} parts, {sum(one['seconds'] for one in done.values())} s")
    print("\n".join(wrong[:50]) or "every address came to its end")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
