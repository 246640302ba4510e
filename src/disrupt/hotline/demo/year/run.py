"""`disrupt-hotline simulate`: the year itself, step by step, and what the accountant says at its end."""

from __future__ import annotations

import datetime as dt
import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from disrupt.hotline.demo import recipients
from disrupt.hotline.demo.accounts import Account, account
from disrupt.hotline.demo.browser import Browser
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.site import Ports, Site
from disrupt.hotline.demo.year import accountant, persons
from disrupt.hotline.demo.year.books import Books, waits
from disrupt.hotline.demo.year.desk import Desk
from disrupt.hotline.demo.year.diary import Diary, Line
from disrupt.hotline.demo.year.patience import Again
from disrupt.hotline.demo.year.plan import Person, people
from disrupt.hotline.demo.year.wish import Told, Wish
from disrupt.hotline.demo.year.world import World, text_of
from disrupt.hotline.operating.backup import seals

_KILLED = ("worker", "portal", "checker", "exchange", "console")
_SETTLES_WITHIN = 120.0
_WARM = (sys.executable, "-m", "disrupt.cli", "warm")
_YEARS = str(3 * 366 * 86400)
_TAIL_DAYS = 3


class Year:
    """One simulated year in a folder of its own."""

    def __init__(self, wish: Wish, var: Path, base_port: int) -> None:
        self.wish, self.var = wish, var
        registry = var / "recipients.json"
        recipients.write(registry)
        self.store, self.keystore = var / "kept" / "store", var / "kept" / "keystore"
        self.hotline = var / "hotline"
        self.hotline.mkdir(mode=0o700)
        changes = {
            "DISRUPT_RECIPIENTS_FILE": str(registry),
            "DISRUPT_BEHIND_PROXY": "1",
            "DISRUPT_SECOND_OPINIONS": "0",
            "DISRUPT_CONSOLE_SESSION_SECONDS": _YEARS,
            "DISRUPT_CONSOLE_IDLE_SECONDS": _YEARS,
            "DISRUPT_STORE": str(self.store),
            "DISRUPT_KEYSTORE": str(self.keystore),
            "DISRUPT_CLOCK_FILE": str(var / "clock"),
            "DISRUPT_ERASURES": str(var / "erasures.log"),
            "DISRUPT_DATABASE": wish.database,
        }
        self.ports = Ports.from_base(base_port)
        self.ports.check_free()
        self.site = Site(self.hotline, self.ports, changes, wish.workers)
        self.world = World(self.ports.host, self.ports.smtp)
        self.diary, self.told = Diary(), Told()
        self.books = Books(self.hotline, self.keystore, wish.database)
        self.draw = random.Random(wish.seed)  # noqa: S311  # made up again from its seed
        self.plan = people(wish.reports, wish.days, wish.seed)
        self.junk = [person.number for person in self.plan if person.junk]
        self.hour = 0.0
        self.portal_killed = 0

    def run(self) -> Told:
        """Live through it. Raises DemoFailed where somebody cannot do what a person must be able to do."""
        began = time.monotonic()
        with self.world, self.site as site:
            # Else the first analyst waits until the console has compiled its loops, minutes where it is busy.
            subprocess.run(_WARM, env=site.environ(), check=True, stdout=subprocess.DEVNULL)
            site.run("init")
            accounts = [self._account(f"analyst{n}") for n in range(self.wish.analysts)]
            key_file = self.var / "partner.key"
            scopes = ("exchange:feed:read", "exchange:minors:read")
            site.run("manage", "partner", "add", "partner", "--scopes", *scopes, "--key-file", str(key_file))
            site.start_all()
            desks = [Desk(site.console, account, Browser("en", transport=Again())) for account in accounts]
            for desk in desks:
                desk.sign_in()
            for until in self._steps():
                self._step(until, desks)
            self._close(key_file.read_text().strip())
            for desk in desks:
                desk.__exit__()
        self.told.seconds = round(time.monotonic() - began, 1)
        return self.told

    def _account(self, name: str) -> Account:
        return account(name, self.site.run("manage", "analyst", "add", name, "--minors"))

    def _steps(self) -> Iterator[float]:
        hour, end = 0.0, (self.wish.days + _TAIL_DAYS) * 24.0
        while hour < end:
            hour = min(hour + self.wish.step_hours, end)
            yield hour

    def _step(self, until: float, desks: list[Desk]) -> None:
        killer = self._killer()
        for person in self.plan:
            if self.hour <= person.hour < until:
                self._report(person)
        for person in self.plan:
            self._later(person, until)
        if killer:
            killer.join()
        most = max(1, round(self.wish.cases_an_hour * (until - self.hour)))
        last = until > self.wish.days * 24
        for desk in desks:
            self.told.decided += desk.work(10**6 if last else most, self.diary, self.junk, until)
        middle = self.wish.days * 12.0
        if self.wish.restore and self.hour <= middle < until:
            self._restore(desks)
        if self.hour <= self.wish.days * 18.0 < until:
            self.site.run("rotate", "review")
            self.site.run("rotate", "review", "--finish")
            self.told.rotated += 1
        self._move(until)
        self._settle()
        self.world.read_mail()
        if int(self.hour) % 96 < self.wish.step_hours:
            self.world.put_back()

    def _killer(self) -> threading.Thread | None:
        """Sometimes a process dies while people press."""
        if self.draw.random() >= self.wish.kills:
            return None
        name, after = self.draw.choice(_KILLED), self.draw.random()

        def kill() -> None:
            threading.Event().wait(after)
            self.site.kill(name)
            self.told.kills += 1
            self.portal_killed += name == "portal"

        thread = threading.Thread(target=kill)
        thread.start()
        return thread

    def _report(self, person: Person) -> None:
        line = self.diary.of(person.number)
        line.sent_at = person.hour
        line.priority = "threat" if person.threat else "minor" if person.minor else "other"
        persons.report(self.site.portal, person, self.world.url(person.number), line)

    def _later(self, person: Person, until: float) -> None:
        line = self.diary.lines.get(person.number)
        if line is None or not line.code:
            return
        here = (self.hour, until)
        if _within(person.adds, here):
            url = self.world.url(person.number, 2)
            persons.add(self.site.portal, person.number, line.code, url)
            line.urls.append(url)
        if _within(person.withdraws, here):
            persons.act(self.site.portal, person.number, line.code, "all")
            line.withdrew = True
            self.told.taken_back += 1
        if _within(person.erases, here):
            persons.act(self.site.portal, person.number, line.code, "end")
            line.erased = True
            self.told.deleted += 1

    def _restore(self, desks: list[Desk]) -> None:
        """The database's disk dies between a backup and a withdrawal's next line; contents are on another."""
        key, backup = self.var / "operator.key", self.var / "middle.backup"
        (self.var / "operators").write_text(self.site.run("backup-key", str(key)))
        made = self.site.run("backup", str(backup), "--to", str(self.var / "operators"), "--needed", "1")
        victims = [p for p in self.plan if self._may_withdraw(p)][:2]
        before = self._taken_back()
        for person in victims:
            line = self.diary.of(person.number)
            persons.act(self.site.portal, person.number, line.code, "all")
            line.withdrew = True
            self.told.taken_back += 1
        self._settle()
        self._wait_for_lines(before + len(victims))
        self.site.stop()
        if self.wish.database:
            self.books.empty()
        shutil.rmtree(self.hotline)
        self.hotline.mkdir(mode=0o700)
        self.site.run(
            *("restore", str(backup), "--key", str(key), "--erasures", str(self.var / "erasures.log")),
            # The simulated nights are none of the true clock's, by which a backup says its age.
            *("--made-by", made.split()[-1], "--no-head"),
        )
        self.site.start_all()
        for desk in desks:
            desk.sign_in()  # the copy's sessions have ended
        self.told.restored += 1

    def _may_withdraw(self, person: Person) -> bool:
        line = self.diary.lines.get(person.number)
        return bool(line and line.code and not line.withdrew and not line.erased and person.erases is None)

    def _taken_back(self) -> int:
        """How many lines of the list of erasures are no seals."""
        key = (self.hotline / "keys" / "operating" / "erasures.key").read_bytes()
        return seals.unsealed(list(seals.read_list(self.var / "erasures.log")), key)

    def _wait_for_lines(self, at_least: int) -> None:
        until = time.monotonic() + _SETTLES_WITHIN
        while self._taken_back() < at_least:
            if time.monotonic() > until:
                raise DemoFailed("What was taken back was never written into the list of erasures.")
            time.sleep(0.1)

    def _move(self, until: float) -> None:
        self.hour = until
        beside = self.var / "clock.new"
        beside.write_text(f"{until * 3600}\n")
        beside.replace(self.var / "clock")

    def _settle(self) -> None:
        """Wait until the worker owes nothing that is due now, by another clock than the hotline's."""
        deadline = time.monotonic() + _SETTLES_WITHIN
        while True:
            now = dt.datetime.fromtimestamp(time.time() + self.hour * 3600, dt.UTC)
            if not self.books.due(now):
                return
            if time.monotonic() > deadline:
                self.told.unsettled += 1
                return
            time.sleep(0.2)

    def _close(self, key: str) -> None:
        """The accountant comes."""
        self._settle()
        changes = accountant.feed(self.site.exchange, key)
        mail = self.world.mailbox.messages
        judge = accountant.Accountant(
            self.diary, "\n".join(map(text_of, mail)), accountant.active(changes), self._status
        )
        found = judge.judge()
        found.double += [*accountant.mail_twice(mail), *self.books.twice()]
        found.late += self.books.held(self.portal_killed)
        codes = sum(bool(line.code) for line in self.diary.lines.values())
        cases, erased = self.books.cases()
        if cases != codes:
            (found.double if cases > codes else found.lost).append(
                f"{codes} people have a code; {cases} cases"
            )
        if erased != self.told.deleted:
            found.late.append(f"{self.told.deleted} people deleted their report; {erased} are deleted")
        self._figures(found, codes, len(mail), sum(judge.listed.values()))

    def _status(self, line: Line) -> str | None:
        with persons.browser(line.person) as mine:
            page = persons.follow(self.site.portal, line.person, line.code, mine)
        return page.html if page.status == 200 else None

    def _figures(self, found: accountant.Findings, codes: int, letters: int, listed: int) -> None:
        hours: dict[str, list[float]] = {}
        for line in self.diary.lines.values():
            if line.decided_at is not None:
                hours.setdefault(line.priority, []).append(round(max(0.0, line.decided_at - line.sent_at), 1))
        told = self.told
        told.people, told.codes, told.letters, told.listed = len(self.plan), codes, letters, listed
        told.database_bytes = self.books.size()
        told.most_memory_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        told.waits = waits(hours)
        told.problems = {name: found_here for name, found_here in vars(found).items() if found_here}


def _within(hour: float | None, span: tuple[float, float]) -> bool:
    return hour is not None and span[0] <= hour < span[1]


def run(wish: Wish, *, port: int) -> int:
    """Simulate in a temporary folder and print the report; 0 where the accountant found nothing."""
    for ending in (signal.SIGTERM, signal.SIGHUP):  # whoever stops it stops its processes too
        signal.signal(ending, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="disrupt-year-"))
    try:
        told = Year(wish, folder, port).run()
    except DemoFailed as error:
        sys.stderr.write(f"The simulation stopped: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(json.dumps(vars(told), indent=1, ensure_ascii=False) + "\n")
    return 1 if told.problems else 0
