"""The parent's hold on the decoders' ancestor: starts it, asks it for workers, ends it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from disrupt.fingerprint._confined import _wire
from disrupt.fingerprint.errors import SandboxFailure
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.protections import Protections, why_none

_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[2]);"
    " import disrupt.fingerprint._confined._child as c; c.main(int(sys.argv[1]))"
)
_START_SECONDS = 300.0  # the first start on a machine compiles
_FORK_SECONDS = 30.0
_KEPT = ("DISRUPT_CACHE", "HOME", "LANG", "LC_ALL", "TZ", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "SYSTEMROOT")


class Worker:
    """A confined decoder: its socket, a handle to kill it by, and how many tasks it has done."""

    def __init__(self, sock: socket.socket, pid: int, pidfd: int | None, protections: Protections) -> None:
        self.sock, self.pid, self.pidfd, self.protections, self.done = sock, pid, pidfd, protections, 0

    def close(self) -> None:
        """Let it go: it ends when its socket closes."""
        self.sock.close()
        if self.pidfd is not None:
            os.close(self.pidfd)
            self.pidfd = None

    def end(self) -> None:
        """End it now, whatever it is doing; its socket stays open, so that who waits on it is told."""
        with suppress(ProcessLookupError, PermissionError):
            if self.pidfd is not None:
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End it and let it go."""
        self.end()
        self.close()


class Nursery:
    """One ancestor process, started when the first worker is asked for and again if it dies."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.compiled = 0
        """How many kernels the ancestor did not find compiled, when it was last started."""

    def start(self) -> None:
        """Start the ancestor if there is none; where that fails, whoever needs a worker is told."""
        with self._lock:
            if self._control is None and not why_none():
                try:
                    self._start()
                except (OSError, _wire.BrokenMessage, EOFError):
                    self._end()

    def worker(self) -> Worker:
        """A fresh worker. Raises SandboxFailure when none can be started."""
        if why := why_none():
            raise SandboxFailure(why)
        with self._lock:
            for attempt in (1, 2):
                try:
                    return self._ask()
                except (OSError, _wire.BrokenMessage, EOFError) as error:
                    self._end()
                    if attempt == 2:
                        raise SandboxFailure(
                            f"the decoder's process cannot be started ({error or type(error).__name__}):"
                            " see its error output"
                        ) from error
        raise AssertionError("unreachable")

    def _ask(self) -> Worker:
        control = self._control or self._start()
        ours, theirs = socket.socketpair()
        handles: tuple[int, ...] = ()
        try:
            with theirs:
                _wire.send(control, {"limits": asdict(self._limits)}, descriptors=(theirs.fileno(),))
            reply = _wire.receive(control, descriptors=1)
            if reply is None:
                raise EOFError("it ended")
            handles = reply.descriptors
            ours.settimeout(_FORK_SECONDS)
            hello = _wire.receive(ours)
            if hello is None:
                raise EOFError("a worker ended before its first task")
            protections = Protections(**hello.values["protections"])
            return Worker(ours, int(reply.values["pid"]), handles[0] if handles else None, protections)
        except BaseException:
            ours.close()
            for one in handles:
                os.close(one)
            raise

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        here = str(Path.cwd()) if "" in sys.path else ""
        path = json.dumps([entry or here for entry in sys.path])
        kept = {k: v for k, v in os.environ.items() if k in _KEPT or k.startswith("NUMBA_")}
        # One thread each, and nothing of the parent's environment that might be secret.
        environment = {**kept, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _BOOT, str(theirs.fileno()), path],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
        self._control = ours
        ours.settimeout(_START_SECONDS)
        hello = _wire.receive(ours)
        if hello is None:
            raise EOFError("it ended while starting")
        self.compiled = int(hello.values.get("compiled", 0))
        ours.settimeout(_FORK_SECONDS)
        return ours

    def end(self) -> None:
        """End the ancestor and wait for it."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def forget(self) -> None:
        """In a forked copy of the parent: drop our copies, leave the original's processes alone."""
        self._lock = threading.Lock()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.returncode = 0  # not ours to wait for
            self._process = None
