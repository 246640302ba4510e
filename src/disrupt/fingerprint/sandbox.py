"""A pool of confined decoders: hands them content, takes back plain values, replaces them.

The parent never decodes, never waits longer than the limits say, holds no more of an answer than it asked
for, and believes none of it unchecked (`_replies`).
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
import weakref
from contextlib import suppress
from dataclasses import asdict

from disrupt.fingerprint import cancelling
from disrupt.fingerprint._confined import _wire
from disrupt.fingerprint._confined._nursery import Nursery, Worker
from disrupt.fingerprint._confined._replies import checked
from disrupt.fingerprint.errors import DecodersBusy, SandboxFailure, TookTooLong, Unconfined
from disrupt.fingerprint.limits import DEFAULT, Limits
from disrupt.fingerprint.protections import Protections
from disrupt.fingerprint.tasks import Answer, Task

_LOG = logging.getLogger("disrupt.decoders")
_TASKS_PER_WORKER = 200
_GRACE_SECONDS = 2.0
_ASK_SECONDS = 0.2  # how often a task that waits for a decoder asks whether it is still wanted
_HOLD = frozenset({"seccomp", "no_new_privileges", "unprivileged", "resource_limits"})


class Sandbox:
    """Runs decoding tasks in confined child processes; safe to share between threads.

    `workers` is how many decode at once (default: as many as there are processors, at most 4); a worker is
    replaced after `tasks_per_worker` tasks and after any fault: with 1, no decoder that has seen a file is
    there for the next (about 30 ms a file). With `require`, names of `Protections` without which nothing is
    decoded; without it, a warning says once what is missing.
    """

    def __init__(
        self,
        limits: Limits = DEFAULT,
        *,
        workers: int | None = None,
        tasks_per_worker: int = _TASKS_PER_WORKER,
        require: tuple[str, ...] = (),
    ) -> None:
        self.limits = limits
        self._size = workers or min(os.cpu_count() or 1, 4)
        self._tasks_per_worker = tasks_per_worker
        self._require = require
        self._nursery = Nursery(limits)
        self._idle: list[Worker] = []
        self._slots = threading.BoundedSemaphore(self._size)
        self._lock = threading.Lock()
        self._closed = self._warned = False
        _LIVING.add(self)

    def start(self) -> None:
        """Begin to start the decoders in the background, so that the first file waits less."""
        threading.Thread(target=self._nursery.start, name="start of the decoders", daemon=True).start()

    @property
    def compiled(self) -> int:
        """How many kernels had to be compiled when the decoders were started; 0 where all were found."""
        return self._nursery.compiled

    def run(
        self,
        task: Task,
        content: int,
        seconds: float,
        blob_ceiling: int = 0,
        patience: float | None = None,
    ) -> Pending:
        """Begin a task on a descriptor; `result()` of what is returned waits for it.

        Until then the caller may do something else, such as digesting the same content. With `patience`, no
        longer than that many seconds are waited for a free decoder. Raises DecodersBusy, SandboxFailure.
        """
        self._wait_for_a_slot(patience)
        try:
            worker = self._begin(task, content, seconds)
        except BaseException:
            self._slots.release()
            raise
        return Pending(self, worker, (task, content, seconds), blob_ceiling)

    def _wait_for_a_slot(self, patience: float | None) -> None:
        until = None if patience is None else time.monotonic() + patience
        while not self._slots.acquire(timeout=_ASK_SECONDS):
            cancelling.go_on()
            if until is not None and time.monotonic() >= until:
                raise DecodersBusy

    def _begin(self, task: Task, content: int, seconds: float) -> Worker:
        values = {"task": asdict(task), "seconds": seconds}
        while True:
            with self._lock:
                if self._closed:
                    raise SandboxFailure("the sandbox is closed: make another")
                worker = self._idle.pop() if self._idle else None
            fresh = worker is None
            if worker is None:
                worker = self._nursery.worker()
                self._check(worker)
            worker.sock.settimeout(_GRACE_SECONDS)
            try:
                _wire.send(worker.sock, values, descriptors=(content,))
            except OSError as error:
                worker.kill()  # an idle worker may have died meanwhile; a fresh one may not
                if fresh:
                    raise SandboxFailure("the decoder died before it began: try again") from error
                continue
            return worker

    def _check(self, worker: Worker) -> None:
        lacking = sorted(_HOLD.intersection(worker.protections.missing()))
        if lacking and not self._warned:
            self._warned = True
            _LOG.warning(
                "decoders are not confined by %s here: a hostile file could do more than crash one "
                "(run `disrupt doctor`)",
                ", ".join(lacking),
            )
        missing = set(self._require) & set(worker.protections.missing())
        if missing:
            worker.kill()
            raise Unconfined(f"this system does not offer {', '.join(sorted(missing))}, which is required")

    def _give_back(self, worker: Worker, healthy: bool) -> None:
        worker.done += 1
        with self._lock:
            keep = healthy and not self._closed and worker.done < self._tasks_per_worker
            if keep:
                self._idle.append(worker)
        if not healthy:
            _LOG.info("a decoder was ended after a fault in its task")
        if not keep:
            worker.kill() if not healthy else worker.close()
        self._slots.release()

    def protections(self) -> Protections:
        """Which protections are in force here, as a worker found them. Raises SandboxFailure."""
        with self._slots:
            worker = self._nursery.worker()
            worker.close()
            return worker.protections

    def close(self) -> None:
        """End every child; tasks under way fail."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()
        self._nursery.end()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _forget(self) -> None:
        """In a forked copy of this process: start afresh, touching no process of the original's."""
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(self._size)
        for worker in self._idle:
            worker.close()
        self._idle = []
        self._nursery.forget()


class Pending:
    """A task under way; its worker goes back to the pool when `result` or `abandon` has been called."""

    def __init__(
        self, sandbox: Sandbox, worker: Worker, begun: tuple[Task, int, float], blob_ceiling: int
    ) -> None:
        self._sandbox, self._worker, self._begun, self._ceiling = sandbox, worker, begun, blob_ceiling
        self._late = time.monotonic() + begun[2]
        self._deadline = self._late + _GRACE_SECONDS
        self._lock = threading.Lock()  # held while the worker changes hands
        self._over = self._called_off = False

    def result(self) -> Answer:
        """Wait for the answer; the content's descriptor must still be open.

        Raises the decoder's FingerprintError, TookTooLong, SandboxFailure, Cancelled.
        """
        cancel = cancelling.current()
        if cancel is None:
            return self._result()
        with cancel.ending(self.call_off):
            return self._result()

    def _result(self) -> Answer:
        healthy = False
        try:
            message = self._receive()
            if self._called_off:
                raise cancelling.Cancelled
            if message is None and time.monotonic() >= self._late:
                raise self._took_too_long()  # the kernel counts processor time, and was first
            if message is None and self._worker.done:
                # It may have died of an earlier file, or while it was idle: a fresh one decides.
                self._worker.kill()
                self._worker = self._sandbox._begin(*self._begun)
                message = self._receive()
            if message is None:
                raise SandboxFailure(
                    "the decoder crashed or used up its memory or time on this file: it is damaged or hostile"
                )
            healthy = True
        finally:
            with self._lock:
                self._over = True
            self._sandbox._give_back(self._worker, healthy)
        return checked(message)

    def call_off(self) -> None:
        """End the decoder, from any thread: `result` then raises Cancelled."""
        with self._lock:
            if not self._over:
                self._called_off = True
                self._worker.end()

    def abandon(self) -> None:
        """Give up: the worker is killed."""
        self._sandbox._give_back(self._worker, False)

    def _receive(self) -> _wire.Message | None:
        try:
            return _wire.receive(self._worker.sock, blob_ceiling=self._ceiling, deadline=self._deadline)
        except TimeoutError as error:
            raise self._took_too_long() from error
        except ConnectionResetError:
            return None  # it died with our request unread
        except (OSError, _wire.BrokenMessage) as error:
            raise SandboxFailure(
                f"the decoder broke off ({error}): the file is damaged or hostile"
            ) from error

    def _took_too_long(self) -> TookTooLong:
        return TookTooLong(
            f"decoding took more than {self._begun[2]:.0f} seconds and was stopped: send a smaller copy"
        )


_LIVING: weakref.WeakSet[Sandbox] = weakref.WeakSet()
_default: Sandbox | None = None
_default_lock = threading.Lock()


def default_sandbox() -> Sandbox:
    """The sandbox that this process shares, made on first use and closed at exit."""
    global _default
    with _default_lock:
        if _default is None or _default._closed:
            _default = Sandbox()
        return _default


def protections() -> Protections:
    """Which protections hold decoders in on this machine. Raises SandboxFailure."""
    return default_sandbox().protections()


def _after_fork() -> None:
    global _default_lock
    _default_lock = threading.Lock()
    for sandbox in list(_LIVING):
        sandbox._forget()


def _at_exit() -> None:
    for sandbox in list(_LIVING):
        with suppress(Exception):
            sandbox.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
