"""`kill -9` of the worker between any two steps, then a restart: every case reaches its end exactly once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from tests.functional.conftest import MakeHotline
from tests.functional.servers import ROOT, free_port

# Two reporters' pictures (one shared by both), a damaged file, a rejected one, a withdrawn one that was in
# the bank, fingerprints from a device, and an address.
SCENARIO = """
import sys
from disrupt.hotline.bank.models import EntryOrigin
from disrupt.hotline.cases import withdrawing
from disrupt.hotline.cases.models import AgeWhenTaken, Item, Reporter
from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.processing import pipeline
from tests.hotline.processing.working import jpeg

ALICE = analyst(1)

def case(name, *files, urls=(), declared=()):
    deposited = tuple(DepositedFile(vault.deposit([data]), len(data)) for data in files)
    return open_case(Report(name, "fr", Reporter.SELF, AgeWhenTaken.ADULT, urls, deposited, declared)).case

gone = case("gone", jpeg(9))
decisions.qualify(gone.items.get(), "NCII-DIF", ALICE)
pipeline.fingerprint(gone.items.get())
withdrawing.withdraw_case(gone)
first = case("first", jpeg(1), jpeg(2), urls=("https://example.org/page",))
second = case("second", jpeg(1), jpeg(3)[:400], jpeg(4))
case("third", declared=({"sha256": "ab" * 32, "md5": "cd" * 16},))
for item in first.items.all():
    decisions.qualify(item, "NCII-DIF", ALICE)
a, b, c = second.items.all()
decisions.qualify(a, "NCII-DIF", ALICE)
decisions.qualify(b, "NCII-CAP", ALICE)
decisions.qualify(c, "OUT", ALICE, reason="NOT-INTIMATE")
# A person has chosen that the damaged one gives its exact digests only.
Item.objects.filter(pk=b.pk).update(let_through_by=str(ALICE))
"""


class _Mailbox:
    """Counts the mails by their Message-ID."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        content = envelope.content.decode(errors="replace")  # type: ignore[attr-defined]  # aiosmtpd
        ids = [
            line.split(":", 1)[1].strip() for line in content.splitlines() if line.startswith("Message-ID:")
        ]
        self.ids.extend(ids)
        return "250 OK"


def test_killed_anywhere_it_reaches_the_end_exactly_once(hotline: MakeHotline, tmp_path: Path) -> None:
    port = free_port()
    mailbox = _Mailbox()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=port)
    smtp.start()
    try:
        site = hotline(DISRUPT_SMTP_HOST="127.0.0.1", DISRUPT_SMTP_PORT=str(port))
        environment = site.for_scripts
        command = [sys.executable, "-m", "disrupt.hotline", "manage", "shell", "--verbosity", "0"]
        subprocess.run(command, input=SCENARIO.encode(), env=environment, check=True, timeout=120, cwd=ROOT)
        worker = [
            sys.executable,
            "-m",
            "tests.functional.killed_worker",
            str(tmp_path / "var"),
            str(site.var),
        ]
        done = subprocess.run(
            worker, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
        )
    finally:
        smtp.stop()
    assert done.returncode == 0, done.stderr[-3000:]
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    assert rounds[-1]["finished"]
    assert len(rounds) > 30
    for one in rounds:
        assert one["killed"] == (0 if one["finished"] else -9), one
        assert one["again"] == 0, one
        check(one["found"], one["n"])
    if os.environ.get("DISRUPT_VERBOSE"):
        print(f"{len(rounds)} moments, {len(mailbox.ids)} mails")


def check(found: dict[str, object], n: int) -> None:
    notices = found.pop("notices")
    assert found == {
        "states": found["states"],
        "due": 0,
        "entries": [
            "NCII-CAP active",
            "NCII-DIF active",
            "NCII-DIF active",
            "NCII-DIF withdrawn",
            "NCII-THR active",
        ],
        "changes": [[i + 1, kind] for i, (_seq, kind) in enumerate(found["changes"])],  # type: ignore[arg-type,misc]
        "banked": 6,
        "receipts": 6,
        "withdrawn": 1,
        "scheduled": 2,
        "verified": [True] * 4,
        "stored": 0,
    }, n
    assert len(found["changes"]) == 6, n  # type: ignore[arg-type]
    states = sorted(s for s in found["states"] if not s.startswith("url"))  # type: ignore[attr-defined]
    assert states == ["declared protected", "file closed", *["file protected"] * 4, "file withdrawn"], n
    # A mail whose end nobody saw is "transmitting", then uncertain; it never goes twice by itself.
    assert isinstance(notices, list)
    assert len(notices) == 2, n
    # Whom to write to at a host that the registry does not know is a person's task.
    assert notices[0].startswith("host task"), n
    assert notices[1] in {"pharos sent", "pharos transmitting", "pharos uncertain", "pharos sending"}, (
        n,
        notices,
    )


@pytest.fixture(autouse=True)
def _needs_fork() -> None:
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
