"""Keep what this release leaves on a disk, with items in their states: `keep_database.py FOLDER`.

Run it once when a release is made. It writes FOLDER/<version>.tar.xz (database, keys made for it, key store
and store: pictures made in code, invented texts) and FOLDER/<version>.json (the codes, what each opened).
tests/hotline/processes/test_kept.py opens every one of them with the code of the day. An item is `banked`
only inside one step of the worker, so that no database at rest holds that state.
"""

from __future__ import annotations

import io
import json
import os
import socket
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

MESSAGE, ANSWER = "Is it still there?", "We are on it."


def picture(seed: int) -> bytes:
    """A small picture with features."""
    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(seed).integers(0, 256, (24, 24, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).resize((160, 160), Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


class Maker:
    """Makes cases through the services, as the portal, the console and the worker do."""

    def __init__(self) -> None:
        from django.contrib.auth.models import Group, User

        from disrupt.hotline.common.actors import analyst

        user = User.objects.create_user("alice", password="correct horse battery")
        user.groups.add(Group.objects.get_or_create(name="analyst")[0])
        self.by = analyst(user.pk)
        self.cases: dict[str, dict[str, Any]] = {}
        self._seed = 0

    def open(self, name: str, *, files: int = 0, urls: int = 0, declared: bool = False, **more: Any) -> Any:
        from disrupt.hotline.cases.adding import DepositedFile
        from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
        from disrupt.hotline.cases.opening import Report, open_case
        from disrupt.hotline.common.store import vault

        deposited = []
        for _ in range(files):
            self._seed += 1
            data = picture(self._seed)
            deposited.append(DepositedFile(vault.deposit([data]), len(data)))
        addresses = tuple(f"https://example.org/{name}/{number}" for number in range(urls))
        device = (
            ({"kind": "image", "sha256": "ab" * 32, "md5": "cd" * 16, "pdq": [], "vpdq": []},)
            if declared
            else ()
        )
        more.setdefault("age", AgeWhenTaken.ADULT)
        opened = open_case(
            Report(name, "fr", Reporter.SELF, more.pop("age"), addresses, tuple(deposited), device, **more)
        )
        self.cases[name] = {"code": str(opened.code)}
        return opened.case

    def decide(self, case: Any, category: str = "NCII-DIF", reason: str = "") -> None:
        from disrupt.hotline.decisions.services import qualify

        for item in case.items.exclude(kind="declared"):
            qualify(item, category, self.by, person="adult", reason=reason, reasoning="As described.")

    def what_is_there(self) -> None:
        from disrupt.hotline.cases import finding, ledger

        for kept in self.cases.values():
            case = finding.find_case(kept["code"])
            kept["items"] = list(case.items.order_by("position").values_list("state", flat=True))
            kept["notes"] = sorted(case.notes.values_list("kind", flat=True))
            kept["messages"] = case.messages.count()
            kept["events"] = ledger.verify(case)


def sweep() -> None:
    """All duties until nothing is due."""
    from disrupt.hotline.common.running.sweep import Sweep
    from disrupt.hotline.processes.worker.duties import DUTIES

    sweeping = Sweep(DUTIES)
    while sweeping.once():
        pass


def make(clock_file: Path) -> dict[str, Any]:
    """Cases in every state of an item, with texts, contacts, messages, mails, notices and a partner."""
    from django.core.management import call_command

    from disrupt.hotline.cases import finding, messages
    from disrupt.hotline.cases.contacts import Contact
    from disrupt.hotline.cases.models import AgeWhenTaken, SealedKind
    from disrupt.hotline.cases.states import ItemState
    from disrupt.hotline.cases.steps import advance
    from disrupt.hotline.cases.withdrawing import withdraw_item
    from disrupt.hotline.common.actors import REPORTER, WORKER
    from disrupt.hotline.common.store import vault

    maker = Maker()
    call_command("partner", "add", "platform.example", "--scopes", "exchange:feed:read", stdout=io.StringIO())
    mail = Contact(SealedKind.EMAIL, vault.seal("somebody@example.org"), safe=True)
    told = maker.open(
        "protected", files=2, declared=True, contacts=(mail,), description=vault.seal("A friend sent it on.")
    )
    messages.write(told, MESSAGE, REPORTER, "one")
    messages.write(told, ANSWER, maker.by, "two")
    maker.decide(told)
    maker.decide(maker.open("closed", files=1), "OUT", "CONSENT")
    withdraw_item(maker.open("withdrawn", files=1).items.get())
    for name in ("reminded", "removed", "back", "host"):
        maker.decide(maker.open(name, urls=1))
    sweep()
    clock_file.write_text(f"{8 * 3600}\n")
    sweep()
    for name, states in (
        ("reminded", (ItemState.HOST_REMINDED,)),
        ("removed", (ItemState.REMOVED,)),
        ("back", (ItemState.REMOVED, ItemState.BACK_ONLINE)),
    ):
        for state in states:
            advance(finding.find_case(maker.cases[name]["code"]).items.get(), state, WORKER)
    maker.decide(maker.open("police", urls=1))
    sweep()
    maker.decide(maker.open("accepted", files=1, urls=1))
    maker.decide(maker.open("rejected", files=1), "OUT", "CONSENT")
    maker.open(
        "received", files=1, urls=1, age=AgeWhenTaken.MINOR, threat=True, description=vault.seal("500 euros.")
    )
    maker.what_is_there()
    return maker.cases


def main(folder: Path) -> None:
    from disrupt.hotline.demo.outside import Outside

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        var = Path(temporary) / "var"
        host_port, smtp_port = free_port(), free_port()
        os.environ.update(
            DISRUPT_VAR=str(var),
            DISRUPT_CLOCK_FILE=str(Path(temporary) / "clock"),
            DISRUPT_DATABASE="",
            DISRUPT_INSECURE_LOOPBACK="1",
            DISRUPT_QUIET_HOURS="none",
            DISRUPT_SMTP_PORT=str(smtp_port),
            DJANGO_SETTINGS_MODULE="disrupt.hotline.processes.all_in_one",
        )
        import django

        from disrupt import __version__
        from disrupt.hotline.__main__ import init

        django.setup()
        init()
        with Outside(host_port, smtp_port):
            cases = make(Path(temporary) / "clock")
        from django.db import connection
        from django.db.migrations.recorder import MigrationRecorder

        last: dict[str, str] = {}
        for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
            last[app] = name
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.cursor().execute("VACUUM")
        connection.close()
        with tarfile.open(folder / f"{__version__}.tar.xz", "w:xz") as archive:
            archive.add(var, "var", filter=nobody)
        kept = {"version": __version__, "migrations": last, "cases": cases}
        (folder / f"{__version__}.json").write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        print(f"{folder}/{__version__}: {sum(len(case['items']) for case in cases.values())} items kept")


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nobody(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Without the maker's account, and without what a journal leaves behind."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return None if member.name.endswith(("-wal", "-shm")) else member


if __name__ == "__main__":
    main(Path(sys.argv[1]))
