"""In the midst of a scandal another version takes over, as the guide says, and people go on reporting."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.site import Site
from disrupt.hotline.demo.year.diary import Diary

_WOULD, _DONE = "would do: ", "done: "
# With PostgreSQL these go on while the tables change; with SQLite nobody does.
_GO_ON = frozenset({"portal", "exchange"})
_STEP = re.compile(r"^done: ([a-z_.0-9]+)", re.MULTILINE)


@dataclass(frozen=True)
class Upgrade:
    """`folder`: where the package of the version lies that takes over."""

    site: Site
    folder: str
    diary: Diary
    goes_on: bool

    def happen(self, people: Callable[[], None]) -> tuple[list[str], int]:
        """Meanwhile `people` press; the changes that were made, and how many got a code while they were made.

        Raises DemoFailed.
        """
        self.site.source = self.folder
        dry = self.site.run("upgrade", "--dry-run")
        names = list(self.site.groups)
        stopped = [name for name in names if not (self.goes_on and name in _GO_ON)]
        self.site.stop(*stopped)
        before = self._codes()
        with ThreadPoolExecutor(1) as pool:
            pressing = pool.submit(people)
            done = self.site.run("upgrade")
            meanwhile = self._codes() - before
            self.site.stop(*(name for name in names if name not in stopped))
            self.site.start_all()
            pressing.result()
        if done != dry.replace(_WOULD, _DONE):
            raise DemoFailed(f"The upgrade said that it would do:\n{dry}and did:\n{done}")
        return _STEP.findall(done), meanwhile

    def _codes(self) -> int:
        return sum(bool(line.code) for line in self.diary.lines.values())
