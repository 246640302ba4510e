"""A portal that kills itself (SIGKILL) at the n-th moment of a case's move to a new pepper; test_pepper.py.

`python -m tests.functional.killed_moving VAR TEMPLATE CODE`: for n = 1, 2, 3, ... VAR is made anew from
TEMPLATE, the code is given and the process dies, it is given again, and what its holder reads is told, one
JSON line each. The last was not killed. Moments: before each text is sealed, before each commit, and before
each step of a destruction.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from tests.forks import fork


def _arm(deadly: int) -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from disrupt.hotline.common.store import vault

    moments = 0

    def around(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            nonlocal moments
            moments += 1
            if moments == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        setattr(owner, name, wrapped)

    around(vault, "seal")
    around(BaseDatabaseWrapper, "commit")
    around(vault, "_overwrite")
    around(vault, "sync_folder")


def _come(code: str, deadly: int) -> dict[str, Any]:
    """Give the code, and read all that there is."""
    from disrupt.hotline.cases import finding, messages
    from disrupt.hotline.common.actors import REPORTER
    from disrupt.hotline.intake.following.contacts import reach_of

    _arm(deadly)
    unlocked = finding.unlock(code)
    case, private = unlocked.case, unlocked.private_key
    note = case.notes.get(kind="description")
    return {
        "pepper": case.pepper,
        "thread": [said.text for said in messages.read(case, REPORTER, private)],
        "words": messages.read_copy(note, private),
        "reach": reach_of(case, private).email,
    }


def _told(code: str, deadly: int) -> dict[str, Any]:
    try:
        return _come(code, deadly)
    except Exception:
        traceback.print_exc()
        raise


def main(var: Path, template: Path, code: str) -> None:
    os.environ["DISRUPT_VAR"] = str(var)
    os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.portal.settings"
    shutil.copytree(template, var)
    import django

    django.setup()
    deadly, killed = 0, -signal.SIGKILL
    while killed == -signal.SIGKILL:
        deadly += 1
        shutil.rmtree(var)
        shutil.copytree(template, var)
        killed, _nothing = fork(lambda n=deadly: _told(code, n)).end()
        again, found = fork(lambda: _told(code, 0)).end()
        print(json.dumps({"killed": killed, "again": again, "found": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
