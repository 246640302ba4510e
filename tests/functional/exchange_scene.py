"""A running exchange with one partner, a bank that is filled beside it, and the clients that read it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.functional.servers import Hotline
from threatexchange.exchanges.clients.stopncii import api as client_api

FILL = Path(__file__).with_name("fill_bank.py")
ALL = ["exchange:feed:read", "exchange:stopncii:read", "exchange:feedback:write", "exchange:hashes:submit"]


class Exchange:
    """A hotline whose exchange runs, a partner's key, and a bank that is filled beside the server."""

    def __init__(self, make: Callable[..., Hotline], folder: Path) -> None:
        self.hotline = make("exchange")
        self.url = self.hotline.url("exchange")
        self.stopncii = f"{self.url}/stopncii/v1"
        self.key_file = folder / "key"
        said = self.hotline.run(
            "manage", "partner", "add", "Platform", "--key-file", str(self.key_file), "--scopes", *ALL
        ).stdout
        self.subscription = said.split()[-1]
        self.key = self.key_file.read_text().strip()
        self.folder = folder

    def change(self, *operations: list[str]) -> None:
        environment = self.hotline.environment | {
            "DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.exchange.settings"
        }
        subprocess.run(
            [sys.executable, str(FILL)],
            env=environment,
            input=json.dumps(operations),
            text=True,
            check=True,
            timeout=300,
        )

    def add(self, *names: str, kind: str = "image", pdq: str = "") -> None:
        self.change(*(["add", name, kind, pdq] for name in names))

    def withdraw(self, *names: str) -> None:
        self.change(*(["withdraw", name] for name in names))

    def client(self) -> client_api.StopNCIIAPI:
        endpoint = client_api.StopNCIIEndpoint
        more = {endpoint.SubmitHashes: self.key, endpoint.SubmitFeedback: self.key}
        return client_api.StopNCIIAPI(self.subscription, self.key, more, base_url_override=self.stopncii)

    def tx(self, *args: str, check: bool = True) -> str:
        """The `tx` command, with a home of its own; what it says on both streams."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("tx")), *args],
            env=self.tx_environment(), capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def tx_environment(self) -> dict[str, str]:
        """In which `tx` has a home of its own and this exchange's keys."""
        home = self.folder / "home"
        state = home / "state"
        state.mkdir(parents=True, exist_ok=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("TX_", "DISRUPT_"))}
        return environment | {
            "HOME": str(home),
            "TX_STATEDIR": str(state),
            "TX_STOPNCII_KEYS": f"{self.key},{self.subscription},{self.stopncii}",
            "OMP_NUM_THREADS": "1",
            "NO_PROXY": "127.0.0.1",
        }

    def sync(self, *args: str, bank: str = "bank") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.sync_command(*args, bank=bank), capture_output=True, text=True, timeout=120
        )

    def sync_command(self, *args: str, bank: str = "bank") -> list[str]:
        where = ["--url", self.url, "--key-file", str(self.key_file), "--bank", str(self.folder / bank)]
        return [sys.executable, "-m", "disrupt.cli", "sync", *where, *args]

    @contextmanager
    def watching(self, seconds: int) -> Iterator[Callable[[], Any]]:
        """`disrupt sync --watch` for as long as the block lasts; what it gives reads the next summary."""
        command = self.sync_command("--watch", str(seconds), "--json")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            out = running.stdout
            try:
                yield lambda: json.loads(out.readline())
            finally:
                running.terminate()
                running.wait(10)
