"""A running exchange, read by the unmodified public client, by `tx`, by our plugin and by `disrupt sync`."""

from __future__ import annotations

import json
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
from tests.functional.exchange_scene import Exchange
from tests.functional.fill_bank import hex_of
from tests.functional.servers import Hotline
from threatexchange.exchanges.clients.stopncii import api as client_api

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.matching import Bank
from disrupt.protocol.stopncii import EPOCH


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
    with exchange.watching(1) as told:
        assert told()["entries"] == 1
        exchange.hotline.kill("exchange")
        exchange.hotline.start("exchange")
        exchange.withdraw("one")
        assert told()["withdrawn"] == 1


def test_two_partners_and_their_witness_are_shown_one_history(exchange: Exchange) -> None:
    exchange.add(*(f"picture {n}" for n in range(5)))
    assert exchange.sync(bank="one").returncode == 0
    exchange.withdraw("picture 3")
    exchange.add("later")
    assert exchange.sync(bank="other").returncode == 0

    def heads(*args: str) -> str:
        where = ["--url", exchange.url, "--key-file", str(exchange.key_file)]
        done = subprocess.run(
            [sys.executable, "-m", "disrupt.cli", "heads", *args, *where],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    one, other = (str(exchange.folder / name) for name in ("one", "other"))
    assert heads("compare", one, other) == "one history: 5 and 7 changes\n"
    heads("check", "--bank", other, "--witness-key", str(exchange.folder / "witness"))
    assert "1 witnesses agree, up to change 7" in heads("check", "--bank", one)


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
