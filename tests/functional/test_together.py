"""Two people bring the review key in: until the second has, the worker waits; then it goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.functional.servers import Hotline
from tests.waiting import until

SEAL = """
from disrupt.hotline.common.store import vault
print(vault.deposit([b"a picture"]))
"""
OPEN = """
from disrupt.hotline.common.store import vault
print(vault.read_content(%r).decode())
"""


@pytest.mark.slow
def test_two_people_bring_the_review_key_in(hotline: Callable[..., Hotline], tmp_path: Path) -> None:
    ours = hotline()
    name = ours.run("manage", "shell", "-v0", "-c", SEAL).stdout.strip()
    public = [
        ours.run("backup-key", str(tmp_path / f"{who}.key")).stdout for who in ("alice", "bob", "carol")
    ]
    (tmp_path / "operators").write_text("".join(public))
    ours.run("review-lock", "--to", str(tmp_path / "operators"), "--needed", "2")
    ours.start("worker")
    until(lambda: "waiting for the review key: Nobody holds" in ours.log("worker"), "the worker waits")
    assert "until operators hand over: Nobody holds" in ours.run("status", check=False).stdout
    ours.start("keyholder")
    until((ours.var / "keyholder.socket").exists, "the keyholder is there")

    said = ours.run("hand-over", "--key", str(tmp_path / "alice.key")).stdout
    assert said == "1 of the 2 operators who are needed have handed over.\n"
    until(lambda: "1 of the 2 operators" in ours.log("worker"), "the worker is told")
    assert "1 of the 2" in ours.run("manage", "shell", "-v0", "-c", OPEN % name, check=False).stderr
    assert ours.lives("worker")

    # The second operator's key stays where it is kept: only what it opens of the lock is brought.
    locked = str(ours.var / "keys" / "review" / "review.locked")
    line = ours.run("hand-over", "--key", str(tmp_path / "bob.key"), "--locked", locked, "--print").stdout
    assert "The review key is here" in ours.run("hand-over", given=line).stdout
    assert ours.run("manage", "shell", "-v0", "-c", OPEN % name).stdout == "a picture\n"
    until(lambda: "hand over" not in ours.run("status", check=False).stdout, "nobody waits any more")
    ours.start("console")
    ours.kill("keyholder")
    ours.stop("console")
    assert "no keyholder answers" in ours.run("hand-over", given=line, check=False).stderr
    assert ours.lives("worker"), "who has the key goes on without the keyholder"
