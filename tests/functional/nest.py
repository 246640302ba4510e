"""A mother of workers or checkers: each is a fork that is ready at once, so that many can be killed.

`python -m tests.functional.nest worker` reads lines: `go` (start one), `kill` (SIGKILL it), `settle` with the
Message-IDs that the mail server has (what a person does with what is in doubt). One JSON line answers each.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import signal
import subprocess
import sys
from typing import Any

from tests.forks import fork
from tests.functional.servers import Hotline


def _settle(arrived: set[str]) -> dict[str, int]:
    """Look in the server's log for what is in doubt; tell how much there is to do, now and later."""
    from disrupt.hotline.common.actors import analyst
    from disrupt.hotline.takedown import actions, queries
    from disrupt.hotline.takedown.models import Notice
    from disrupt.hotline.takedown.states import NoticeState as S

    busy = Notice.objects.filter(state__in=[S.SENDING, S.TRANSMITTING]).count() + len(
        list(queries.due_by_mail())
    )
    doubts = list(Notice.objects.filter(state=S.UNCERTAIN, within=None)) if not busy else []
    for notice in doubts:
        if notice.message_id in arrived:
            actions.confirm_sent(notice, analyst(1))
        else:
            actions.resend(notice, analyst(1))
    left = Notice.objects.filter(state__in=[S.SCHEDULED, S.UNCERTAIN]).count()
    return {"busy": busy, "doubts": len(doubts), "left": left}


def main(kind: str) -> None:
    import django

    django.setup()
    # Imported once, before the forks, and no connection opened.
    if kind == "worker":
        importlib.import_module("disrupt.hotline.processes.worker.duties")
    importlib.import_module("disrupt.hotline.takedown.checks.crew")
    importlib.import_module("disrupt.hotline.takedown.tasks")
    loop = importlib.import_module(f"disrupt.hotline.processes.{kind}.loop")
    child = None
    for line in sys.stdin:
        command, _, rest = line.strip().partition(" ")
        said: Any = None
        if command == "go":
            child = fork(lambda: loop.run(pause=0.05))
        elif command == "kill" and child:
            os.kill(child.pid, signal.SIGKILL)
            said, _nothing = child.end()
        else:
            _status, said = fork(functools.partial(_settle, set(json.loads(rest)))).end()
        print(json.dumps(said), flush=True)


class Nest:
    """The other end: `go`, `kill`, `settle`. A context manager, which leaves nothing behind."""

    def __init__(self, site: Hotline, kind: str) -> None:
        self._log = (site.var / "log" / f"nest-{kind}.log").open("ab")
        settings = f"disrupt.hotline.processes.{kind}.settings"
        self._mother = subprocess.Popen(
            [sys.executable, "-m", "tests.functional.nest", kind],
            env={**site.environment, "DJANGO_SETTINGS_MODULE": settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._alive = False

    def __enter__(self) -> Nest:
        self.go()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._alive:
            self.kill()
        self._mother.communicate(timeout=60)
        self._log.close()

    def _ask(self, line: str) -> Any:
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(line + "\n")
        self._mother.stdin.flush()
        return json.loads(self._mother.stdout.readline())

    def go(self) -> None:
        self._ask("go")
        self._alive = True

    def kill(self) -> None:
        """Raises AssertionError where it had ended by itself."""
        self._alive = False
        assert self._ask("kill") == -signal.SIGKILL

    def settle(self, arrived: list[str]) -> dict[str, int]:
        found: dict[str, int] = self._ask("settle " + json.dumps(arrived))
        return found


if __name__ == "__main__":
    main(sys.argv[1])
