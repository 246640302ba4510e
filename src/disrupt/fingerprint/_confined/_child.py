"""The decoder's own process: a warm ancestor that forks confined workers, and the loop of such a worker.

The ancestor starts from a fresh interpreter, so that nothing of its parent (keys, content) is in its
memory; it imports and compiles everything, then only forks. It answers two requests on its control
socket: a worker for the socket that comes along, and nothing else. It ends when that socket closes.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import traceback
import warnings
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from disrupt.fingerprint._confined import _confine, _wire
from disrupt.fingerprint._confined._warm import warm_up
from disrupt.fingerprint._jit import loaded
from disrupt.fingerprint.errors import FingerprintError, MediaTooLarge, SandboxFailure
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.operations import perform
from disrupt.fingerprint.tasks import Task

_CHECK_PARENT = 10.0


def main(descriptor: int) -> None:
    """Run the ancestor on its inherited control socket until the parent is gone."""
    warnings.simplefilter("ignore")
    _confine.keep_memory_private()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the workers
    control = socket.socket(fileno=descriptor)
    os.set_inheritable(descriptor, False)
    parent = os.getppid()
    warm_up()
    network_left = _confine.leave_network()
    gc.collect()
    gc.freeze()
    _wire.send(control, {"ready": True, "compiled": loaded().compiled})
    control.settimeout(_CHECK_PARENT)
    while True:
        try:
            message = _wire.receive(control, descriptors=1)
        except TimeoutError:
            if os.getppid() != parent:
                return
            continue
        except (OSError, _wire.BrokenMessage):
            return
        if message is None:
            return
        for task_socket in message.descriptors:
            _fork_worker(control, task_socket, message.values, network_left)


def _fork_worker(control: socket.socket, descriptor: int, values: dict[str, Any], network_left: bool) -> None:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            control.close()
            _worker(socket.socket(fileno=descriptor), Limits(**values["limits"]), network_left)
            status = 0
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(status)
    os.close(descriptor)
    descriptors: tuple[int, ...] = ()
    if hasattr(os, "pidfd_open"):
        with suppress(OSError):  # the worker may be dead already
            descriptors = (os.pidfd_open(pid),)
    _wire.send(control, {"pid": pid}, descriptors=descriptors)
    for one in descriptors:
        os.close(one)


def _worker(sock: socket.socket, limits: Limits, network_left: bool) -> None:
    """Serve tasks until the parent closes the socket."""
    null = os.open(os.devnull, os.O_WRONLY)
    sock.settimeout(None)
    protections = _confine.confine(limits.memory, network_left=network_left)
    os.dup2(null, sys.stderr.fileno())  # what decoders say about their input is for nobody
    os.close(null)
    _wire.send(sock, {"protections": asdict(protections)})
    while (message := _wire.receive(sock, descriptors=1)) is not None:
        _answer(sock, message, limits)


def _answer(sock: socket.socket, message: _wire.Message, limits: Limits) -> None:
    task = Task(**message.values["task"])
    _confine.limit_processor(int(message.values["seconds"]))
    try:
        with os.fdopen(message.descriptors[0], "rb", buffering=0) as file:
            answer = perform(task, file, limits)
    except FingerprintError as error:
        _wire.send(sock, {"error": type(error).__name__, "message": str(error)})
    except MemoryError:
        text = "the file needs more memory than a decoder may use: send a smaller copy"
        _wire.send(sock, {"error": MediaTooLarge.__name__, "message": text})
    except Exception as error:  # a fault of ours; its text might quote the content
        text = f"the decoder failed on this file ({type(error).__name__}): report it, without the file"
        _wire.send(sock, {"error": SandboxFailure.__name__, "message": text})
    else:
        _wire.send(sock, {"values": answer.values}, answer.blob)
