"""A key that is taken out of the file of keys is refused within a second by every worker."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import httpx
import pytest
from tests.matching.pictures import bank_of, photo
from tests.partner.serving import serving
from tests.waiting import until

from disrupt.partner.serve.keys import Keys

FIRST, SECOND = "k" * 20, "s" * 20


def test_a_key_taken_out_is_refused_by_every_worker_within_a_second(tmp_path: Path) -> None:
    bank_of(tmp_path / "bank", {"p1": photo(1)})
    keys = tmp_path / "keys"
    keys.write_text(f"forum {FIRST}\nother {SECOND}\n")
    more = ["--bank", str(tmp_path / "bank"), "--keys", str(keys), "--workers", "2", "--level", "gate"]
    with serving(*more, key=FIRST) as client:
        url = str(client.base_url.join("/openapi.json"))

        def asked(key: str) -> set[int]:
            """Of sixteen connections, which the system spreads over both workers."""
            headers = {"X-API-Key": key}
            return {httpx.get(url, headers=headers).status_code for _ in range(16)}

        assert (asked(FIRST), asked(SECOND)) == ({200}, {200})
        new = tmp_path / "new"
        new.write_text(f"other {SECOND}\n")
        new.replace(keys)
        time.sleep(1)
        assert (asked(FIRST), asked(SECOND)) == ({401}, {200})
        keys.write_text("# nobody\n")
        time.sleep(1)
        assert (asked(FIRST), asked(SECOND)) == ({401}, {401})
        keys.write_text(f"forum {FIRST}\n")
        until(lambda: asked(FIRST) == {200}, seconds=5)


def test_what_cannot_be_read_ends_nobody_and_opens_to_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now, path = [0.0], tmp_path / "keys"
    path.write_text(f"forum {FIRST}\n")
    keys = Keys(str(path), monotonic=lambda: now[0])
    assert keys.admit(FIRST)
    path.unlink()
    now[0] += 1
    with caplog.at_level(logging.ERROR, "disrupt.serve"):
        assert keys.admit(FIRST)
        assert not keys.admit(SECOND)
        now[0] += 1
        assert keys.admit(FIRST)
        assert caplog.text.count("cannot be read") == 1
        path.write_text(f"forum short\nother {SECOND}\n")
        now[0] += 1
        assert not keys.admit(FIRST)
        assert keys.admit(SECOND)
    assert "line 1" in caplog.text
    assert "short" not in caplog.text
    path.write_bytes(os.urandom(64) + b"\xff")
    now[0] += 1
    assert keys.admit(SECOND)
    assert not Keys(str(tmp_path / "nowhere")).admit(FIRST)
