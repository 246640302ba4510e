"""Contents that grow over several requests: whole, exact after any cut, unreadable and unmixable at rest."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from disrupt.hotline.common.keys import ReviewKeyMissing
from disrupt.hotline.common.store import growing, segments, vault
from disrupt.hotline.common.store.growing import Growing, HeldElsewhere, KeptAlready
from disrupt.hotline.common.store.sealing import CHUNK, SealBroken
from disrupt.hotline.common.store.segments import Mark
from disrupt.hotline.common.store.vault import VaultId


def _grow(vault_id: VaultId, mark: Mark, plain: bytes, piece: int = CHUNK) -> Mark:
    with Growing(vault_id, mark) as content:
        for start in range(0, len(plain), piece):
            content.write(plain[start : start + piece])
        content.sync()
        return content.mark


def _whole(plain: bytes, cuts: tuple[int, ...] = ()) -> VaultId:
    vault_id, mark = growing.begin(len(plain))
    for start, end in zip((0, *cuts), (*cuts, len(plain)), strict=True):
        mark = _grow(vault_id, mark, plain[start:end])
    with Growing(vault_id, mark) as content:
        return content.keep()


@pytest.mark.parametrize("cuts", [(), (1,), (CHUNK,), (5, 5, CHUNK, CHUNK + 1, 3 * CHUNK)])
def test_what_came_in_pieces_comes_out_whole(cuts: tuple[int, ...]) -> None:
    plain = os.urandom(3 * CHUNK + 17)
    assert vault.read_content(_whole(plain, cuts)) == plain


@pytest.mark.usefixtures("may_seal_only")
def test_who_seals_cannot_open() -> None:
    vault_id = _whole(b"sealed")
    with pytest.raises(ReviewKeyMissing):
        vault.read_content(vault_id)


def test_nothing_readable_at_rest_at_any_time(settings: Any) -> None:
    canary = b"canary-in-pieces" * 500
    vault_id, mark = growing.begin(2 * len(canary))
    mark = _grow(vault_id, mark, canary)
    for last in (False, True):
        if last:
            with Growing(vault_id, mark) as content:
                content.write(canary)
                content.keep()
        for folder in (settings.STORE_FOLDER, settings.KEYSTORE_FOLDER):
            for path in (p for p in Path(folder).rglob("*") if p.is_file()):
                assert b"canary" not in path.read_bytes()
                assert path.stat().st_mode & 0o077 == 0
    assert vault.read_content(vault_id) == canary * 2


@pytest.mark.parametrize("seed", range(25))
def test_a_file_cut_anywhere_goes_on_from_its_last_whole_chunk(seed: int) -> None:
    """What a power cut or a kill leaves: any prefix of what was written after the last mark."""
    dice = random.Random(seed)
    plain = dice.randbytes(dice.randrange(1, 5 * CHUNK))
    vault_id, mark = growing.begin(len(plain))
    part = vault.part_path(vault_id)
    while mark.offset < len(plain):
        before = mark
        reached = _grow(vault_id, mark, plain[mark.offset :], dice.randrange(1000, CHUNK))
        size = dice.randrange(before.position, reached.position + 1)
        os.truncate(part, size)
        if dice.random() < 0.3:  # blocks that were allotted and never written
            os.truncate(part, size + 5000)
        with Growing(vault_id, before) as content:
            assert before.offset <= content.mark.offset <= reached.offset
            mark = content.mark
            if dice.random() < 0.7 and mark.offset < len(plain):
                content.write(plain[mark.offset :][: dice.randrange(1, CHUNK)])
                mark = content.mark
    with Growing(vault_id, mark) as content:
        content.keep()
    assert vault.read_content(vault_id) == plain


def test_a_lost_key_loses_only_its_segment() -> None:
    """After a power cut the segment may be there and its key not: it is as if it had not arrived."""
    vault_id, mark = growing.begin(30)
    first = _grow(vault_id, mark, b"a" * 10)
    _grow(vault_id, first, b"b" * 10)
    os.truncate(vault.places(vault_id)[1], segments.SEALED_KEY)
    with Growing(vault_id, first) as content:
        assert content.mark == first


def test_the_end_that_was_sealed_and_not_renamed_is_found() -> None:
    vault_id, mark = growing.begin(3)
    with Growing(vault_id, mark) as content:
        content.write(b"abc")
        content._writer.end()
    with Growing(vault_id, mark) as content:
        assert content.mark.ended
        content.keep()
    assert vault.read_content(vault_id) == b"abc"


def test_one_at_a_time() -> None:
    vault_id, mark = growing.begin(3)
    with Growing(vault_id, mark), pytest.raises(HeldElsewhere):
        Growing(vault_id, mark)
    Growing(vault_id, mark).__exit__(None, None, None)


def test_nothing_is_added_to_what_is_whole_or_gone() -> None:
    vault_id, mark = growing.begin(3)
    done = _grow(vault_id, mark, b"abc")
    with Growing(vault_id, done) as content:
        content.keep()
    with pytest.raises(KeptAlready):
        Growing(vault_id, done)
    vault.destroy(vault_id)
    with pytest.raises(vault.ContentDestroyed):
        Growing(vault_id, done)


@pytest.mark.parametrize("how_far", ["nothing", "half", "whole"])
def test_destroying_leaves_nothing_at_any_stage(how_far: str, settings: Any) -> None:
    vault_id, mark = growing.begin(20)
    if how_far != "nothing":
        mark = _grow(vault_id, mark, b"a" * (10 if how_far == "half" else 20))
    if how_far == "whole":
        with Growing(vault_id, mark) as content:
            content.keep()
    assert vault.exists(vault_id)
    assert [name for name, _ in vault.stored_ids()] == [vault_id]
    receipt = vault.destroy(vault_id)
    assert receipt.ciphertext_absent
    assert receipt.key_absent
    assert receipt.ciphertext_bytes > 0
    assert not vault.exists(vault_id)
    assert list(vault.stored_ids()) == []


def test_a_content_destroyed_while_it_is_written_does_not_come_back() -> None:
    vault_id, mark = growing.begin(20)
    with Growing(vault_id, mark) as content:
        content.write(b"half")
        vault.destroy(vault_id)
        content.write(b"more")
        with pytest.raises(FileNotFoundError):
            content.keep()
    assert not vault.exists(vault_id)


def _records(data: bytes) -> list[bytes]:
    """The records of a file, each with its digest."""
    found, at = [], 16
    while at < len(data):
        size = 5 + int.from_bytes(data[at + 1 : at + 5]) + 32
        found.append(data[at : at + size])
        at += size
    return found


def _redigest(vault_id: VaultId, length: int, records: list[bytes], sealed: bytes) -> bytes:
    """The file of an attacker who knows the format, and computes every digest anew."""
    chain = segments._first_digest(vault_id, length)
    out = segments.MAGIC + length.to_bytes(8)
    count = 0
    for record in records:
        kind, payload = record[:1], record[5:-32]
        key = sealed[count * 80 : count * 80 + 80] if kind == b"S" else b""
        count += kind == b"S"
        chain = segments._link(chain, kind, payload, key)
        out += record[:-32] + chain
    return out


@pytest.mark.parametrize("again", [False, True], ids=["as it is", "digests anew"])
@pytest.mark.parametrize(
    "attack",
    [
        "drop chunk", "drop segment", "swap chunks", "swap segments", "repeat", "no end", "shorter", "other",
        "longer", "flip",
    ],
)  # fmt: skip
def test_pieces_cannot_be_dropped_moved_or_mixed(attack: str, again: bool) -> None:
    plain = os.urandom(4 * CHUNK)
    vault_id = _whole(plain, (CHUNK, 2 * CHUNK))
    file, key = vault.places(vault_id)
    data, sealed = file.read_bytes(), key.read_bytes()
    records, length = _records(data), len(plain)
    assert [r[:1] for r in records] == [b"S", b"C", b"S", b"C", b"S", b"C", b"C", b"S", b"E"]
    if attack == "drop chunk":
        del records[6]
    elif attack == "drop segment":
        del records[2:4]
        sealed = sealed[:80] + sealed[160:]
    elif attack == "swap chunks":
        records[5], records[6] = records[6], records[5]
    elif attack == "swap segments":
        records[0:4] = records[2:4] + records[0:2]
        sealed = sealed[80:160] + sealed[:80] + sealed[160:]
    elif attack == "repeat":
        records.insert(6, records[5])
    elif attack == "no end":
        del records[7:]
    elif attack == "shorter":
        length -= 1
    elif attack == "longer":
        records.append(records[-1])
    elif attack == "flip":
        records[3] = records[3][:50] + bytes([records[3][50] ^ 1]) + records[3][51:]
    else:
        other = _whole(plain, (CHUNK, 2 * CHUNK))
        file2, key2 = vault.places(other)
        records, sealed = _records(file2.read_bytes()), key2.read_bytes()
    if again:
        out = _redigest(vault_id, length, records, sealed)
    else:
        out = segments.MAGIC + length.to_bytes(8) + b"".join(records)
    assert attack in {"other"} or out != data
    file.write_bytes(out)
    key.write_bytes(sealed)
    with pytest.raises(SealBroken):
        vault.read_content(vault_id)


def test_an_untouched_file_survives_the_attackers_tools() -> None:
    """The test above fails for the right reason only if its own tools change nothing by themselves."""
    vault_id = _whole(b"x" * 100, (10,))
    file, key = vault.places(vault_id)
    data = file.read_bytes()
    assert _redigest(vault_id, 100, _records(data), key.read_bytes()) == data
