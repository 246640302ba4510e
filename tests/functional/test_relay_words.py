"""What was refused of a list is told to it, by the protocol that it speaks: a running exchange hears it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.exchange_scene import Exchange
from tests.functional.fill_bank import hex_of
from tests.functional.servers import Hotline

from disrupt.partner.following.feed_client import SyncError
from disrupt.partner.relay import elsewhere, words
from disrupt.protocol.feed import Added
from disrupt.protocol.feedback import Opinion, Why
from disrupt.protocol.taking import pages
from disrupt.protocol.taking.said import WORDS, Said
from disrupt.protocol.taking.sources import Source

HEARD = """
from disrupt.hotline.exchange.models import EntryWord, Feedback
for row in EntryWord.objects.all():
    print("entry", row.entry.prints["pdq"][0]["hex"], row.opinion, row.why, row.seen)
for row in Feedback.objects.all():
    print("hash", row.value, row.opinion)
"""


def heard(hotline: Hotline) -> list[str]:
    said = hotline.run("manage", "shell", "-c", HEARD).stdout.splitlines()
    return [line for line in said if line.startswith(("entry ", "hash "))]


def lay(folder: Path, said: Said) -> None:
    (folder / WORDS).mkdir(parents=True, exist_ok=True)
    (folder / WORDS / "7.json").write_text(said.to_json())


@pytest.mark.slow
def test_each_protocol_has_its_way(hotline: MakeHotline, tmp_path: Path) -> None:
    exchange = Exchange(hotline, tmp_path)
    exchange.add("one", "two", "three")
    key, both = exchange.key, f"{exchange.subscription}:{exchange.key}"

    stopncii = Source("s", exchange.stopncii, tmp_path / "k", "stopncii")
    folder = tmp_path / "s"
    lay(folder, Said("0" * 36, Opinion.NOT_BLOCKED, pdq=(hex_of("pdq one"),)))
    assert words.tell(stopncii, f"{key},{exchange.subscription}", folder) == 1
    assert heard(exchange.hotline) == [f"hash {hex_of('pdq one')} NotBlocked"]
    assert words.tell(stopncii, key, folder) == 0, "it is told once"
    lay(folder, Said("0" * 36, Opinion.NOT_BLOCKED, pdq=(hex_of("pdq three"),)))
    assert words.tell(stopncii, f"fetch,{exchange.subscription},{key}", folder) == 1
    assert len(heard(exchange.hotline)) == 2

    ncmec, folder = Source("n", f"{exchange.url}/ncmec", tmp_path / "k", "ncmec"), tmp_path / "n"
    named: dict[str, str] = {}
    limit = time.monotonic() + 60
    while not named and time.monotonic() < limit:  # the last five seconds are left for the next fetch
        elsewhere.fetch(ncmec, both, folder)
        for page in map(pages.read, pages.waiting(folder)):
            ids = {one.pdq[0].hex: one.id for one in page.changes if isinstance(one, Added)}
            named |= {value: page.names[id_] for value, id_ in ids.items()}
        time.sleep(0.5)
    lay(folder, Said("0" * 36, Opinion.NOT_BLOCKED, name=named[hex_of("pdq two")]))
    assert words.tell(ncmec, both, folder) == 1
    (word,) = (line for line in heard(exchange.hotline) if line.startswith("entry"))
    assert word.split()[1] == hex_of("pdq two")
    assert word.split()[2] in ("not_blocked", "false_match")

    # What cannot be delivered waits; what is gone there needs no word any more.
    exchange.hotline.kill("exchange")
    lay(folder, Said("0" * 36, Opinion.NOT_BLOCKED, name=named[hex_of("pdq three")]))
    with pytest.raises(SyncError, match="could not be told"):
        words.tell(ncmec, both, folder)
    exchange.hotline.start("exchange")
    exchange.withdraw("three")
    assert words.tell(ncmec, both, folder) == 1
    lay(folder, Said("0" * 36, Opinion.FALSE_MATCH, Why.LAWFUL))
    with pytest.raises(SyncError, match="has no way"):
        words.tell(Source("t", "https://x.example", tmp_path / "k", "threatexchange", group=1), "key", folder)
