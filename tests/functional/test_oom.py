"""What the kernel kills when memory is short, each mid-work: the portal's child, the worker, a decoder."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys

import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.servers import Hotline
from tests.functional.test_uploads import MIB, Phone, contents
from tests.waiting import until

pytestmark = pytest.mark.slow
# An accepted picture; the worker of this script dies, or loses its decoder, when that has begun with it.
SCRIPT = """
import json, os, signal, sys
import django
django.setup()
from disrupt.fingerprint import Sandbox
from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.cases.models import AgeWhenTaken, Case, Item, Reporter
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions.services import qualify
from disrupt.hotline.processing import due, pipeline
from tests.functional.portal_walk import photo

victim, number = sys.argv[1], int(sys.argv[2])
begin, kills = Sandbox.run, [1]
def run(self, *arguments, **named):
    pending = begin(self, *arguments, **named)
    if kills:
        kills.pop()
        if victim == "worker":
            os.kill(os.getpid(), signal.SIGKILL)
        pending._worker.end()
    return pending

if victim != "none":
    Sandbox.run = run
    data = photo(number)
    file = DepositedFile(vault.deposit([data]), len(data))
    report = Report(str(number), "fr", Reporter.SELF, AgeWhenTaken.ADULT, (), (file,))
    qualify(open_case(report).case.items.get(), "NCII-DIF", analyst(1))
for one in list(due.due_items()):
    pipeline.carry(one)
print(json.dumps({
    "items": sorted(Item.objects.values_list("state", flat=True)),
    "entries": BankEntry.objects.count(),
    "stored": len(list(vault.stored_ids())),
    "verified": [ledger.verify(case) == case.ledger.count() for case in Case.objects.all()],
}))
"""


def work(site: Hotline, victim: str, number: int = 0) -> tuple[int, dict[str, object]]:
    """A worker's round, in which something is killed; its status, and how everything stands."""
    settings = {"DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.worker.settings"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, victim, str(number)],
        env={**site.for_scripts, **settings},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr[-3000:]
    return done.returncode, json.loads(done.stdout or "{}")


def test_killed_in_the_midst_of_decoding_each_file_is_done_once(hotline: MakeHotline) -> None:
    site = hotline()
    status, nothing = work(site, "worker", 1)
    assert (status, nothing) == (-signal.SIGKILL, {})
    status, found = work(site, "decoder", 2)
    assert status == 0
    assert found == {
        "items": ["protected", "protected"],
        "entries": 2,
        "stored": 0,
        "verified": [True, True],
    }
    assert work(site, "none") == (0, found), "nothing is left to do"


def test_a_portal_whose_child_is_killed_answers_again_and_keeps_what_had_arrived(
    hotline: MakeHotline,
) -> None:
    site = hotline("portal")
    phone = Phone(site.ports["portal"])
    content = random.Random(5).randbytes(2 * MIB)
    url = phone.begin(len(content))
    assert phone.patch(url, content[:MIB], 0) == 204
    killed = site.child("portal")
    with phone.fall_silent(url, content[MIB:], MIB, 1000):
        os.kill(killed, signal.SIGKILL)
        until(lambda: site.child("portal") not in (0, killed), "another child")
        until(lambda: _answers(phone), "it answers")
    offset = phone.offset(url)
    assert offset >= MIB
    assert phone.patch(url, content[offset:], offset) == 204
    assert contents(site) == {hashlib.sha256(content).hexdigest(): len(content)}
    assert site.lives("portal")
    site.stop()


def _answers(phone: Phone) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        return phone.ask("GET", "/en/")[0] == 200
    return False
