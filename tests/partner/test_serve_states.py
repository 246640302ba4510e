"""A server in shadow mode, and one whose bank is empty, lost and found again."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.matching.pictures import bank_of, entry_of, photo
from tests.partner.serving import mapped, over_many_connections, serving
from tests.waiting import until

from disrupt.cli import main
from disrupt.matching import Bank, BankEntry, PdqValue, Withdraw

pytestmark = pytest.mark.functional


def png(seed: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(photo(seed)).save(out, "PNG")
    return out.getvalue()


def test_shadow_answers_and_blocks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank_of(tmp_path / "hotline", {"p1": photo(1)})
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving("--bank", str(tmp_path / "hotline"), "--workers", "1", "--shadow") as client:
        told = client.post("/v1/match", content=png(1)).json()
        assert (told["action"], told["shadow"]) == ("none", {"action": "block"})
        assert told["matches"]
        assert 'disrupt_shadow_answers_total{action="block"} 1' in client.get("/metrics").text
        assert client.post("/v1/match", json={"url": "http://example.com/"}).json()["code"] == "no_fetching"
    assert not list(tmp_path.glob("disrupt-serve-*"))  # nothing is left behind


def test_empty_lost_and_damaged_banks_are_not_no_match(tmp_path: Path) -> None:
    path = tmp_path / "bank"
    bank = Bank.create(path)
    with serving("--bank", str(path), "--workers", "1", ready=False) as client:
        assert client.get("/ready").status_code == 503
        answer = client.post("/v1/match", content=png(1))
        assert (answer.status_code, answer.json()["code"]) == (503, "empty_bank")
        bank.apply([entry_of(photo(1), "one")])
        until(lambda: client.get("/ready").status_code == 200)
        assert client.post("/v1/match", content=png(1)).json()["action"] == "block"
        shutil.move(path, tmp_path / "elsewhere")
        until(lambda: client.get("/ready").status_code == 503)
        assert client.get("/live").status_code == 200
        told = client.post("/v1/match", content=png(1)).json()
        assert (told["action"], told["banks"]) == ("block", {"bank": "damaged"})
        shutil.move(tmp_path / "elsewhere", path)
        until(lambda: client.get("/ready").status_code == 200)


def test_it_does_not_start_open_to_all_by_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank_of(tmp_path / "hotline", {"p1": photo(1)})
    bank = ["serve", "--bank", str(tmp_path / "hotline")]
    assert main([*bank, "--host", "0.0.0.0"]) == 2
    assert "--keys" in capsys.readouterr().err
    short = tmp_path / "short"
    short.write_text("forum short\n")
    assert main([*bank, "--keys", str(short)]) == 2
    assert main([*bank, *bank[1:]]) == 2


def test_a_bank_is_mapped_and_nothing_of_it_copied(tmp_path: Path) -> None:
    rows = np.random.default_rng(1).integers(0, 256, (5000, 32), dtype=np.uint8)
    texts = [row.tobytes().hex() for row in rows]
    made = (BankEntry(f"e{n}", "image", pdq=(PdqValue(text, 100),)) for n, text in enumerate(texts))
    Bank.load(tmp_path / "bank", made)
    with serving("--bank", str(tmp_path / "bank"), "--workers", "2", "--level", "gate") as client:
        assert client.post("/v1/match", json={"pdq": texts[0]}).json()["action"] == "review"
        over_many_connections(client, texts[:256])
        held = mapped(tmp_path / "bank")
        bank = Bank.open(tmp_path / "bank")
        bank.apply([Withdraw("e0")])
        bank.compact()  # the files that it is looked up in are new ones

        def is_followed() -> bool:
            over_many_connections(client, texts[:256])
            return client.post("/v1/match", json={"pdq": texts[0]}).json()["action"] == "none"

        until(is_followed)
        over_many_connections(client, texts[:256])
        anew = mapped(tmp_path / "bank")
    for each in (held, anew):
        assert [one["Rss"] > 100 for one in each] == [True, True], "both have looked in it"
        assert {(one["Private_Dirty"], one["Anonymous"]) for one in each} == {(0, 0)}
