"""A simulated platform: it syncs, its users upload copies and other pictures, and it says what it found."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.pictures import Upload
from disrupt.hotline.demo.platform import Platform
from disrupt.hotline.demo.year.plan import altered, picture

SCOPES = ("exchange:feed:read", "exchange:minors:read", "exchange:feedback:write", "exchange:figures:read")
_MOST_COPIES, _INNOCENT = 40, 10
# Numbers of pictures that nobody will ever report.
_OTHERS = 10**9


@dataclass
class Visits:
    """What the platform did, and what it saw that it must not see (`wrong`)."""

    platform: Platform
    draw: random.Random
    disputes: float
    syncs: int = 0
    uploads: int = 0
    found: int = 0
    told: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    wrong: list[str] = field(default_factory=list)
    _seen: dict[int, str] = field(default_factory=dict)

    def come(self, listed: Sequence[int], gone: Collection[int] = ()) -> None:
        """Sync, look up, tell; `listed`: pictures that must be found, `gone`: that must not be.

        Raises DemoFailed.
        """
        self.platform.sync()
        self.syncs += 1
        others = [_OTHERS + self.draw.randrange(_OTHERS) for _ in range(_INNOCENT)]
        copies = self.draw.sample(listed, min(len(listed), _MOST_COPIES))
        not_any_more = self.draw.sample(sorted(gone), min(len(gone), _MOST_COPIES))
        found = self._look_up(copies, [*not_any_more, *others])
        missing = [number for number in copies if number not in found]
        if missing:
            self.wrong.append(f"a partner finds no copy of {len(missing)} picture(s) of {len(copies)}")
        if many := len(found.keys() & set(not_any_more)):
            self.wrong.append(f"a partner still finds {many} picture(s) that must have left the list")
        if found.keys() & set(others):
            self.wrong.append("a partner finds a picture that nobody reported")
        self._tell({number: entry for number, entry in found.items() if number in copies})

    def _look_up(self, copies: Sequence[int], others: Sequence[int]) -> dict[int, str]:
        """The entry that each upload is found by, of those that are found."""
        folder = self.platform.bank.with_name("uploads")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        uploads = []
        for number in (*copies, *others):
            path = folder / f"{number}.jpg"
            path.write_bytes(altered(picture(number)))
            uploads.append(Upload(path, copy=number in copies))
        verdicts = self.platform.match(uploads)
        self.uploads += len(uploads)
        found = {int(one.upload.path.stem): str(one.best["entry"]) for one in verdicts if one.best}
        self.found += len(found)
        return found

    def _tell(self, found: dict[int, str]) -> None:
        """Most were blocked; of a few the platform thinks otherwise, and an analyst looks again."""
        new = {number: entry for number, entry in found.items() if self._seen.get(number) != entry}
        self._seen.update(new)
        against = {entry for entry in new.values() if self.draw.random() < self.disputes}
        for value, entries in (("not-blocked", against), ("blocked", set(new.values()) - against)):
            if not entries:
                continue
            said = json.loads(self.platform.tell(value, sorted(entries)))
            if said["entries"] != len(entries):
                raise DemoFailed(f"The hotline took {said['entries']} of {len(entries)} words.")
            self.told[value] += len(entries)
            self.changed += said["changed"]
