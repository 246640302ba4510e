"""`kill -9` of worker and checker at random moments (`python -m benchmarks.takedown_kills`).

Mail and hosts stand on loopback. Every address is to be told to the police, to its host, and reminded of as
the plan has it. The mail server counts: ends with status 1 where a message is missing, came twice, or an
address was told twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.functional.nest import Nest
from tests.functional.servers import Hotline
from tests.hotline.common.webhost import WebHost, page
from tests.hotline.takedown.postmaster import Postmaster

SEED = """
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions.services import qualify
for n, url in enumerate({urls!r}):
    report = Report(f"{{n:032}}", "fr", Reporter.SELF, AgeWhenTaken.ADULT, urls=(url,))
    for item in open_case(report).case.items.all():
        qualify(item, "NCII-DIF", analyst(1))
"""
POLICE = "pharos@police.example"
REMINDERS = 3
# A step of the calm after the kills, and how many of them the whole plan takes at most.
_STEP_HOURS, _MOST_STEPS, _QUIET = 6.0, 60, 60.0


class SlowPost(Postmaster):
    """A mail server that takes its time in each stage, so that a kill falls into each of them."""

    async def _stage(self, name: str, server: Any) -> str | None:
        await asyncio.sleep(0.03)
        return await super()._stage(name, server)


@dataclass(frozen=True)
class Outcome:
    """What the mail server and the rows say at the end."""

    addresses: int
    kills: int
    seconds: float
    messages: int
    doubts: int
    missing: int
    told_twice: int
    same_twice: int

    @property
    def wrong(self) -> int:
        return self.missing + self.told_twice + self.same_twice


def recipients(hosts: list[WebHost]) -> dict[str, Any]:
    """Each host's mailbox; nothing is paced, so that the kills fall among many mails."""
    return {
        "version": "kills",
        "notifier": {},
        "police": {"name": "Police", "channel": "email", "address": POLICE, "language": "fr"},
        "hosts": [
            {
                "pattern": host.address,
                "name": f"Host {number}",
                "channel": "email",
                "address": f"abuse@host{number}.example",
                "language": "en",
                "scope": "host",
                "tested": "2026-11-01",
                "dsa_tier": "platform",
                "bulk_max": 2,
                "per_hour": 0,
            }
            for number, host in enumerate(hosts)
        ],
    }


def run(kills: int, addresses: int, hosts: int, seed: int = 1) -> Outcome:
    """One run, in a folder of its own."""
    post, began = SlowPost(), time.monotonic()
    with ExitStack() as stack:
        controller = post.start()
        stack.callback(controller.stop)
        there = page("<title>A gallery</title><img src=/own.jpg><p>" + "words of a page " * 60)
        standing = []
        for number in range(hosts):
            host = WebHost(address=f"127.3.0.{number + 1}")
            standing.append(stack.enter_context(host))
        urls = []
        for number in range(addresses):
            host = standing[number % hosts]
            host.pages[f"/view/{number}"] = there
            urls.append(host.url(f"/view/{number}"))
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="disrupt-kills-")))
        registry = var / "recipients.json"
        registry.write_text(json.dumps(recipients(standing)))
        site = Hotline(
            var,
            DISRUPT_SMTP_HOST="127.0.0.1",
            DISRUPT_SMTP_PORT=str(post.port),
            DISRUPT_RECIPIENTS_FILE=str(registry),
            DISRUPT_REACHABLE=",".join(f"{host.address}:{host.port}" for host in standing),
        )
        site.run("manage", "shell", "-v", "0", "-c", SEED.format(urls=urls))
        worker = stack.enter_context(Nest(site, "worker"))
        checker = stack.enter_context(Nest(site, "checker"))
        _kill(site, worker, checker, kills, random.Random(seed))
        doubts = _calm(site, worker, post)
    return _counted(post, urls, kills, doubts, time.monotonic() - began)


def _kill(site: Hotline, worker: Nest, checker: Nest, kills: int, chance: random.Random) -> None:
    """Kill one or the other at random; the clock moves on, so that every step has its turn."""
    hours = iter((7.0, 25.0, 25.0, 49.0))
    for number in range(1, kills + 1):
        time.sleep(chance.uniform(0.02, 0.7))
        one = worker if chance.random() < 0.7 else checker
        one.kill()
        if number % max(1, kills // 4) == 0:
            # Nobody is in the middle of a mail while an hour passes in no time.
            other = checker if one is worker else worker
            other.kill()
            site.move_clock(hours=next(hours, 1.0))
            other.go()
        one.go()


def _calm(site: Hotline, worker: Nest, post: Postmaster) -> int:
    """Let all come to its end, a person seeing to what is in doubt; how much that was."""
    doubts = 0
    for _ in range(_MOST_STEPS):
        limit = time.monotonic() + _QUIET
        while (found := worker.settle([str(m.message["Message-ID"]) for m in post.mails]))["busy"]:
            if time.monotonic() > limit:
                # What a dead worker had begun waits for its time.
                break
            time.sleep(0.1)
            if _only_left_behind(site, post):
                break
        doubts += found["doubts"]
        if not found["busy"] and not found["doubts"] and not found["left"]:
            return doubts
        site.move_clock(hours=_STEP_HOURS if not found["doubts"] else 0.0)
    return doubts


def _only_left_behind(site: Hotline, post: Postmaster) -> bool:
    """Whether nothing has reached the mail server for a while."""
    before = len(post.mails)
    time.sleep(1.0)
    return len(post.mails) == before


def _counted(post: Postmaster, urls: list[str], kills: int, doubts: int, seconds: float) -> Outcome:
    told: Counter[tuple[str, str, str]] = Counter()
    names: Counter[str] = Counter()
    for mail in post.mails:
        data = json.loads(next(mail.message.iter_attachments()).get_content())
        words = str(mail.message["Subject"]).split()
        kind = f"reminder {words[2].rstrip(':')}" if words[1] == "Reminder" else "notice"
        names[str(mail.message["Message-ID"])] += 1
        for where in data["urls"]:
            told[(mail.recipients[0] if mail.recipients[0] == POLICE else "host", kind, where["exact"])] += 1
    wanted = {(POLICE, "notice", url) for url in urls} | {("host", "notice", url) for url in urls}
    wanted |= {("host", f"reminder {n + 1}", url) for n in range(REMINDERS) for url in urls}
    return Outcome(
        addresses=len(urls),
        kills=kills,
        seconds=seconds,
        messages=len(post.mails),
        doubts=doubts,
        missing=len(wanted - told.keys()),
        told_twice=sum(n > 1 for n in told.values()) + len(told.keys() - wanted),
        same_twice=sum(n > 1 for n in names.values()),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--addresses", type=int, default=40)
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    found = run(args.kills, args.addresses, args.hosts, args.seed)
    print(found)
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
