"""Starts the hotline's real processes on free loopback ports with a private folder, and stops them by pid."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from disrupt.hotline.common.keys import create_all

ROOT = Path(__file__).resolve().parents[2]
WEB = ("portal", "console", "exchange")
BOUND = (*WEB, "answers")
STARTS_WITHIN, STOPS_WITHIN = 60.0, 20.0
_EMPTY: list[bytes] = []


class DidNotStart(RuntimeError):
    """A process ended or did not answer in time; the message holds the end of its log."""


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(var: Path, changes: Mapping[str, str]) -> dict[str, str]:
    """The environment without any DISRUPT_* of its own: a developer's shell changes nothing."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "DISRUPT_REFERENCE"
        or not (name.startswith("DISRUPT_") or name == "DJANGO_SETTINGS_MODULE")
    }
    return {
        **kept,
        "DISRUPT_VAR": str(var),
        "DISRUPT_INSECURE_LOOPBACK": "1",
        "DISRUPT_CLOCK_FILE": str(var / "clock"),
        "PYTHONUNBUFFERED": "1",
        "DISRUPT_QUIET_HOURS": "none",
        "DISRUPT_UNDO_MINUTES": "0",
        "DISRUPT_SECOND_FIRST": "0",
        "DISRUPT_SECOND_SAMPLE_PERCENT": "0",
        "DISRUPT_OFFER_EVERY_MINUTES": "0",
        **changes,
    }


class Hotline:
    """One hotline of its own: `start("portal", "worker")`, `url("portal")`, `stop()`.

    `var` is its private folder; `var/log/<process>.log` is what each process writes on its streams.
    """

    def __init__(self, var: Path, **environment: str) -> None:
        self.var = var
        self.environment = _environment(var, environment)
        self.ports = {name: free_port() for name in (*BOUND, "watch")}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        (var / "log").mkdir(parents=True, exist_ok=True)
        self.environment.setdefault("DISRUPT_PORTAL_URL", self.url("portal"))
        self._init(var / "disrupt.sqlite3")

    @property
    def for_scripts(self) -> dict[str, str]:
        """The environment of a script that takes from the tests too: of this tree, whatever is installed."""
        return {**self.environment, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}

    def url(self, name: str) -> str:
        """The address of a web process, without a slash at its end."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def run(
        self, *arguments: str, check: bool = True, given: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m disrupt.hotline ...` to its end, e.g. `run("manage", "analyst", "alice")`."""
        done = subprocess.run(
            [sys.executable, "-m", "disrupt.hotline", *arguments],
            env=self.environment,
            capture_output=True,
            input=given,
            text=True,
            timeout=300,
            check=False,
        )
        if check and done.returncode:
            raise DidNotStart(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-4000:]}")
        return done

    def start(self, *names: str) -> Hotline:
        """Start processes (portal, console, exchange, worker) and wait until each one answers."""
        for name in names:
            self._running[name] = self._launch(name)
        for name in names:
            if name in BOUND:
                self._wait(name)
        return self

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def child(self, name: str) -> int:
        """The process of a web process that answers, of which its first one takes care; 0: none now."""
        pid = self.pid(name)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[0]) if children else 0

    def lives(self, name: str) -> bool:
        """Whether it was started and has not ended."""
        return name in self._running and self._running[name].poll() is None

    def log(self, name: str) -> str:
        """Everything a process has written so far."""
        path = self.var / "log" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self, *names: str) -> None:
        """Stop processes kindly (all of them when none is named)."""
        self._end(names or tuple(self._running), signal.SIGTERM)

    def kill(self, *names: str) -> None:
        """Stop processes with SIGKILL, as a power cut would."""
        self._end(names or tuple(self._running), signal.SIGKILL)

    def move_clock(self, **by: float) -> None:
        """Move the time of all its processes forward, e.g. `move_clock(hours=6)`."""
        file = self.var / "clock"
        seconds = float(file.read_text()) if file.exists() else 0.0
        beside = file.with_suffix(".new")
        beside.write_text(f"{seconds + dt.timedelta(**by).total_seconds()}\n")
        beside.replace(file)

    def _init(self, database: Path) -> None:
        """As an operator does; but the tables that the first hotline made are copied empty by the others.

        They need keys of their own, then, and nothing else of `init`.
        """
        own = self.environment.get("DISRUPT_DATABASE") or database.exists()
        if _EMPTY and not own:
            database.write_bytes(_EMPTY[0])
            database.chmod(0o600)
            create_all(self.var / "keys")
            return
        self.run("init")
        if not _EMPTY and not own and database.exists():
            with contextlib.closing(sqlite3.connect(database)) as connection:
                # What is still in the journal belongs to the file.
                assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
            _EMPTY.append(database.read_bytes())

    def _launch(self, name: str) -> subprocess.Popen[bytes]:
        extra = ["--bind", f"127.0.0.1:{self.ports[name]}"] if name in BOUND else ["--pause", "0.2"]
        extra = ["--metrics", f"127.0.0.1:{self.ports['watch']}"] if name == "watch" else extra
        extra = [] if name == "keyholder" else extra
        with (self.var / "log" / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "disrupt.hotline", name, *extra],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Of its own group: a SIGKILL to it must take gunicorn's worker along.
                start_new_session=True,
            )

    def _wait(self, name: str) -> None:
        limit = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < limit:
            if self._running[name].poll() is not None:
                break
            connection = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=STARTS_WITHIN)
            try:
                connection.request("GET", "/")
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.1)
            finally:
                connection.close()
        raise DidNotStart(f"{name} did not start:\n{self.log(name)[-4000:]}")

    def _end(self, names: tuple[str, ...], number: signal.Signals) -> None:
        processes = [self._running.pop(name) for name in names if name in self._running]
        for process in processes:
            if number == signal.SIGKILL:
                _signal_group(process.pid, number)
            else:
                process.send_signal(number)
        for process in processes:
            try:
                process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                _signal_group(process.pid, signal.SIGKILL)
                process.wait(STOPS_WITHIN)


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
