"""The power goes while people report: what is on the disk at that moment opens, verifies and goes on.

All processes are frozen for a moment, and the files copied as they are: database, its log, both stores. The
memory that the database shares by a file is left out, and half of a page is added to the log.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.portal_walk import photo
from tests.functional.servers import Hotline
from tests.waiting import until

from disrupt.hotline.demo.reporter import Reporter
from disrupt.hotline.demo.year import persons

pytestmark = pytest.mark.slow
PROCESSES = ("portal", "worker")
PEOPLE, CUTS = 6, (2, 5)
# Opens the copy, looks at every sealed thing, and does what the worker would do.
SCRIPT = """
import json, sys
import django
django.setup()
from django.db import connection
from disrupt.hotline.cases import finding, ledger
from disrupt.hotline.cases.models import Case, Item, SealedNote
from disrupt.hotline.common.running.sweep import Sweep
from disrupt.hotline.common.store import vault
from disrupt.hotline.processes.worker.duties import DUTIES

with connection.cursor() as cursor:
    cursor.execute("PRAGMA integrity_check")
    whole = cursor.fetchall()
opened = [finding.find_case(code).items.count() for code in json.loads(sys.argv[1])]
taken_back = Item.objects.filter(state="withdrawn").exclude(vault_id="")
waiting = Item.objects.filter(state="received").exclude(vault_id="")
sizes = [len(vault.read_content(item.vault_id)) == item.size for item in waiting]
notes = [vault.has_key(note.vault_id) for note in SealedNote.objects.all()]
sweep = Sweep(DUTIES)
while sweep.once():
    pass
print(json.dumps({
    "whole": whole, "opened": opened, "sizes": sizes, "notes": notes, "failing": sweep.complaint(),
    "verified": [ledger.verify(case) == case.ledger.count() for case in Case.objects.all()],
    "withdrawn": [vault.exists(item.vault_id) for item in taken_back],
}))
"""


@dataclass
class Crowd:
    """People who report one after the other and take every second report back; `codes` they have seen."""

    portal: str
    codes: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def come(self) -> None:
        try:
            for number in range(PEOPLE):
                urls = [f"https://forum.example/{number}"]
                self.codes.append(Reporter(self.portal).report(urls, [photo(number)]))
                if number % 2:
                    persons.act(self.portal, number, self.codes[-1], "all")
        except Exception as error:
            self.failed.append(repr(error))


def _states(group: int) -> Iterator[str]:
    """The state of every thread of a group of processes (proc(5))."""
    for stat in Path("/proc").glob("[0-9]*/task/[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[2]) == group:
            yield words[0]


@contextmanager
def frozen(site: Hotline) -> Iterator[None]:
    """Nothing of theirs runs."""
    groups = [site.pid(name) for name in PROCESSES]
    try:
        for group in groups:
            os.killpg(group, signal.SIGSTOP)
        until(lambda: all(set(_states(group)) == {"T"} for group in groups), "all stand still")
        yield
    finally:
        for group in groups:
            os.killpg(group, signal.SIGCONT)


def cut(site: Hotline, to: Path) -> None:
    """The files as a power cut leaves them."""
    with frozen(site):
        shutil.copytree(site.var, to, ignore=shutil.ignore_patterns("log", "*-shm"))
    with (to / "disrupt.sqlite3-wal").open("ab") as journal:
        journal.write(os.urandom(24 + 2000))


def go_on(site: Hotline, var: Path, codes: list[str]) -> dict[str, list[object]]:
    """Start from a copy; how everything in it stands in the end."""
    settings = {"DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.worker.settings"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(codes)],
        env={**site.for_scripts, **settings, "DISRUPT_VAR": str(var)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, list[object]] = json.loads(done.stdout)
    return found


def test_a_copy_of_the_files_at_any_moment_opens_and_goes_on(hotline: MakeHotline, tmp_path: Path) -> None:
    site = hotline(*PROCESSES)
    crowd = Crowd(site.url("portal"))
    thread = threading.Thread(target=crowd.come)
    thread.start()
    copies: list[tuple[Path, list[str]]] = []
    try:
        for number in CUTS:
            until(lambda number=number: len(crowd.codes) >= number or crowd.failed, "people report")
            known = list(crowd.codes)
            copies.append((tmp_path / str(number), known))
            cut(site, copies[-1][0])
    finally:
        thread.join()
    assert crowd.failed == []
    site.stop()
    for var, known in copies:
        found = go_on(site, var, known)
        assert found["whole"] == [["ok"]]
        assert found["opened"] == [2] * len(known), "whoever had read a code has a report, whole"
        assert len(found["verified"]) >= len(known)
        assert all([*found["verified"], *found["sizes"], *found["notes"]]), found
        assert not any(found["withdrawn"]), "what was taken back is destroyed after all"
        assert found["failing"] == {}
