"""After a fire: a backup and the list of erasures make the same hotline again, by the operator's commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.functional.servers import Hotline

OPEN = """
import secrets
from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.common.store import vault
for number in range(4):
    file = DepositedFile(vault.deposit([b"picture %d" % number]), 9)
    opened = open_case(Report(
        submission=secrets.token_hex(16), language="fr", reporter="self", age_when_taken="adult",
        urls=(f"https://forum.example/{number}",), files=(file,)))
    print(opened.case.pk, opened.code)
"""
TAKE_BACK = """
from disrupt.hotline.cases.erasing import erase_case
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.withdrawing import withdraw_item
erase_case(Case.objects.get(pk="%s"))
withdraw_item(Case.objects.get(pk="%s").items.first())
"""
LOOK = """
import json
from disrupt.hotline.cases import finding, ledger, messages
from disrupt.hotline.cases.models import Case
out = {}
for pk, code in json.loads(%r):
    case = Case.objects.get(pk=pk)
    try:
        opens = finding.find_case(code).pk == case.pk
    except finding.UnknownCode:
        opens = False
    out[pk] = [opens, sorted(case.items.values_list("state", flat=True)), case.messages.count(),
               ledger.verify(case)]
print(json.dumps(out))
"""


@pytest.mark.slow
def test_after_a_fire(hotline: Callable[..., Hotline], tmp_path: Path) -> None:
    before = hotline()
    opened = [
        line.split(" ", 1) for line in before.run("manage", "shell", "-v0", "-c", OPEN).stdout.splitlines()
    ]
    before.run("manage", "analyst", "add", "gone")
    public = [before.run("backup-key", str(tmp_path / f"{name}.key")).stdout for name in "abc"]
    (tmp_path / "operators").write_text("".join(public))
    file = tmp_path / "saved.backup"
    said = before.run("backup", str(file), "--to", str(tmp_path / "operators"), "--needed", "2").stdout
    assert "opens with 2 of 3" in said
    maker = said.split()[-1]

    # After the backup, one person erases everything, another takes a link back, and an analyst leaves.
    before.run("manage", "analyst", "disable", "gone")
    before.run("manage", "shell", "-v0", "-c", TAKE_BACK % (opened[0][0], opened[1][0]))
    before.run("worker", "--once")
    erasures = before.var / "erasures.log"
    assert len(erasures.read_text().splitlines()) == 6, "five that are taken, and the day's seal"

    # Three days later the night's head is signed again; the keeper of backups hands the old ones back.
    old_list = tmp_path / "old-list"
    old_list.write_bytes(erasures.read_bytes())
    before.run("ledger-head", str(tmp_path))
    (head,) = tmp_path.glob("ledgers-*.json")
    head = head.rename(tmp_path / "head.json")
    before.move_clock(days=3)
    before.run("worker", "--once")
    before.run("ledger-head", str(tmp_path))
    (later,) = tmp_path.glob("ledgers-*.json")

    after = hotline_without_init(tmp_path / "after", before)
    keys = ["--key", str(tmp_path / "a.key"), "--key", str(tmp_path / "c.key")]
    restore = ["restore", str(file), *keys, "--erasures", str(erasures), "--json"]
    for wrong in ([], ["--made-by", "ab" * 32]):
        assert maker in after.run(*restore, "--no-head", *wrong, check=False).stderr
        assert list(after.var.iterdir()) == [], "nothing is begun before that"
    restore += ["--made-by", maker]
    assert "--no-head is required" in after.run(*restore, check=False).stderr, "it is asked for"
    refused = after.run(*restore, "--head", str(later), "--erasures", str(old_list), check=False).stderr
    assert "backups were made after this one" in refused
    assert "there is a newer one" in refused
    assert not (after.var / "keys").exists(), "nothing is put anywhere"
    answer = json.loads(after.run(*restore, "--head", str(head)).stdout)
    assert answer["again"] == {"withdrawn": 1, "erased": 1, "ended": 1, "sessions": 0}
    accounts = after.run("manage", "analyst", "list").stdout
    assert accounts.split("\t")[1:] == ["gone", "analyst", "closed\n"]
    assert answer["lost"] == {"contents": 4, "texts": 0, "told": 3}
    seen = json.loads(after.run("manage", "shell", "-v0", "-c", LOOK % json.dumps(opened)).stdout)
    assert [seen[pk][0] for pk, _code in opened] == [False, True, True, True]
    assert seen[opened[1][0]][1] == ["received", "withdrawn"]
    assert [seen[pk][2] for pk, _code in opened] == [0, 1, 1, 1]

    assert after.run("drill").stdout.endswith("bytes.\n")


def hotline_without_init(var: Path, like: Hotline) -> Hotline:
    """An empty machine."""
    made = Hotline.__new__(Hotline)
    made.var, made.ports, made._running = var, like.ports, {}
    made.environment = {**like.environment, "DISRUPT_VAR": str(var), "DISRUPT_CLOCK_FILE": str(var / "clock")}
    var.mkdir()
    return made
