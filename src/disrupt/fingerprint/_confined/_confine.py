"""How a warm decoder gives up everything it no longer needs, and which of it the kernel granted."""

from __future__ import annotations

import ctypes
import os
import resource
import signal

from disrupt.fingerprint._confined import _seccomp
from disrupt.fingerprint.protections import Protections

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_NOBODY = 65534
_DESCRIPTORS = 64


def _prctl(option: int, value: int) -> bool:
    return int(ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)) == 0


def keep_memory_private() -> bool:
    """Let no other process of this user read this one's memory, and no core dump be written."""
    private = _prctl(_PR_SET_DUMPABLE, 0)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return False
    return private


def leave_network() -> bool:
    """Move this single-threaded process to an empty network namespace; False where that is refused."""
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.unshare(_CLONE_NEWNET)) == 0 or int(libc.unshare(_CLONE_NEWNET | _CLONE_NEWUSER)) == 0


def _limit(which: int, soft: int, hard: int | None = None) -> None:
    _, ceiling = resource.getrlimit(which)
    wanted = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        wanted = min(wanted, ceiling)
    resource.setrlimit(which, (min(soft, wanted), wanted))


def limit_resources(memory: int) -> bool:
    """Limit this process; `memory` bytes of address space on top of what it has."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
        mapped = int(os.read(statm, 64).split()[0]) * resource.getpagesize()
        os.close(statm)
        _limit(resource.RLIMIT_AS, mapped + memory)
        _limit(resource.RLIMIT_FSIZE, 0)
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    except (OSError, ValueError):
        return False
    return True


def limit_processor(seconds: int) -> None:
    """Let this process use that many more seconds of processor time before the kernel ends it."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(spent.ru_utime + spent.ru_stime) + max(1, seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def _become_nobody() -> bool:
    if os.geteuid() != 0:
        return True
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError:
        return False
    return True


def confine(memory: int, *, network_left: bool) -> Protections:
    """Confine this process for good; call it when everything is imported and warm."""
    limited = limit_resources(memory)
    unprivileged = _become_nobody()
    dies = _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of user, which clears it
    keep_memory_private()  # the change of user may have undone it
    no_new = _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    filtered = no_new and _seccomp.install() and _seccomp.self_test()
    return Protections(filtered, no_new, network_left, unprivileged, limited, dies)


def main() -> None:
    """Confine this process and say, by name, what was refused: for whoever checks a system beforehand."""
    held = confine(1 << 30, network_left=leave_network())
    os.write(1, " ".join(held.missing()).encode())
