"""A worker that dies in the middle of a batch: nothing of it is numbered; the next numbers all."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.servers import Hotline

SCRIPT = """
import os, signal, sys
import django
django.setup()
from tests.functional import fill_bank
from disrupt.hotline.bank import batches, queries
from disrupt.hotline.bank.models import BankChange, StagedChange
from disrupt.hotline.common import clock
import datetime as dt

action = sys.argv[1]
if action == "stage":
    for number in range(6):
        fill_bank.add(str(number), "image", "")
    clock.move(dt.timedelta(minutes=20))
if action == "die":
    from django.db.backends.base.base import BaseDatabaseWrapper
    deadly, moments = int(sys.argv[2]), 0
    def around(owner, name):
        real = getattr(owner, name)
        def wrapped(*args, **kwargs):
            global moments
            moments += 1
            if moments == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)
        setattr(owner, name, wrapped)
    around(BaseDatabaseWrapper, "commit")
    around(batches, "_number")
    around(batches.BankChange.objects, "bulk_create")
if action in ("die", "live"):
    for slot in batches.due():
        batches.run(slot)
print(queries.last_seq(), BankChange.objects.count(), StagedChange.objects.count())
"""


def run(site: Hotline, *arguments: str) -> tuple[int, str]:
    environment = site.environment | {
        "DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.worker.settings",
        "DISRUPT_OFFER_EVERY_MINUTES": "15",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, -9), done.stderr[-2000:]
    return done.returncode, done.stdout.strip()


@pytest.mark.functional
def test_killed_at_every_moment_of_a_batch(hotline: MakeHotline) -> None:
    site = hotline()
    assert run(site, "stage") == (0, "0 0 6")
    for deadly in range(1, 9):
        status, said = run(site, "die", str(deadly))
        if status == 0:
            break
        assert said == ""
        now = run(site, "look")[1]
        assert now in ("0 0 6", "6 6 0"), "all of it, or nothing"
    assert deadly > 2
    assert run(site, "live") == (0, "6 6 0")
