"""`disrupt-hotline simulate`: the year itself, step by step, and what the accountant says at its end."""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from disrupt.hotline.demo import recipients
from disrupt.hotline.demo.accounts import Account, account
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.platform import Platform
from disrupt.hotline.demo.site import Ports, Site
from disrupt.hotline.demo.year import audit
from disrupt.hotline.demo.year.books import Books
from disrupt.hotline.demo.year.crowd import Crowd
from disrupt.hotline.demo.year.diary import Diary
from disrupt.hotline.demo.year.disaster import SETTLES_WITHIN, Disaster
from disrupt.hotline.demo.year.judgement import Judgement, errors
from disrupt.hotline.demo.year.killer import Killer
from disrupt.hotline.demo.year.meter import Meter
from disrupt.hotline.demo.year.office import Office
from disrupt.hotline.demo.year.plan import people
from disrupt.hotline.demo.year.upgrade import Upgrade
from disrupt.hotline.demo.year.visits import SCOPES, Visits
from disrupt.hotline.demo.year.wish import Told, Wish
from disrupt.hotline.demo.year.world import World

_WARM = (sys.executable, "-m", "disrupt.cli", "warm")
_YEARS = str(3 * 366 * 86400)
_TAIL_DAYS = 3
_GROWTH_SEEN = 12


class Year:
    """One simulated year in a folder of its own."""

    def __init__(self, wish: Wish, var: Path, base_port: int) -> None:
        self.wish, self.var = wish, var
        self.hotline = var / "hotline"
        self.hotline.mkdir(mode=0o700)
        ports = Ports.from_base(base_port)
        ports.check_free()
        self.site = Site(self.hotline, ports, self._settings(), wish.workers)
        self.world = World(ports.host, ports.smtp)
        self.diary, self.told, self.meter = Diary(), Told(), Meter()
        self.books = Books(self.hotline, var / "kept" / "keystore", wish.database)
        draw = random.Random(wish.seed)  # noqa: S311  # made up again from its seed
        self.killer = Killer(self.site, self.meter, draw, wish.kills)
        plan = people(wish.reports, wish.days, wish.seed)
        self.crowd = Crowd(self.site.portal, plan, self.diary, self.world.url)
        self.disaster = Disaster(var, self.site, self.books, self.crowd, self._settle, self._now)
        platform = Platform(self.site.exchange, var / "partner.key", var / "platform" / "bank")
        self.visits = Visits(platform, random.Random(wish.seed), wish.doubts)  # noqa: S311  # from its seed
        self.judgement = Judgement.of(plan, wish.seed, wish.errs)
        self.hour = 0.0

    def _settings(self) -> dict[str, str]:
        registry = self.var / "recipients.json"
        recipients.write(registry)
        return {
            "DISRUPT_RECIPIENTS_FILE": str(registry),
            "DISRUPT_BEHIND_PROXY": "1",
            "DISRUPT_SECOND_FIRST": "0",
            "DISRUPT_SECOND_SAMPLE_PERCENT": str(self.wish.second),
            "DISRUPT_CONSOLE_SESSION_SECONDS": _YEARS,
            "DISRUPT_CONSOLE_IDLE_SECONDS": _YEARS,
            "DISRUPT_STORE": str(self.var / "kept" / "store"),
            "DISRUPT_KEYSTORE": str(self.var / "kept" / "keystore"),
            "DISRUPT_CLOCK_FILE": str(self.var / "clock"),
            "DISRUPT_ERASURES": str(self.var / "erasures.log"),
            "DISRUPT_DATABASE": self.wish.database,
        }

    def run(self) -> Told:
        """Live through it. Raises DemoFailed where somebody cannot do what a person must be able to do."""
        began = time.monotonic()
        with self.world, self.site as site:
            # Else the first analyst waits until the console has compiled its loops, minutes where it is busy.
            with self._timed("start"):
                subprocess.run(_WARM, env=site.environ(), check=True, stdout=subprocess.DEVNULL)
                office = self._open()
            for until in self._steps():
                self._step(until, office)
            with self._timed("accountant"):
                self._close(office)
            office.close()
        self.told.seconds = round(time.monotonic() - began, 1)
        self.told.cases_a_second = round(self.told.codes / self.told.seconds, 3)
        return self.told

    def _open(self) -> Office:
        """Begin: accounts, keys, processes; the office."""
        self.site.run("init")
        accounts = [self._account(f"analyst{n}") for n in range(self.wish.analysts)]
        key_file = self.visits.platform.key_file
        self.site.run("manage", "partner", "add", "partner", "--scopes", *SCOPES, "--key-file", str(key_file))
        self.site.start_all()
        lead = self._account("lead", "--role", "lead")
        office = Office(self.site.console, accounts, self.diary, self.judgement, self.wish, lead)
        office.sign_in()
        return office

    def _account(self, name: str, *role: str) -> Account:
        return account(name, self.site.run("manage", "analyst", "add", name, "--minors", *role))

    def _steps(self) -> Iterator[float]:
        hour, end = 0.0, (self.wish.days + _TAIL_DAYS) * 24.0
        while hour < end:
            hour = min(hour + self.wish.step_hours, end)
            yield hour

    def _step(self, until: float, office: Office) -> None:
        self._people(until)
        with self._timed("analysts"):
            last = until > self.wish.days * 24
            self.told.decided += office.work(until - self.hour, until, to_the_end=last)
        if self.wish.restore and self._comes(self.wish.days * 12.0, until):
            with self._timed("restore"):
                self.meter.read(self.site.groups)
                self.disaster.strike()
                office.sign_in()  # the copy's sessions have ended
                self.told.restored += 1
        if self._comes(self.wish.days * 18.0, until):
            with self._timed("new key"):
                self.site.run("rotate", "review")
                self.site.run("rotate", "review", "--finish")
                self.told.rotated += 1
        self._move(until)
        with self._timed("worker"):
            self._settle()
        self.world.read_mail()
        if int(self.hour) % 96 < self.wish.step_hours:
            self.world.put_back()
        self.meter.read(self.site.groups)
        self._see_growth()
        if self.visits.syncs < self.wish.visits * self.hour / (self.wish.days * 24.0) and not last:
            with self._timed("partner"):
                self.visits.come(audit.listed(self.crowd.plan, self.diary, before=self.hour - 24))

    def _comes(self, hour: float, until: float) -> bool:
        return self.hour <= hour < until

    def _people(self, until: float) -> None:
        """People at the portal; meanwhile a process dies, or at the first noon of the scandal all are new."""
        if self.wish.to and self._comes(self.wish.days // 2 * 24.0 + 12.0, until):
            upgrade = Upgrade(self.site, self.wish.to, self.diary, bool(self.wish.database))
            self.meter.read(self.site.groups)
            with self._timed("upgrade"):
                done, meanwhile = upgrade.happen(lambda: self.crowd.until(until))
            self.told.upgraded, self.told.reports_meanwhile = done, meanwhile
            return
        killer = self.killer.start()
        with self._timed("people"):
            self.crowd.until(until)
        if killer:
            killer.join()

    def _move(self, until: float) -> None:
        self.hour = until
        beside = self.var / "clock.new"
        beside.write_text(f"{until * 3600}\n")
        beside.replace(self.var / "clock")

    def _now(self) -> dt.datetime:
        """The hour of the simulated year, by another clock than the hotline's."""
        return dt.datetime.fromtimestamp(time.time() + self.hour * 3600, dt.UTC)

    def _settle(self) -> None:
        """Wait until the worker owes nothing that is due now."""
        deadline = time.monotonic() + SETTLES_WITHIN
        while True:
            if not self.books.due(self._now()):
                return
            if time.monotonic() > deadline:
                self.told.unsettled += 1
                return
            time.sleep(0.2)

    def _see_growth(self) -> None:
        part = (self.wish.days + _TAIL_DAYS) * 24.0 / _GROWTH_SEEN
        if self.hour >= part * (len(self.told.growth) + 1):
            self.told.growth.append((round(self.hour / 24), self.books.cases()[0], self.books.size()))

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            spent = self.told.seconds_of.get(name, 0.0) + time.monotonic() - began
            self.told.seconds_of[name] = round(spent, 1)

    def _close(self, office: Office) -> None:
        """The accountant comes."""
        self._settle()
        office.agree(self.hour)
        self.told.looked_again = office.looked_again
        verdicts = [(line.person, v) for line in self.diary.lines.values() for v in line.verdicts.values()]
        self.told.wrong_decisions = errors(verdicts, self.judgement)
        self.meter.read(self.site.groups)
        self.crowd.count(self.told)
        self.told.kills = self.killer.killed.total()
        self.told.processor_seconds, self.told.most_memory_kib = self.meter.seconds(), self.meter.most_kib()
        portals = self.killer.killed["portal"]
        audit.close(self.told, self.crowd, self.books, self.world, self.site, self.visits, portals)


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
