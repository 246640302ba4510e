"""Children of a test's own process: ready at once, with everything imported and no connection open."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Child:
    """A fork at work."""

    pid: int
    answer: int
    """The end of the pipe that its answer comes from."""

    def end(self) -> tuple[int, Any]:
        """Wait for it; its exit status (negative: the signal) and what it returned, None where it did not."""
        with os.fdopen(self.answer) as pipe:
            told = pipe.read()
        _pid, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), json.loads(told) if told else None


def fork(work: Callable[[], Any]) -> Child:
    """Do this in a child, which returns by JSON and ends without any of the tests' own endings."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(read)
            with os.fdopen(write, "w") as pipe:
                json.dump(work(), pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    return Child(pid, read)
