"""A worker that kills itself (SIGKILL) at its n-th dangerous moment; run by test_console_kill.py.

`python -m tests.functional.killed_worker VAR TEMPLATE`: for n = 1, 2, 3, ... VAR is made anew from TEMPLATE,
a worker runs until the n-th moment and dies, another runs to the end, and the outcome is told. One JSON line
for each n; the last says "finished": true (no moment was left to die at).

Moments: right before every commit, every step of a destruction and every mail: what is on the disk changes by
these alone, so that "after one" is "before the next". The processes are forks of this one, which has
everything imported and no connection open; they decode without a sandbox, because starting 200 takes minutes.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.forks import fork


def _arm(deadly: int) -> Callable[[], int]:
    """Wrap what changes the world so that the process dies at the `deadly`-th moment; return the counter."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    from disrupt.hotline.common import outbound
    from disrupt.hotline.common.store import vault

    moments = 0

    def moment() -> None:
        nonlocal moments
        moments += 1
        if moments == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            moment()
            return real(*args, **kwargs)

        setattr(owner, name, wrapped)

    around(BaseDatabaseWrapper, "commit")
    around(vault, "_overwrite")
    around(vault, "sync_folder")
    around(outbound.MailSession, "transmit")
    return lambda: moments


def _work(deadly: int) -> int:
    """Go round the duties until nothing is due; return how many moments there were."""
    count = _arm(deadly)
    from disrupt.hotline.common.running.sweep import Sweep
    from disrupt.hotline.processes.worker.duties import DUTIES

    sweep = Sweep(DUTIES)
    while sweep.once():
        pass
    return count()


def outcome() -> dict[str, Any]:
    """Everything that must be there exactly once."""
    from disrupt.hotline.bank.models import BankChange, BankEntry
    from disrupt.hotline.cases import ledger
    from disrupt.hotline.cases.models import Case, Item, LedgerEvent
    from disrupt.hotline.common.store import vault
    from disrupt.hotline.takedown.models import Notice

    def events(kind: str) -> int:
        return LedgerEvent.objects.filter(kind=kind).count()

    return {
        "states": sorted(f"{i.kind} {i.state}" for i in Item.objects.all()),
        "due": Item.objects.exclude(due_at=None).count(),
        "entries": sorted(f"{e.category} {e.state}" for e in BankEntry.objects.all()),
        "changes": list(BankChange.objects.values_list("seq", "kind")),
        "banked": events("item.banked"),
        "receipts": events("content.destroyed"),
        "withdrawn": events("entry.withdrawn"),
        "scheduled": events("notice.scheduled"),
        "notices": sorted(f"{n.recipient} {n.state}" for n in Notice.objects.all()),
        "verified": [ledger.verify(case) == case.ledger.count() for case in Case.objects.all()],
        "stored": len(list(vault.stored_ids())),
    }


def main(var: Path, template: Path) -> None:
    os.environ["DISRUPT_VAR"] = str(var)
    os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.worker.settings"
    shutil.copytree(template, var, dirs_exist_ok=True)
    import django

    django.setup()
    import disrupt.fingerprint.operations  # imported before the forks, once
    import disrupt.hotline.processes.worker.duties  # noqa: F401
    from disrupt.hotline.processing import pipeline

    pipeline.fingerprint_file = functools.partial(pipeline.fingerprint_file, trusted=True)

    deadly = 0
    while True:
        deadly += 1
        shutil.rmtree(var)
        shutil.copytree(template, var)
        killed, _told = fork(lambda n=deadly: _work(n)).end()
        again, _told = fork(lambda: _work(0)).end()
        _status, found = fork(outcome).end()
        finished = killed == 0
        print(
            json.dumps({"n": deadly, "killed": killed, "again": again, "finished": finished, "found": found})
        )
        if finished:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
