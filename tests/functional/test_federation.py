"""Three hotlines read each other in a ring, as real processes: no echo, and withdrawals go all the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from tests.functional.fill_bank import hex_of
from tests.functional.servers import Hotline

from disrupt.protocol.feed import Added, Withdrawn, parse_page

FILL = Path(__file__).with_name("fill_bank.py")
REFUSE = """
import django; django.setup()
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.exchange.taking import disputes
print(disputes.refuse([row.pk for row in disputes.to_decide()], OPERATOR, "weighed"))
"""
WORDS = """
import django; django.setup()
from disrupt.hotline.exchange.models import EntryWord
for word in EntryWord.objects.all():
    print(word.entry.sha256, word.opinion, word.why, word.partner.name)
"""


class Node:
    """One hotline of the ring: its exchange runs; it fetches and takes in when it is told to."""

    def __init__(self, hotline: Hotline, name: str, folder: Path) -> None:
        self.hotline, self.name, self.folder = hotline, name, folder
        folder.mkdir()
        self.file = Path(hotline.environment["DISRUPT_TAKE_FROM"])
        self.keys: dict[str, Path] = {}

    def key_for(self, reader: str) -> Path:
        """Another hotline is a partner as any platform is."""
        path = self.folder / f"key-of-{reader}"
        scopes = ["exchange:feed:read", "exchange:shared:read", "exchange:feedback:write"]
        self.hotline.run(
            "manage", "partner", "add", reader, "--key-file", str(path), "--scopes", *scopes
        )  # fmt: skip
        self.keys[reader] = path
        return path

    def reads(self, *others: Node) -> None:
        rows = [
            {
                "name": other.name,
                "url": other.hotline.url("exchange"),
                "key_file": str(other.keys.get(self.name) or other.key_for(self.name)),
                "pass_on": True,
                "origins": ["examined", "shared"],
                "categories": {"*": "NCII-DIF"},
            }
            for other in others
        ]
        self.file.write_text(json.dumps({"sources": rows}))

    def change(self, *operations: list[str]) -> None:
        settings = {"DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.exchange.settings"}
        subprocess.run(
            [sys.executable, str(FILL)],
            env=self.hotline.environment | settings,
            input=json.dumps(operations), text=True, check=True, timeout=120,
        )  # fmt: skip

    def script(self, text: str) -> str:
        settings = {"DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.console.settings"}
        done = subprocess.run(
            [sys.executable, "-c", text],
            env=self.hotline.environment | settings, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def go(self) -> None:
        """Fetch, with nothing of the hotline's in the environment; then take in."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("DISRUPT_")}
        where = ["--sources", str(self.file), "--folder", str(self.hotline.var / "taken")]
        subprocess.run(
            [sys.executable, "-m", "disrupt.cli", "relay", *where], env=plain, check=True, timeout=120
        )  # fmt: skip
        self.hotline.run("taking", "--once")

    def list_of(self, reader: str) -> dict[str, Added]:
        """What a partner has who reads everything, by SHA-256."""
        key = self.keys[reader].read_text().strip()
        answer = httpx.get(
            f"{self.hotline.url('exchange')}/v1/feed", headers={"Authorization": f"Bearer {key}"}
        )
        found: dict[str, Added] = {}
        for change in parse_page(answer.json()).changes:
            if isinstance(change, Added):
                found[change.id] = change
            elif isinstance(change, Withdrawn):
                found.pop(change.id, None)
        assert len({one.sha256 for one in found.values()}) == len(found), "nothing is there twice"
        return {str(one.sha256): one for one in found.values()}


@pytest.mark.slow
def test_a_ring_without_echoes_through_which_withdrawals_travel(
    hotline: Callable[..., Hotline], tmp_path: Path
) -> None:
    a, b, c = (
        Node(hotline("exchange", DISRUPT_TAKE_FROM=str(tmp_path / f"{name}.json")), name, tmp_path / name)
        for name in "abc"
    )
    b.reads(a)
    c.reads(b)
    a.reads(c)
    a.change(["add", "of a", "image", ""], ["add", "taken back", "image", ""], ["add", "film", "video", ""])
    c.change(["add", "of c", "image", ""])
    readers = [(a, "b"), (b, "c"), (c, "a")]
    for node in (b, c, a, b, c, a):
        node.go()
    everything = {hex_of(name) for name in ("of a", "taken back", "film", "of c")}
    for node, reader in readers:
        assert set(node.list_of(reader)) == everything
    far = c.list_of("a")[hex_of("film")]
    assert far.came is not None
    assert (len(far.came.through), len(far.vpdq), far.origin) == (2, 3, "shared")

    a.change(["withdraw", "taken back"])
    for node in (b, c, a):
        node.go()
    for node, reader in readers:
        assert set(node.list_of(reader)) == everything - {hex_of("taken back")}

    # The ring is cut: b reads nobody any more, and what it had of others goes with that, here and beyond.
    b.reads()
    for node in (b, c, a):
        node.go()
    assert b.list_of("c") == {}
    assert set(c.list_of("a")) == {hex_of("of c")}
    assert set(a.list_of("b")) == everything - {hex_of("taken back")}
    for node, _reader in readers:
        assert "Traceback" not in node.hotline.log("exchange")
        node.hotline.stop()


@pytest.mark.slow
def test_a_dispute_travels_back_to_where_the_entry_came_from(
    hotline: Callable[..., Hotline], tmp_path: Path
) -> None:
    a, b = (
        Node(hotline("exchange", DISRUPT_TAKE_FROM=str(tmp_path / f"{name}.json")), name, tmp_path / name)
        for name in "ab"
    )
    b.reads(a)
    a.change(["add", "famous", "image", ""], ["add", "other", "image", ""])
    b.go()
    key = b.key_for("platform").read_text().strip()
    entry = b.list_of("platform")[hex_of("famous")].id
    said = httpx.post(
        f"{b.hotline.url('exchange')}/v1/feedback",
        headers={"Authorization": f"Bearer {key}"},
        json={"feedback": [{"entry": entry, "opinion": "false_match", "why": "lawful"}]},
    )
    assert said.json() == {"kept": 1, "changed": 1, "unknown": 0}
    b.hotline.run("worker", "--once")
    assert set(b.list_of("platform")) == {hex_of("other")}
    b.go()
    assert a.script(WORDS) == "", "nobody has decided, so nobody is told"
    assert b.script(REFUSE) == "1\n"
    b.go()
    b.go()
    assert a.script(WORDS) == f"{hex_of('famous')} false_match lawful b\n"
    assert set(b.list_of("platform")) == {hex_of("other")}
    assert not list((b.hotline.var / "taken" / "a" / "words").iterdir())
