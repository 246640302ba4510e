"""What every process of the hotline does first: its memory is nobody else's to read."""

from __future__ import annotations

import ctypes
import logging
import resource

log = logging.getLogger(__name__)
_PR_SET_DUMPABLE = 4


def keep_memory_private() -> bool:
    """Refuse debuggers and /proc/PID/mem to other processes of this user, and write no core dump.

    False where the system does not offer it. Holds for processes that are forked from this one; one that
    starts another program asks anew.
    """
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        return int(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)) == 0
    except (OSError, ValueError, AttributeError):
        log.warning("this system keeps no process's memory private")
        return False
