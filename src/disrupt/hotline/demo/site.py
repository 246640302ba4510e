"""Starts the five processes of the hotline as an operator would, and stops them by their ids."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import httpx

from disrupt.hotline.demo.errors import DemoFailed

_PATIENCE = 60.0


@dataclass(frozen=True)
class Ports:
    """Where each listens, on 127.0.0.1."""

    portal: int
    console: int
    exchange: int
    smtp: int
    host: int

    @classmethod
    def from_base(cls, base: int) -> Ports:
        return cls(base, base + 1, base + 2, base + 25, base + 80)

    def check_free(self) -> None:
        """Raises DemoFailed naming the port that something else uses."""
        for name, port in vars(self).items():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    raise DemoFailed(
                        f"Port {port} (for the {name}) is in use. Stop what uses it, or choose other ports: "
                        "make demo ARGS='--port 9000'"
                    ) from None


@dataclass
class Site:
    """The running hotline; a context manager. `source`: where the package is, if it is not this one."""

    var: Path
    ports: Ports
    environment: Mapping[str, str] = field(default_factory=dict)
    workers: int = 1
    source: str = ""
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _arguments: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def portal(self) -> str:
        return f"http://127.0.0.1:{self.ports.portal}"

    @property
    def console(self) -> str:
        return f"http://127.0.0.1:{self.ports.console}"

    @property
    def exchange(self) -> str:
        return f"http://127.0.0.1:{self.ports.exchange}"

    @property
    def groups(self) -> dict[str, int]:
        """The group of processes that each was started in."""
        return {name: process.pid for name, process in self._running.copy().items()}

    def environ(self) -> dict[str, str]:
        """The environment of every process of this site."""
        return {
            **os.environ,
            **self._package(),
            "DISRUPT_VAR": str(self.var),
            "DISRUPT_INSECURE_LOOPBACK": "1",
            "DISRUPT_CLOCK_FILE": str(self.var / "clock"),
            "DISRUPT_QUIET_HOURS": "none",
            "DISRUPT_OFFER_EVERY_MINUTES": "0",
            "DISRUPT_UNDO_MINUTES": "10",
            "DISRUPT_SMTP_HOST": "127.0.0.1",
            "DISRUPT_SMTP_PORT": str(self.ports.smtp),
            "DISRUPT_PORTAL_URL": self.portal,
            "DISRUPT_REACHABLE": f"127.0.0.1:{self.ports.host}",
            **self.environment,
        }

    def _package(self) -> dict[str, str]:
        if not self.source:
            return {}
        return {"PYTHONPATH": os.pathsep.join(filter(None, (self.source, os.environ.get("PYTHONPATH"))))}

    def run(self, *arguments: str) -> str:
        """Run a command of the hotline to its end; return what it printed. Raises DemoFailed."""
        done = subprocess.run(
            [sys.executable, "-m", "disrupt.hotline", *arguments],
            env=self.environ(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DemoFailed(f"`disrupt.hotline {' '.join(arguments)}` failed:\n{done.stderr or done.stdout}")
        return done.stdout

    def start(self, name: str, *arguments: str) -> int:
        """Start one process, its output in var/log/NAME.log; return its process id.

        Further ones of a kind are called by it and a number: `worker.2`.
        """
        folder = self.var / "log"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "disrupt.hotline", name.partition(".")[0], *arguments],
                env=self.environ(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running[name] = process
        self._arguments[name] = arguments
        return process.pid

    def kill(self, name: str) -> None:
        """End a process as a power cut would, with what it started, and start it again."""
        process = self._running[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.start(name, *self._arguments[name])

    def start_all(self) -> dict[str, int]:
        """Start portal, console, exchange, worker and checker; return their process ids once they answer."""
        for name in ("portal", "console", "exchange"):
            self.start(name, "--bind", f"127.0.0.1:{getattr(self.ports, name)}")
        for worker in ("worker", *(f"worker.{n}" for n in range(2, self.workers + 1))):
            self.start(worker, "--pause", "0.3")
        self.start("checker", "--pause", "0.3")
        for name, url in (("portal", self.portal), ("console", self.console), ("exchange", self.exchange)):
            self._wait_for(name, url)
        return {name: process.pid for name, process in self._running.items()}

    def _wait_for(self, name: str, url: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if self._running[name].poll() is not None:
                break
            try:
                httpx.get(url, timeout=5, follow_redirects=True)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            return
        log = (self.var / "log" / f"{name}.log").read_text(errors="replace")[-2000:]
        raise DemoFailed(f"The {name} did not start. The end of its log:\n{log}")

    def stop(self, *names: str) -> None:
        """Stop the processes of these names, or every one that this site started; and only those."""
        stopped = [self._running.pop(name) for name in names or list(self._running)]
        for process in stopped:
            process.terminate()
        for process in stopped:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> Site:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
