"""`disrupt sync` and a server that fails, lies or sends too much: waited out, or a clear sentence."""

from __future__ import annotations

import json
import re
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from tests.partner.feed_server import Answer, FeedServer, id_of, refusal
from tests.partner.syncing import Sync, answered, bank, ids

from disrupt.partner.following import feed_client


@pytest.mark.parametrize("fault", [Answer(503), Answer(429), Answer(500), Answer(502), Answer(0, drop=True)])
def test_passing_faults_are_waited_out(
    server: FeedServer, sync: Sync, tmp_path: Path, pauses: list[float], fault: Answer
) -> None:
    server.add("one")
    server.script = [fault] * 3
    assert sync() == 0
    assert pauses == [0.5, 1.0, 2.0]
    assert len(bank(tmp_path)) == 1


def test_it_comes_back_when_it_is_told_to(server: FeedServer, sync: Sync, pauses: list[float]) -> None:
    server.script = [
        refusal(429, "too_many_requests", Retry_After="7"),
        refusal(503, "unavailable", Retry_After="999999999999"),
        refusal(503, "unavailable", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"),
    ]
    assert sync() == 0
    assert pauses == [7.0, 60.0, 2.0]


def test_a_time_of_day_is_waited_for_too_but_no_longer_than_a_minute(
    server: FeedServer, sync: Sync, pauses: list[float]
) -> None:
    soon, late = (formatdate(time.time() + seconds, usegmt=True) for seconds in (20, 4000))
    server.script = [refusal(429, "too_many_requests", Retry_After=at) for at in (soon, late)]
    assert sync() == 0
    assert 15 < pauses[0] <= 20
    assert pauses[1:] == [60.0]


@pytest.mark.parametrize("after", ["", "3600"])
def test_a_storm_of_too_many_requests_ends_with_a_sentence_and_the_bank_as_it_was(
    server: FeedServer, sync: Sync, tmp_path: Path, pauses: list[float], after: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    server.add("one", "two")
    assert sync() == 0
    server.add("three")
    server.script = [refusal(429, "too_many_requests", **({"Retry_After": after} if after else {}))] * 6
    assert sync() == 1
    assert sum(pauses) <= 5 * 60
    said = capsys.readouterr().err
    assert "tried 6 times: it answered 429 (too many requests)" in said
    assert ("and asks to come back in 3600 s" in said) == bool(after)
    assert len(bank(tmp_path)) == 2
    assert bank(tmp_path).get(id_of("one")) is not None
    assert sync() == 0
    assert len(bank(tmp_path)) == 3


def test_it_gives_up_in_the_end(
    server: FeedServer, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.script = [Answer(503)] * 6
    assert sync() == 1
    assert len(server.asked) == 6
    assert "cannot be read now, tried 6 times: it answered 503" in capsys.readouterr().err
    server.close()
    assert sync() == 1
    assert "ConnectError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refusal(401, "invalid_key"), "does not know this key"),
        (refusal(401, "expired_key"), "this key has expired"),
        (refusal(401, "revoked_key"), "this key was revoked"),
        (refusal(403, "partner_suspended"), "access is suspended"),
        (refusal(403, "missing_scope"), "exchange:feed:read"),
        (refusal(400, "bad_parameter"), "refuses: about bad_parameter"),
        (answered(b"<html>a shop</html>"), "is not a Disrupt exchange"),
        (answered(b"<html>nothing</html>", 404), "answered 404: it is not a Disrupt exchange"),
        (answered({"format": "disrupt-feed/9"}), "speaks another version"),
        (answered(b"[" * 100_000), "is not a Disrupt exchange"),
        (answered(b"\xff\xfe"), "is not a Disrupt exchange"),
        (answered({"error": "a text"}, 400), "is not a Disrupt exchange"),
        (Answer(302, headers={"Location": "https://elsewhere.example/v1/feed"}), "redirects to 'https://elsew"),
        (Answer(308, headers={"Location": "/other"}), "redirects to '/other'"),
        (answered({"format": "disrupt-feed/1", "changes": [], "next": 7, "last": 7, "more": False}),
         "moved the cursor from 0 to 7"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_once_and_nothing_applied(
    server: FeedServer,
    sync: Sync,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    answer: Answer,
    said: str,
) -> None:
    server.script = [answer]
    assert sync() == 1
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert "dsr_key" not in err
    assert len(server.asked) == 1
    assert not (tmp_path / "bank").exists()  # a bank is born with its first verified page


@pytest.mark.parametrize("shift", [1, -1, 5])
def test_a_gap_or_a_repetition_is_refused(
    server: FeedServer, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str], shift: int
) -> None:
    server.add("one", "two", "three")
    assert sync() == 0
    server.add("four")

    def shifted(page: dict[str, Any]) -> None:
        page["changes"][0]["seq"] += shift
        page["next"] = page["last"] = page["changes"][0]["seq"]

    server.edit = shifted
    assert sync() == 1
    assert re.search(r"left a gap: after change 3|fewer|only has changes", capsys.readouterr().err)
    assert (bank(tmp_path).cursor, len(bank(tmp_path))) == ("3", 3)


def test_a_malformed_entry_is_named_and_the_others_kept(
    server: FeedServer, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one")
    server.add("bad", pdq=[{"hex": "0" * 32, "quality": 90, "role": "stored"}])
    server.add("two")
    assert sync("--json") == 1
    out = capsys.readouterr()
    assert "change 2 is malformed and was skipped: a PDQ is 64" in out.err
    assert json.loads(out.out)["skipped"] == 1
    assert ids(tmp_path) == {id_of("one"), id_of("two")}
    assert sync() == 0


def test_an_endless_page_is_cut_off(
    server: FeedServer, sync: Sync, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(feed_client, "_LARGEST_PAGE", 1000)
    server.add(*range(50))
    assert sync() == 1
    assert "stopped" in capsys.readouterr().err
