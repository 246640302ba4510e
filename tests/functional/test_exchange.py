"""A running exchange, read by the unmodified public client, by `tx`, by our plugin and by `disrupt sync`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from tests.functional.fill_bank import hex_of
from tests.functional.servers import Hotline
from threatexchange.exchanges.clients.stopncii import api as client_api

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.matching import Bank
from disrupt.protocol.stopncii import EPOCH

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
        home = self.folder / "home"
        state = home / "state"
        state.mkdir(parents=True, exist_ok=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("TX_", "DISRUPT_"))}
        environment |= {
            "HOME": str(home),
            "TX_STATEDIR": str(state),
            "TX_STOPNCII_KEYS": f"{self.key},{self.subscription},{self.stopncii}",
            "OMP_NUM_THREADS": "1",
            "NO_PROXY": "127.0.0.1",
        }
        done = subprocess.run(
            [str(Path(sys.executable).with_name("tx")), *args],
            env=environment, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def sync(self, *args: str, bank: str = "bank") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.sync_command(*args, bank=bank), capture_output=True, text=True, timeout=120
        )

    def sync_command(self, *args: str, bank: str = "bank") -> list[str]:
        where = ["--url", self.url, "--key-file", str(self.key_file), "--bank", str(self.folder / bank)]
        return [sys.executable, "-m", "disrupt.cli", "sync", *where, *args]


@pytest.fixture(scope="module")
def served(hotline: Callable[..., Hotline], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    made = Exchange(hotline, tmp_path_factory.mktemp("exchange"))
    yield made
    made.hotline.stop()


@pytest.fixture
def exchange(served: Exchange, tmp_path: Path) -> Exchange:
    """The running exchange with an empty bank, a folder of its own and the key as it was issued."""
    served.folder = tmp_path
    served.key_file.write_text(served.key)
    served.key_file.chmod(0o600)
    served.change(["empty"])
    return served


def everything(client: client_api.StopNCIIAPI, start: int = 10) -> dict[str, Any]:
    pages = list(client.fetch_hashes_iter(start))
    return {record.hashValue: record for page in pages for record in page.hashRecords}


def test_the_unmodified_client_fetches_pages_withdrawals_and_speaks_back(exchange: Exchange) -> None:
    names = [f"picture {n}" for n in range(1700)]
    exchange.add(*names)
    exchange.add("film", kind="video")
    client = exchange.client()
    pages = list(client.fetch_hashes_iter())
    assert [page.count for page in pages] == [800, 800, 101]
    had = {record.hashValue for page in pages for record in page.hashRecords}
    assert had == {hex_of(f"pdq {name}") for name in names} | {hex_of("film", 32)}
    checkpoint = pages[-1].nextSetTimestamp
    assert checkpoint == EPOCH + 1701
    assert everything(client, checkpoint) == {}

    exchange.withdraw(names[0])
    exchange.add("new")
    news = everything(client, checkpoint)
    assert set(news) == {hex_of(f"pdq {names[0]}"), hex_of("pdq new")}
    gone = news[hex_of(f"pdq {names[0]}")]
    assert gone.hashStatus is client_api.StopNCIICaseStatus.Withdrawn
    assert gone.CSPFeedbacks[0].feedbackValue is client_api.StopNCIICSPFeedbackValue.NotBlocked
    assert hex_of(f"pdq {names[0]}") not in everything(client)

    blocked = client_api.StopNCIICSPFeedbackValue.Blocked
    signal_type = client_api.StopNCIISignalType.ImagePDQ
    client.submit_feedback(signal_type, hex_of("pdq new"), blocked, {"seen"})
    client.submit_hash(signal_type, hex_of("ours"))
    log = exchange.hotline.log("exchange")
    assert exchange.key not in log
    assert "FetchHashes" not in log


def picture(path: Path, seed: int) -> str:
    """A picture of soft random blotches; its PDQ."""
    random = np.random.default_rng(seed)
    small = Image.fromarray(random.integers(0, 256, (12, 12, 3), dtype=np.uint8))
    image = small.resize((512, 512), Image.Resampling.BICUBIC)
    image.save(path)
    found = pdq_from_array(np.asarray(image))
    assert found.quality >= 50
    return found.hex


def test_tx_fetches_matches_and_sees_a_withdrawal_disputed(exchange: Exchange) -> None:
    pytest.importorskip("pdqhash")
    banked = exchange.folder / "banked.png"
    other = exchange.folder / "other.png"
    # The client's index of a single hash matches nothing (facebook/ThreatExchange #1318): have some more.
    exchange.add("photograph", pdq=picture(banked, 1))
    exchange.add("one", "two", "three")
    picture(other, 2)
    exchange.tx("config", "collab", "edit", "stop_ncii", "--create", "ours")
    assert "Up to date" in exchange.tx("fetch")
    assert exchange.tx("match", "photo", str(banked)).startswith("pdq 0 (ours) INVESTIGATION_SEED")
    assert exchange.tx("match", "photo", str(other)) == ""
    exchange.add("another")
    exchange.tx("fetch")
    shown = exchange.tx("match", "-S", "pdq", "-H", "photo", "--", hex_of("pdq another"))
    assert "(ours)" in shown
    exchange.withdraw("photograph")
    exchange.tx("fetch")
    assert "-Disrupt" in exchange.tx("match", "--show-false-positives", "photo", str(banked))
    exchange.tx("fetch", "--clear")
    exchange.tx("fetch")
    assert exchange.tx("match", "photo", str(banked)) == ""


def test_the_plugin_makes_withdrawals_work_in_tx(exchange: Exchange) -> None:
    pytest.importorskip("pdqhash")
    banked = exchange.folder / "banked.png"
    exchange.add("photograph", pdq=picture(banked, 1))
    exchange.add("one", "two", "three")
    # The client never deletes the index of a type whose last hash went, hence a film that stays.
    exchange.add("film", "film that stays", kind="video")
    exchange.tx("config", "extensions", "add", "disrupt.partner.tx")
    exchange.tx("config", "extensions", "add", "disrupt.partner.tx_vpdq")
    where = ("--url", exchange.url, "--key-file", str(exchange.key_file))
    exchange.tx("config", "collab", "edit", "disrupt", "--create", "ours", *where)
    exchange.tx("fetch")
    shown = exchange.tx("match", "photo", str(banked))
    assert shown.startswith("pdq 0 (ours) POSITIVE_CLASS")
    assert "ADU-DNCI" in shown
    film = json.dumps([f"{hex_of(f'film {n}')},90,{n}.0" for n in range(3)])
    assert "vpdq 100%[100%] (ours)" in exchange.tx("match", "-S", "vpdq", "-H", "video", "--", film)
    md5 = exchange.tx("match", "-S", "video_md5", "-H", "video", "--", hex_of("film", 32))
    assert "(ours)" in md5
    exchange.withdraw("photograph", "film")
    exchange.tx("fetch")
    assert "(ours)" not in exchange.tx("match", "photo", str(banked))
    assert "(ours)" not in exchange.tx("match", "-S", "vpdq", "-H", "video", "--", film)


def test_disrupt_sync_from_first_to_withdrawal(exchange: Exchange) -> None:
    exchange.add(*(f"picture {n}" for n in range(30)))
    exchange.add("film", kind="video")
    first = exchange.sync("--json")
    assert json.loads(first.stdout) == {
        "added": 31, "withdrawn": 0, "skipped": 0, "quarantined": 0, "cursor": 31, "entries": 31,
    }  # fmt: skip
    assert (first.returncode, first.stderr) == (0, "")
    exchange.withdraw("picture 3")
    again = exchange.sync()
    assert again.stdout == "0 added, 1 withdrawn; at change 32, 30 entries\n"
    bank = Bank.open(exchange.folder / "bank")
    assert not bank.find_digest(sha256=hex_of("picture 3"))
    assert bank.find_digest(sha256=hex_of("picture 4"))
    assert len(bank.query_pdq([hex_of("film 1")])) == 1
    exchange.key_file.chmod(0o644)
    assert "chmod 600" in exchange.sync().stderr


def test_disrupt_sync_killed_at_any_moment_goes_on(exchange: Exchange) -> None:
    exchange.add(*(f"picture {n}" for n in range(3000)))
    for delay in (0.6, 1.0, 1.3):
        running = subprocess.Popen(exchange.sync_command(), stdout=subprocess.DEVNULL)
        time.sleep(delay)
        running.send_signal(signal.SIGKILL)
        running.wait(10)
    done = exchange.sync("--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["entries"] == 3000
    bank = Bank.open(exchange.folder / "bank")
    assert (bank.cursor, len(bank), bank.verify()) == ("3000", 3000, ())


def test_watching_takes_up_news_and_outlives_a_restart_of_the_exchange(exchange: Exchange) -> None:
    exchange.add("one")
    running = subprocess.Popen(
        exchange.sync_command("--watch", "1", "--json"), stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["entries"] == 1
        exchange.hotline.kill("exchange")
        exchange.hotline.start("exchange")
        exchange.withdraw("one")
        assert json.loads(running.stdout.readline())["withdrawn"] == 1
    finally:
        running.terminate()
        running.wait(10)
        if running.stdout is not None:
            running.stdout.close()


def test_keys_that_do_not_open_say_why(exchange: Exchange) -> None:
    exchange.key_file.write_text("dsr_000000000000_" + "0" * 64)
    wrong = exchange.sync()
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "does not know this key" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    exchange.key_file.write_text(exchange.key)
    exchange.hotline.move_clock(days=400)
    try:
        assert "this key has expired" in exchange.sync().stderr
    finally:
        exchange.hotline.move_clock(days=-400)


def test_a_stranger_on_the_wire_gets_errors_and_the_server_goes_on(exchange: Exchange) -> None:
    for query in ("after=-1", "after=abc", "limit=0", "after=1&after=2"):
        answer = httpx.get(
            f"{exchange.url}/v1/feed?{query}", headers={"Authorization": f"Bearer {exchange.key}"}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_parameter")
    assert httpx.get(f"{exchange.url}/v1/feed").json()["error"]["code"] == "missing_key"
    hosts = httpx.get(f"{exchange.url}/v1/status", headers={"Host": "elsewhere.example"})
    assert (hosts.status_code, hosts.json()["error"]["code"]) == (400, "bad_request")
    assert httpx.get(f"{exchange.url}/v1/status/ready").json() == {"status": "ready"}
