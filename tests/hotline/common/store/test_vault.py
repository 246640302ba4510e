"""The vault: what goes in sealed comes out whole, and what is destroyed is gone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from disrupt.hotline.common.keys import ReviewKeyMissing
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.sealing import CHUNK, SealBroken


def _files(*folders: str) -> list[Path]:
    return [p for folder in folders for p in Path(folder).rglob("*") if p.is_file()]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])
def test_what_is_deposited_comes_out_whole(size: int) -> None:
    plain = os.urandom(size)
    pieces = [plain[i : i + 1000] for i in range(0, size, 1000)]
    assert vault.read_content(vault.deposit(pieces)) == plain


def test_no_plaintext_and_no_key_on_disk(settings: Any) -> None:
    plain = b"canary-of-the-vault" * 5000
    incoming = vault.Deposit()
    incoming.write(plain)
    secret = bytes(incoming._secret)
    incoming.keep()
    for path in _files(settings.STORE_FOLDER, settings.KEYSTORE_FOLDER):
        data = path.read_bytes()
        assert b"canary-of-the-vault" not in data
        assert secret not in data
        assert path.stat().st_mode & 0o077 == 0


def test_destroying_leaves_nothing_and_says_so(settings: Any) -> None:
    vault_id = vault.deposit([b"x" * 100_000])
    receipt = vault.destroy(vault_id)
    assert receipt.key_absent
    assert receipt.ciphertext_absent
    assert receipt.ciphertext_bytes > 100_000
    assert _files(settings.STORE_FOLDER, settings.KEYSTORE_FOLDER) == []
    with pytest.raises(vault.ContentDestroyed):
        vault.read_content(vault_id)
    again = vault.destroy(vault_id)
    assert again.ciphertext_bytes == 0


def test_the_receipt_does_not_name_the_content() -> None:
    vault_id = vault.deposit([b"x"])
    assert vault_id not in str(vault.destroy(vault_id).as_data())


def test_a_dropped_deposit_leaves_nothing(settings: Any) -> None:
    incoming = vault.Deposit()
    incoming.write(b"half a picture")
    incoming.drop()
    assert _files(settings.STORE_FOLDER, settings.KEYSTORE_FOLDER) == []


def test_a_reader_that_fails_leaves_nothing(settings: Any) -> None:
    def chunks() -> Any:
        yield b"first"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        vault.deposit(chunks())
    assert _files(settings.STORE_FOLDER, settings.KEYSTORE_FOLDER) == []


@pytest.mark.usefixtures("may_seal_only")
def test_the_portal_seals_and_cannot_open() -> None:
    vault_id = vault.deposit([b"sealed"])
    sealed = vault.seal("sealed too")
    with pytest.raises(ReviewKeyMissing):
        vault.read_content(vault_id)
    with pytest.raises(ReviewKeyMissing):
        vault.unseal(sealed)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "longer", "beheaded"])
def test_damage_is_detected(damage: str) -> None:
    vault_id = vault.deposit([os.urandom(2 * CHUNK + 5)])
    path = vault._store(vault_id)
    data = bytearray(path.read_bytes())
    if damage == "truncated":
        data = data[: -CHUNK // 2]
    elif damage == "flipped":
        data[len(data) // 2] ^= 1
    elif damage == "longer":
        data += b"more"
    else:
        data = data[8:]
    path.write_bytes(data)
    with pytest.raises(SealBroken):
        vault.read_content(vault_id)


def test_a_cut_at_a_chunk_boundary_is_detected() -> None:
    """The attack that authenticated chunks alone do not stop: dropping whole chunks from the end."""
    vault_id = vault.deposit([os.urandom(3 * CHUNK)])
    path = vault._store(vault_id)
    path.write_bytes(path.read_bytes()[: 8 + 24 + 2 * (CHUNK + 17)])
    with pytest.raises(SealBroken, match="truncated"):
        vault.read_content(vault_id)


def test_a_text_seals_and_opens() -> None:
    sealed = vault.seal("écrire à personne@example.org")
    assert b"example" not in sealed.ciphertext
    assert vault.unseal(sealed) == "écrire à personne@example.org"
    vault.destroy(sealed.vault_id)
    with pytest.raises(vault.ContentDestroyed):
        vault.unseal(sealed)


def test_every_content_has_its_own_key() -> None:
    first, second = vault.deposit([b"same"]), vault.deposit([b"same"])
    assert vault._store(first).read_bytes()[32:] != vault._store(second).read_bytes()[32:]
    vault._store(first).write_bytes(vault._store(second).read_bytes())
    with pytest.raises(SealBroken):
        vault.read_content(first)
