"""A worker whose supervisor was killed ends too: else it would hold the port and nobody could start again."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading


def end_with_the_supervisor() -> None:
    """From now on; nothing where this process was not started by one."""
    supervisor = multiprocessing.parent_process()
    if supervisor is None:
        return

    def wait() -> None:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGTERM)  # as the supervisor would end it

    threading.Thread(target=wait, name="supervisor", daemon=True).start()
