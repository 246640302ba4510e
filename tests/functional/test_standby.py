"""The exchange reads the list from a real standby while it is in step, else from the primary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.exchange_scene import Exchange
from tests.functional.postgres import PostgreSQL, postgresql
from tests.waiting import until

pytestmark = pytest.mark.slow
READS = "SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = %s"


@pytest.fixture(scope="module")
def primary() -> Iterator[PostgreSQL]:
    with postgresql() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed")
        yield server


@pytest.fixture(scope="module")
def standby(primary: PostgreSQL) -> Iterator[PostgreSQL]:
    with postgresql(of=primary) as server:
        assert server is not None
        yield server


def test_a_lagging_standby_hides_nothing_and_skips_nothing(
    hotline: MakeHotline, primary: PostgreSQL, standby: PostgreSQL, tmp_path: Path
) -> None:
    def make(*names: str) -> object:
        return hotline(*names, DISRUPT_DATABASE=primary.url, DISRUPT_REPLICA=standby.url)

    exchange = Exchange(make, tmp_path)  # type: ignore[arg-type]  # a hotline on these two
    head = {"Authorization": f"Bearer {exchange.key}"}
    with httpx.Client(base_url=exchange.url, headers=head, trust_env=False, timeout=60) as partner:

        def page(after: int = 0) -> dict[str, object]:
            answer = partner.get("/v1/feed", params={"after": after})
            assert answer.status_code == 200, answer.text
            told: dict[str, object] = answer.json()
            return told

        def state() -> str:
            return str(partner.get("/v1/status/ready").json()["standby"])

        def numbers(told: dict[str, object]) -> list[int]:
            return [change["seq"] for change in told["changes"]]  # type: ignore[attr-defined]

        def read_there() -> int:
            return int(standby.ask(READS, "bank_bankchange")[0][0])

        exchange.add("a", "b", "c")
        until(lambda: state() == "in step", "the standby has it all")
        before = read_there()
        first = page()
        assert numbers(first) == [1, 2, 3]
        until(lambda: read_there() > before, "it was read there")

        standby.ask("SELECT pg_wal_replay_pause()")
        until(
            lambda: standby.ask("SELECT pg_get_wal_replay_pause_state()") == [("paused",)], "it stands still"
        )
        exchange.add("d")
        exchange.withdraw("a")
        assert state() == "behind"
        rest = page(3)
        assert numbers(rest) == [4, 5], "what is withdrawn is told at once"
        whole = page()
        assert numbers(whole) == [1, 2, 3, 4, 5]
        assert whole["changes"][0]["action"] == "withdrawn"  # type: ignore[index]  # the standby has it as active

        standby.ask("SELECT pg_wal_replay_resume()")
        until(lambda: state() == "in step", "it has caught up")
        assert page()["changes"] == whole["changes"]
        assert exchange.sync().returncode == 0, "every page is proven"

        standby.ask("SELECT pg_wal_replay_pause()")
        prefix = exchange.key.split("_")[1]
        exchange.hotline.run("manage", "partner", "key", "revoke", prefix)
        assert partner.get("/v1/feed").status_code == 401, "a key that ended is the primary's to know"

        second = tmp_path / "key2"
        words = ("--key-file", str(second), "--scopes", "exchange:feed:read")
        exchange.hotline.run("manage", "partner", "key", "issue", "Platform", *words)
        partner.headers["Authorization"] = f"Bearer {second.read_text().strip()}"
        standby.stop()
        assert numbers(page()) == [1, 2, 3, 4, 5]
        assert state() == "away"
        standby.start()
    assert "the standby of the database is behind" in exchange.hotline.log("exchange")
