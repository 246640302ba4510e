"""A seccomp filter that leaves a decoder memory, time and the descriptors it already has, and nothing else.

Everything not listed fails with EPERM; what only an intruder would call kills the process. Numbers are
those of linux/arch/x86/entry/syscalls/syscall_64.tbl and linux/include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from typing import Final

_ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# name: (x86_64, aarch64); None where the architecture has no such call.
_ALLOWED: Final[dict[str, tuple[int | None, int | None]]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "pread64": (17, 67),
    "readv": (19, 65),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "dup2": (33, None),
    "dup3": (292, 24),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "sendmsg": (46, 211),
    "recvmsg": (47, 212),
    "exit": (60, 93),
    "uname": (63, 160),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "set_robust_list": (273, 99),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
    "rseq": (334, 293),
    "poll": (7, None),
    "ppoll": (271, 73),
    "time": (201, None),
    "getrlimit": (97, 163),
    "setrlimit": (160, 164),
}
_WITHOUT_EXEC: Final[dict[str, tuple[int, int]]] = {"mmap": (9, 222), "mprotect": (10, 226)}
_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_PRLIMIT: Final = (302, 261)
_HOSTILE: Final[dict[str, tuple[int | None, int]]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "fork": (57, 220),
    "vfork": (58, 220),
    "execve": (59, 221),
    "ptrace": (101, 117),
    "mount": (165, 40),
    "init_module": (175, 105),
    "unshare": (272, 97),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "bpf": (321, 280),
    "execveat": (322, 281),
    "io_uring_setup": (425, 425),
    "pidfd_getfd": (438, 438),
}

_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_NR, _ARCH, _ARGS = 0, 4, 16
_PROT_EXEC, _CLONE_THREAD = 0x4, 0x00010000
_CLONE_NEW = 0x7E020000 | 0x80
_X32 = 0x40000000
_PR_SET_SECCOMP, _FILTER = 22, 2


def _ins(code: int, k: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, k)


def program(machine: str) -> bytes:
    """The filter as BPF for "x86_64" or "aarch64". Raises KeyError for another machine."""
    column = list(_ARCHITECTURES).index(machine) if machine in _ARCHITECTURES else None
    if column is None:
        raise KeyError(machine)
    code = [
        _ins(_LOAD, _ARCH),
        _ins(_EQUAL, _ARCHITECTURES[machine], 1, 0),
        _ins(_RETURN, _KILL),
        _ins(_LOAD, _NR),
    ]
    if machine == "x86_64":
        code += [_ins(_AT_LEAST, _X32, 0, 1), _ins(_RETURN, _KILL)]
    code += [_ins(_EQUAL, _CLONE3[column], 0, 1), _ins(_RETURN, _ERRNO | _ENOSYS)]
    for pair in _WITHOUT_EXEC.values():
        # Memory, but none that can be executed: the third argument is the protection.
        code += [
            _ins(_EQUAL, pair[column], 0, 4),
            _ins(_LOAD, _ARGS + 16),
            _ins(_ANY_BIT, _PROT_EXEC, 0, 1),
            _ins(_RETURN, _ERRNO | _EPERM),
            _ins(_RETURN, _ALLOW),
        ]
    # A thread of this process, but no new process and no new namespace.
    code += [
        _ins(_EQUAL, _CLONE[column], 0, 5),
        _ins(_LOAD, _ARGS),
        _ins(_ANY_BIT, _CLONE_NEW, 2, 0),
        _ins(_ANY_BIT, _CLONE_THREAD, 0, 1),
        _ins(_RETURN, _ALLOW),
        _ins(_RETURN, _KILL),
    ]
    # Limits of this process only: prlimit's first argument is 0 for oneself.
    code += [
        _ins(_EQUAL, _PRLIMIT[column], 0, 4),
        _ins(_LOAD, _ARGS),
        _ins(_EQUAL, 0, 0, 1),
        _ins(_RETURN, _ALLOW),
        _ins(_RETURN, _ERRNO | _EPERM),
    ]
    allowed = {pair[column] for pair in _ALLOWED.values()} - {None}
    hostile = {pair[column] for pair in _HOSTILE.values()} - allowed - {None, _CLONE[column]}
    for numbers, verdict in ((allowed, _ALLOW), (hostile, _KILL)):
        for number in sorted(n for n in numbers if n is not None):
            code += [_ins(_EQUAL, number, 0, 1), _ins(_RETURN, verdict)]
    code.append(_ins(_RETURN, _ERRNO | _EPERM))
    return b"".join(code)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


def install() -> bool:
    """Put the filter on this process for good; False where machine or kernel cannot. Needs no_new_privs."""
    try:
        code = program(platform.machine())
    except KeyError:
        return False
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_ = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p).value)
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(filter_), 0, 0)) == 0


def self_test() -> bool:
    """Whether this process is now refused a file it could open before."""
    try:
        os.close(os.open("/", os.O_RDONLY))
    except PermissionError:
        return True
    return False
