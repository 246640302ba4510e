"""Promise: who may write in one folder of ours reaches nothing else through it.

A portal that was taken over writes to the store, the key store and the database; the worker, which destroys,
may touch the review key, and the portal may not.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.hotline.conftest import _clean_var as _clean_var

from disrupt.hotline.common.keys import create_all
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.files import NotOurFile
from disrupt.hotline.common.store.vault import NotAVaultId, VaultId

NAMES = (
    "review.key",
    "../../keys/review/review.key",
    "..",
    "",
    "a" * 31,
    "A" * 32,
    "a" * 32 + "\n",
    "/etc/passwd",
)


@pytest.fixture
def review_key(settings: Any) -> Iterator[Path]:
    create_all(settings.KEYS_FOLDER)
    path: Path = settings.KEYS_FOLDER / "review" / "review.key"
    before = path.read_bytes()
    yield path
    assert path.read_bytes() == before


def test_a_link_in_the_key_store_does_not_lead_the_worker_to_the_review_key(review_key: Path) -> None:
    content = vault.deposit([b"x" * 1000])
    _ciphertext, key = vault.places(content)
    key.unlink()
    key.symlink_to(review_key)
    with pytest.raises(NotOurFile):
        vault.read_content(content)
    receipt = vault.destroy(content)
    assert receipt.key_absent
    assert not os.path.lexists(key)
    assert review_key.stat().st_size == 32


@pytest.mark.parametrize("which", [0, 1])
def test_a_pipe_in_the_store_holds_nobody(which: int) -> None:
    content = vault.deposit([b"x" * 1000])
    path = vault.places(content)[which]
    path.unlink()
    os.mkfifo(path)
    ended: list[bool] = []

    def look() -> None:
        with pytest.raises(NotOurFile):
            vault.read_content(content)
        vault.destroy(content)
        ended.append(True)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(10)
    assert ended == [True]
    assert not vault.exists(content)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_the_database_does_not_lead_out_of_the_store(review_key: Path, name: str) -> None:
    for act in (vault.destroy, vault.read_content, vault.exists, vault.is_whole, vault.places):
        with pytest.raises(NotAVaultId):
            act(VaultId(name))
