"""`look_up`: one way in for every kind of source and any number of banks; it can be called off."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.matching.pictures import bank_of, entry_of, photo
from tests.matching.test_video import shot, write

import disrupt
from disrupt import Bank, Cancel, DisruptError, Sandbox, fingerprint_file, look_up, look_up_async
from disrupt.fingerprint import Cancelled, EmptyFile, Pdq
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.matching import (
    Add,
    BadPicture,
    BankEntry,
    BankMatch,
    EmptyBank,
    HammingIndex,
    PdqValue,
)
from disrupt.partner.bank.adding import own_entry

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def banks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bank]:
    folder = tmp_path_factory.mktemp("looking")
    made = {
        "hotline": bank_of(folder / "hotline", {"one": photo(1), "two": photo(2)}),
        "own": bank_of(folder / "own", {"one": photo(1), "three": photo(3)}),
    }
    film = fingerprint_file(write(folder / "film.mp4", [shot(s) for s in range(8)]), trusted=True)
    made["own"].apply([Add(own_entry(film, "ncii"))])
    return made


def png(seed: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(photo(seed)).save(out, "PNG")
    return out.getvalue()


def test_every_kind_of_source_gives_the_same(banks: dict[str, Bank], tmp_path: Path) -> None:
    path, content = tmp_path / "upload.png", png(2)
    path.write_bytes(content)
    fingerprint = fingerprint_file(path)
    assert not isinstance(fingerprint, disrupt.VideoFingerprint)
    found = [
        look_up(source, banks["hotline"], level="fast")
        for source in (path, str(path), content, io.BytesIO(content), photo(2), fingerprint, fingerprint.pdq)
    ]
    assert {(m.entry, m.bank, m.distance, m.action) for one in found for m in one} == {
        ("two", "hotline", 0, "block")
    }
    assert all(len(one) == 1 for one in found)


def test_several_banks_are_told_apart(banks: dict[str, Bank]) -> None:
    both = {(m.bank, m.entry) for m in look_up(png(1), banks.values(), level="fast")}
    assert both == {("hotline", "one"), ("own", "one")}
    renamed = look_up(png(1), {"a": banks["own"], "b": banks["hotline"]}, level="fast", top=1)
    assert [(m.bank, m.entry) for m in renamed] in ([("a", "one")], [("b", "one")])
    banks["own"].apply([entry_of(photo(3), "three")])
    assert [m.bank for m in look_up(photo(3), [*banks.values()])] == ["own"]


def test_a_film_is_found_as_a_file_as_bytes_and_by_its_fingerprint(
    banks: dict[str, Bank], tmp_path: Path
) -> None:
    path = write(tmp_path / "clip.mp4", [shot(s) for s in range(2, 7)])
    for source in (path, path.read_bytes(), io.BytesIO(path.read_bytes()), fingerprint_file(path)):
        (match,) = look_up(source, banks, level="fast")
        assert match.bank == "own"
        assert match.entry.startswith("own:")
        assert match.segments[0].banked_start is not None


def test_a_label_comes_with_its_match(tmp_path: Path) -> None:
    bank = bank_of(tmp_path / "bank", {"one": photo(1)})
    entry = bank.get("one")
    assert entry is not None
    bank.apply([Add(disrupt.BankEntry(entry.id, "image", pdq=entry.pdq, label="case 7"))])
    assert [m.label for m in look_up(photo(1), bank)] == ["case 7"]


def test_errors_are_of_one_family_and_have_codes(banks: dict[str, Bank], tmp_path: Path) -> None:
    empty = Bank.create(tmp_path / "empty")
    for source, bank, kind, code in (
        (b"", banks, EmptyFile, "empty_file"),
        (np.zeros((3, 3)), banks, BadPicture, "bad_picture"),
        (png(1), empty, EmptyBank, "empty_bank"),
        (png(1), [], EmptyBank, "empty_bank"),
    ):
        with pytest.raises(kind) as caught:
            look_up(source, bank)  # type: ignore[arg-type]
        assert isinstance(caught.value, DisruptError)
        assert caught.value.code == code


def test_a_poor_hash_is_refused_not_matched(banks: dict[str, Bank]) -> None:
    entry = banks["hotline"].get("one")
    assert entry is not None
    assert look_up(Pdq(entry.pdq[0].hex, 20), banks).refused
    assert len(look_up(Pdq(entry.pdq[0].hex, 80), banks)) == 2


def test_a_look_up_is_called_off_while_it_decodes(banks: dict[str, Bank], tmp_path: Path) -> None:
    film = write(tmp_path / "long.mp4", [shot(s) for s in range(80)])
    with Sandbox(workers=1) as sandbox:
        look_up(png(1), banks, level="fast", sandbox=sandbox)  # and the decoders are there
        cancel = Cancel()
        threading.Timer(0.3, cancel.cancel).start()
        with pytest.raises(Cancelled):
            for _ in range(200):
                look_up(film, banks, level="standard", sandbox=sandbox, cancel=cancel)
        with pytest.raises(Cancelled):
            look_up(png(1), banks, sandbox=sandbox, cancel=cancel)
        assert len(look_up(png(1), banks, level="fast", sandbox=sandbox)) == 2


def test_a_cancelled_task_ends_its_decoder(banks: dict[str, Bank], tmp_path: Path) -> None:
    film = write(tmp_path / "long.mp4", [shot(s) for s in range(60)])

    async def ask(sandbox: Sandbox) -> int:
        task = asyncio.create_task(look_up_async(film, banks, level="thorough", sandbox=sandbox))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return len(await look_up_async(png(1), banks, level="fast", sandbox=sandbox))

    with Sandbox(workers=1) as sandbox:
        look_up(png(1), banks, level="fast", sandbox=sandbox)
        began = time.monotonic()
        assert asyncio.run(ask(sandbox)) == 2
        assert time.monotonic() - began < 60


@pytest.mark.parametrize("name", ["find", "find_file", "find_video"])
def test_a_former_name_works_and_warns(name: str) -> None:
    import disrupt.matching

    with pytest.warns(DeprecationWarning, match="look_up"):
        assert callable(getattr(disrupt.matching, name))


def test_what_entry_is_wherever_it_is_asked_for(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "toolkit.md").read_text("utf-8").split("## What `entry` is")[1].split("\n## ")[0]
    for told in ("`Match` of `Findings` | the id", "the `BankEntry` itself", "the number (uint64)"):
        assert told in page
    pixels = photo(1)
    found = pdq_from_array(pixels)
    entry = BankEntry("one", "image", "ncii", pdq=(PdqValue(found.hex, found.quality),))
    bank = Bank.create(tmp_path / "bank")
    bank.apply([Add(entry)])
    (match,) = look_up(pixels, bank)
    assert match.entry == "one"
    assert bank.get(match.entry) == entry
    (hit,) = bank.query_pdq([found.hex], 31)
    assert type(hit) is BankMatch
    assert (hit.entry, hit.entry.id) == (entry, "one")
    index = HammingIndex.from_hashes(np.frombuffer(bytes.fromhex(found.hex), np.uint8)[None])
    index.add(np.zeros((1, 32), np.uint8), np.array([7_000], np.uint64))
    rows = index.query(np.zeros((1, 32), np.uint8), 31)
    assert rows.entry.dtype == np.dtype(np.uint64)
    assert rows.entry.tolist() == [7_000]


def test_the_page_names_every_public_name_and_no_other() -> None:
    page = (ROOT / "docs" / "toolkit.md").read_text("utf-8").split("## Errors and logs")[0]
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    named = {part.strip().strip("`").split("(")[0] for row in rows for part in row.split("`, `")}
    assert named | {"DisruptError"} == set(disrupt.PUBLIC)
    assert all(getattr(disrupt, name) for name in disrupt.PUBLIC)
