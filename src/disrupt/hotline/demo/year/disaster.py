"""The database's disk dies between a backup and what people took back after it; contents are on another."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.site import Site
from disrupt.hotline.demo.year.books import Books
from disrupt.hotline.demo.year.crowd import Crowd
from disrupt.hotline.demo.year.diary import Line

SETTLES_WITHIN = 120.0


@dataclass(frozen=True)
class Disaster:
    """Once: backup, two people take everything back, loss, restore."""

    var: Path
    site: Site
    books: Books
    crowd: Crowd
    settle: Callable[[], None]
    now: Callable[[], dt.datetime]

    def strike(self) -> None:
        """Raises DemoFailed."""
        key, backup = self.var / "operator.key", self.var / "middle.backup"
        (self.var / "operators").write_text(self.site.run("backup-key", str(key)))
        made = self.site.run("backup", str(backup), "--to", str(self.var / "operators"), "--needed", "1")
        for line in self._victims():
            self.crowd.withdraw(line)
        self.settle()
        self._wait_for_lines()
        self.site.stop()
        self.books.empty()
        shutil.rmtree(self.site.var)
        self.site.var.mkdir(mode=0o700)
        self.site.run(
            *("restore", str(backup), "--key", str(key), "--erasures", str(self.var / "erasures.log")),
            # The simulated nights are none of the true clock's, by which a backup says its age.
            *("--made-by", made.split()[-1], "--no-head"),
        )
        self.site.start_all()

    def _victims(self) -> list[Line]:
        """Two who have reported, and will do nothing more with it: what is added later is not taken back."""
        stay = {p.number for p in self.crowd.plan if p.erases is p.withdraws is p.adds is None}
        lines = self.crowd.diary.lines.values()
        return [line for line in lines if line.code and not line.withdrew and line.person in stay][:2]

    def _wait_for_lines(self) -> None:
        """What was taken back stands in the list of erasures, before anything is lost."""
        key = (self.site.var / "keys" / "operating" / "erasures.key").read_bytes()
        said = self.books.taken_back(self.now() - dt.timedelta(days=2))
        wanted = {hmac.new(key, words.encode(), hashlib.sha256).hexdigest() for words in said}
        until = time.monotonic() + SETTLES_WITHIN
        while not wanted <= self._lines():
            if time.monotonic() > until:
                raise DemoFailed("What was taken back was never written into the list of erasures.")
            time.sleep(0.1)

    def _lines(self) -> set[str]:
        """The list of erasures; there is none before anything was taken back."""
        path = self.var / "erasures.log"
        return set(path.read_text("ascii").split()) if path.exists() else set()
