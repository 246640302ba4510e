"""A writer that is killed at any moment leaves the old state or the new one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.matching.entries import content, pdq, picture

from disrupt.matching import Add, Bank, BankEntry, Withdraw, store

pytestmark = pytest.mark.slow

# Batch n adds the entries 3n, 3n+1, 3n+2 and withdraws the entry 3(n-20); its cursor is n.
WRITER = """
import sys
from disrupt.matching import Add, Bank, Withdraw, store
from tests.matching.entries import picture
store._JOURNAL_LEAST = 6000
bank = Bank.open(sys.argv[1])
print("ready", flush=True)
for n in range(int(bank.cursor or -1) + 1, 100000):
    changes = [Add(picture(3 * n + k)) for k in range(3)] + [Withdraw(f"e{3 * (n - 20)}")]
    bank.apply(changes, cursor=str(n))
"""


def wanted_after(cursor: int) -> set[str]:
    everyone = {f"e{n}" for n in range(3 * (cursor + 1))}
    return everyone - {f"e{3 * n}" for n in range(max(0, cursor - 19))}


def killed_after(folder: Path, seconds: float) -> None:
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{root}:{root / 'src'}"}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], env=environment, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert writer.returncode == -signal.SIGKILL


def survives(folder: Path, rounds: int, seed: int) -> None:
    rng = random.Random(seed)
    Bank.create(folder)
    cursor = -1
    for _ in range(rounds):
        killed_after(folder, rng.uniform(0.0, 0.25))
        bank = Bank.open(folder, strict=True)
        assert bank.verify() == ()
        reached = int(bank.cursor or -1)
        assert reached >= cursor
        cursor = reached
        assert content(bank).keys() == wanted_after(cursor)
        for n in {0, cursor // 2, cursor}:
            found = {m.entry.id for m in bank.query_pdq([pdq(3 * n)])}
            assert found == {f"e{3 * n}"} & wanted_after(cursor)
    assert cursor > 0


def test_a_killed_writer_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    survives(tmp_path / "bank", rounds=4, seed=1)


@pytest.mark.fuzz
def test_a_killed_writer_leaves_the_old_state_or_the_new_at_length(tmp_path: Path) -> None:
    survives(tmp_path / "bank", rounds=150, seed=2)


@pytest.mark.parametrize("call", ["fsync", "replace", "truncate", "ftruncate", "write"])
def test_stopped_at_each_call_to_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """The power goes at the n-th call while a batch is applied and folded in, for every n."""

    class PowerCutError(BaseException):
        pass

    monkeypatch.setattr(store, "_JOURNAL_LEAST", 0)
    old, new = {"e0": picture(0)}, {"e1": picture(1)}
    owner = Path if call == "replace" else os
    if not hasattr(owner, call):
        pytest.skip(f"no {call} here")
    original = getattr(owner, call)
    outcomes = set()
    for stop in range(1, 40):
        folder = tmp_path / str(stop)
        bank = Bank.create(folder)
        bank.apply([Add(picture(0))], cursor="old")
        calls = 0

        def stopping(*args: object, stop: int = stop) -> object:
            nonlocal calls
            calls += 1
            if calls >= stop:
                raise PowerCutError
            return original(*args)

        with monkeypatch.context() as patch:
            patch.setattr(owner, call, stopping)
            try:
                bank.apply([Add(picture(1)), Withdraw("e0")], cursor="new")
            except PowerCutError:
                pass
            else:
                break
        after = Bank.open(folder, strict=True)
        assert (content(after), after.cursor) in ((old, "old"), (new, "new"))
        assert after.verify() == ()
        outcomes.add(after.cursor)
        after.apply([Add(picture(2))], cursor="later")
        assert "e2" in content(Bank.open(folder, strict=True))
    else:
        pytest.fail("never came to the end")
    assert outcomes <= {"old", "new"}


def test_a_full_disk_leaves_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = Bank.create(tmp_path / "bank")
    bank.apply([Add(picture(0))], cursor="old")

    def full(*_args: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            bank.apply([Add(picture(1))], cursor="new")
    assert bank.cursor == "old"
    bank.apply([Add(BankEntry(id="é", kind="image", label="à côté", md5="0" * 32))], cursor="new")
    again = Bank.open(bank.path, strict=True)
    assert sorted(content(again)) == ["e0", "é"]
    assert again.cursor == "new"
