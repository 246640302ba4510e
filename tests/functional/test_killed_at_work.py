"""Each process is killed in the midst of its work, as the kernel does when memory is short: it goes on.

The others are in test_oom.py (portal, worker, decoder) and in test_takedown_kills.py (worker, checker).
"""

from __future__ import annotations

import http.server
import json
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.console_scene import add_analyst, shell
from tests.functional.exchange_scene import Exchange
from tests.functional.servers import Hotline
from tests.loopback import answering
from tests.waiting import until

from disrupt.hotline.demo.accounts import Account
from disrupt.hotline.demo.analyst import Analyst
from disrupt.hotline.demo.browser import Browser
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.partner.exchange import Exchange as Asking
from disrupt.partner.exchange import Opinion, Word

pytestmark = pytest.mark.slow
PASSWORD = "correct horse battery staple"

CASES = """
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.cases.opening import Report, open_case
for number in range({many}):
    open_case(Report(str(number), "fr", Reporter.SELF, AgeWhenTaken.ADULT, (f"https://forum.example/{{number}}",)))
"""
# Addresses of which the host was told, each in a message of its own.
TOLD = (
    CASES
    + """
import json
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.decisions.services import qualify
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.answers.matching import key_of
from disrupt.hotline.takedown.models import Notice
for item in Item.objects.all():
    qualify(item, "NCII-DIF", analyst(1))
    services.open_for_item(item, "NCII-DIF", WORKER)
told = Notice.objects.filter(step="host")
told.update(state="sent", sent_at=clock.now())
print(json.dumps([[key_of(notice), notice.reference] for notice in told]))
"""
)
# How often each kind of event is in the ledgers, all of which verify.
EVENTS = """
import json
from collections import Counter
from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Case, LedgerEvent
assert all(ledger.verify(case) == case.ledger.count() for case in Case.objects.all())
print(json.dumps(Counter(LedgerEvent.objects.values_list("kind", flat=True))))
"""


@dataclass
class Kills:
    """Kills of the process that answers, each a moment after a piece of work has begun."""

    site: Hotline
    name: str
    within: float
    draw: random.Random = field(default_factory=lambda: random.Random(7))
    killed: list[int] = field(default_factory=list)

    def soon(self) -> None:
        before = self.killed[-1] if self.killed else 0
        until(lambda: self.site.child(self.name) not in (0, before), f"{self.name} has another child")
        self.killed.append(self.site.child(self.name))
        threading.Timer(self.draw.uniform(0, self.within), self._kill, (self.killed[-1],)).start()

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    def through(self, work: Sequence[Callable[[], object]], *marks: int) -> int:
        """Do each piece until it is done, with a kill in these of them; how many had to be repeated."""
        repeated = 0
        for number, piece in enumerate(work):
            if number in marks:
                self.soon()
            for _ in range(600):
                try:
                    piece()
                    break
                except (httpx.HTTPError, DemoFailed):
                    repeated += 1
                    threading.Event().wait(0.1)
            else:
                raise AssertionError(f"piece {number} is never done:\n{self.site.log(self.name)[-2000:]}")
        assert len(self.killed) == len(marks)
        until(lambda: self.site.child(self.name) not in (0, self.killed[-1]), "the last one is replaced")
        # For an operator, a line that says what may have been the matter.
        for pid in self.killed:
            assert f"(pid:{pid}) was sent SIGKILL! Perhaps out of memory?" in self.site.log(self.name)
        assert "Traceback" not in self.site.log(self.name)
        assert self.site.lives(self.name)
        return repeated


def test_the_exchange_takes_each_word_once(hotline: MakeHotline, tmp_path: Path) -> None:
    exchange = Exchange(hotline, tmp_path)
    exchange.add(*(f"picture {number}" for number in range(12)))
    kills = Kills(exchange.hotline, "exchange", 0.02)
    changed: list[int] = []
    with Asking(exchange.url, exchange.key) as asking:
        entries = [change.id for change in asking.page().changes]

        def tells(entry: str) -> Callable[[], None]:
            return lambda: changed.append(asking.feedback([Word(entry, Opinion.BLOCKED)]).changed)

        kills.through([tells(entry) for entry in entries], 3, 8)
        assert changed == [1] * 12
        assert sum(asking.feedback([Word(entry, Opinion.BLOCKED)]).changed for entry in entries) == 0
    assert exchange.sync().returncode == 0
    exchange.hotline.stop()


def test_the_console_takes_each_decision_once_and_nobody_signs_in_again(hotline: MakeHotline) -> None:
    site = hotline(DISRUPT_ANALYST_PASSWORD=PASSWORD)
    account = Account("alice", PASSWORD, add_analyst(site))
    shell(site, CASES.format(many=6))
    site.start("console")
    kills = Kills(site, "console", 0.5)
    with Analyst(site.url("console"), account) as alice:
        alice.sign_in()

        def decides() -> None:
            """Until nobody waits; what a kill broke off is in the queue again, or was done."""
            list(alice.qualify_all("NCII-DIF"))

        def waits_for_nobody() -> None:
            try:
                while True:
                    decides()
            except DemoFailed as error:
                if "Nothing waits" not in str(error):
                    raise

        kills.through([decides, decides, waits_for_nobody], 0, 1)
    found = json.loads(shell(site, EVENTS))
    assert found["item.qualified"] == 6
    site.stop()


def test_a_host_answers_each_address_once(hotline: MakeHotline) -> None:
    site = hotline(DISRUPT_ANSWERS_URL="https://answers.hotline.example")
    told = json.loads(shell(site, TOLD.format(many=8)))
    assert len(told) == 8
    site.start("answers")
    kills = Kills(site, "answers", 0.02)

    def answers(key: str, reference: str) -> Callable[[], None]:
        def once() -> None:
            with Browser("en") as host:
                page = host.get(f"{site.url('answers')}/a/{key}/")
                assert page.status == 200
                if f"choice-{reference}" in page.html:
                    form = page.form(f"choice-{reference}")
                    page = host.submit(page, form, {f"choice-{reference}": "removed"})
                assert "Answered:" in page.html

        return once

    kills.through([answers(*one) for one in told], 2, 5)
    assert json.loads(shell(site, EVENTS))["notice.decided"] == 8
    site.stop()


@pytest.fixture
def ears() -> Iterator[tuple[str, list[str], threading.Event]]:
    """A program that is told alarms; while the event is not set, it takes its time to say that it heard."""
    heard: list[str] = []
    answers = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.extend(line.partition(": ")[0] for line in body["lines"])
            answers.wait(30)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return None

    with answering(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield f"{address}/alarm", heard, answers
        answers.set()


def test_the_watch_tells_anew_what_may_not_have_been_heard_and_the_rest_once(
    hotline: MakeHotline, ears: tuple[str, list[str], threading.Event]
) -> None:
    address, heard, answers = ears
    site = hotline("watch", DISRUPT_ALERT_WEBHOOK=address, DISRUPT_ALERT_WEBHOOK_PASSWORD="secret")
    until(lambda: "ALARM silent:worker" in heard, "the alarm is told")
    site.kill("watch")
    answers.set()
    first = list(heard)
    site.start("watch")
    until(lambda: len(heard) == 2 * len(first), "it is told again: nobody had said that it was heard")
    assert heard == first * 2
    until(lambda: "alarms" in shell(site, _SIGNS), "it is noted")
    site.kill("watch")
    before = shell(site, _SIGNS)
    site.start("watch")
    until(lambda: shell(site, _SIGNS) != before, "it looks again")
    assert heard == first * 2, "and is not told a third time"
    site.stop()


_SIGNS = """
from disrupt.hotline.common.models import Pulse
print(sorted((pulse.name, str(pulse.at)) for pulse in Pulse.objects.filter(name__in=("alarms", "watch"))))
"""


@contextmanager
def locked(hotline: MakeHotline, folder: Path) -> Iterator[tuple[Hotline, list[str]]]:
    """A hotline whose review key two of two operators bring in, and their keys' files."""
    site = hotline(DISRUPT_ANALYST_PASSWORD=PASSWORD)
    files = [str(folder / f"{who}.key") for who in ("alice", "bob")]
    (folder / "operators").write_text("".join(site.run("backup-key", file).stdout for file in files))
    site.run("review-lock", "--to", str(folder / "operators"), "--needed", "2")
    yield site, files
    site.stop()


def test_a_keyholder_that_is_killed_half_way_has_kept_nothing_and_is_told_anew(
    hotline: MakeHotline, tmp_path: Path
) -> None:
    with locked(hotline, tmp_path) as (site, (alice, bob)):
        socket = site.var / "keyholder.socket"
        site.start("keyholder", "worker")
        until(socket.exists, "the keyholder is there")
        assert "1 of the 2 operators" in site.run("hand-over", "--key", alice).stdout
        until(lambda: "1 of the 2 operators" in site.log("worker"), "the worker waits for the other")
        site.kill("keyholder")
        until(lambda: "no keyholder answers" in _last_line(site, "worker"), "the worker says so")
        site.start("keyholder")
        until(lambda: "0 of the 2 operators" in site.log("worker"), "it has kept nothing")
        assert "1 of the 2 operators" in site.run("hand-over", "--key", bob).stdout
        assert "The review key is here" in site.run("hand-over", "--key", alice).stdout
        until(lambda: "review-key" in shell(site, _WAITS), "the worker has begun to wait")
        until(lambda: "'waits': ''" in shell(site, _WAITS), "it waits no more")
        # Who has the key goes on without the keyholder, and gives it to a child of its own.
        site.start("console")
        site.kill("keyholder")
        killed = site.child("console")
        os.kill(killed, signal.SIGKILL)
        until(lambda: site.child("console") not in (0, killed), "another child")
        until(lambda: _answers(site), "it serves")
        assert site.lives("worker")
        assert "waiting for the review key" not in site.log("console")


_WAITS = """
from disrupt.hotline.common.models import Pulse
print([(pulse.name, pulse.says) for pulse in Pulse.objects.filter(name="review-key")])
"""


def _last_line(site: Hotline, name: str) -> str:
    return (site.log(name).splitlines() or [""])[-1]


def _answers(site: Hotline) -> bool:
    try:
        return httpx.get(f"{site.url('console')}/accounts/login/", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
