"""Keys are replaced while everything runs: what waits opens with the new one alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from nacl.public import PrivateKey
from tests.hotline.conftest import MakeCase

from disrupt.hotline.__main__ import build_parser
from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Case, Item, Sketch
from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.store import beside, growing, vault
from disrupt.hotline.common.store.growing import Growing
from disrupt.hotline.common.store.sealing import SealBroken
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.operating.backup.places import Places
from disrupt.hotline.operating.rotating import commands, cookies, review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """Keys of this test's own."""
    settings.KEYS_FOLDER = tmp_path / "keys"
    keys.create_all(settings.KEYS_FOLDER)
    return Path(settings.KEYS_FOLDER)


def begin(folder: Path) -> None:
    review.begin(folder, clock.true_now())


def test_what_waits_opens_with_the_new_key_alone(folder: Path) -> None:
    text, content = vault.seal("words"), vault.deposit([b"picture"])
    held = beside.seal(content, b"sketch")
    begin(folder)
    between = vault.seal("came in between")
    assert (vault.unseal(text), vault.read_content(content)) == ("words", b"picture")
    assert review.seal_anew() == review.SealedAnew(texts=2, contents=0, left=0)
    assert review.seal_anew() == review.SealedAnew(0, 0, 0)
    review.finish(folder)
    assert len(keys.review_private_keys()) == 1
    assert (vault.unseal(text), vault.unseal(between)) == ("words", "came in between")
    assert (vault.read_content(content), beside.unseal(content, held)) == (b"picture", b"sketch")


def test_the_old_key_opens_nothing_any_more(folder: Path) -> None:
    text = vault.seal("words")
    old = keys.review_private_key()
    begin(folder)
    review.seal_anew()
    with pytest.raises(SealBroken):
        vault.unseal(text, old)


def test_what_a_case_alone_can_read_is_left_alone(folder: Path) -> None:
    own = PrivateKey.generate()
    text = vault.seal("for the person", own.public_key)
    before = vault.sealed_key(text.vault_id)
    begin(folder)
    assert review.seal_anew().texts == 0
    assert vault.sealed_key(text.vault_id) == before
    assert vault.unseal(text, own) == "for the person"


def in_pieces(*, whole: bool = True) -> VaultId:
    """A content that came in two requests."""
    vault_id, mark = growing.begin(6)
    for piece in (b"abc", b"def")[: 2 if whole else 1]:
        with Growing(vault_id, mark) as content:
            content.write(piece)
            content.sync()
            mark = content.mark
    if whole:
        with Growing(vault_id, mark) as content:
            content.keep()
    return vault_id


def test_what_came_in_pieces_is_copied(folder: Path, make_case: MakeCase) -> None:
    case = make_case(files=(b"x",))
    item = case.items.get()
    old = in_pieces()
    Item.objects.filter(pk=item.pk).update(vault_id=old, prepared=True)
    Sketch.objects.create(item=item, sealed=beside.seal(old, b"sketch"))
    begin(folder)
    assert review.seal_anew().contents == 1
    review.finish(folder)
    item.refresh_from_db()
    assert item.vault_id != old
    assert not vault.exists(old)
    assert vault.read_content(VaultId(item.vault_id)) == b"abcdef"
    assert not item.prepared, "its copies are looked for again"
    assert not Sketch.objects.filter(item=item).exists()
    assert ledger.verify(Case.objects.get(pk=case.pk)) > 0


def test_an_upload_on_its_way_keeps_the_old_key(folder: Path) -> None:
    in_pieces(whole=False)
    begin(folder)
    assert review.seal_anew().left == 1


def test_what_is_destroyed_meanwhile_stays_destroyed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = vault.seal("words")
    begin(folder)
    real = review.write_private

    def destroyed_now(path: Path, data: bytes) -> None:
        real(path, data)
        vault.destroy(text.vault_id)

    monkeypatch.setattr(review, "write_private", destroyed_now)
    assert review.seal_anew() == review.SealedAnew(0, 0, 0)
    assert not vault.exists(text.vault_id)


def test_a_power_cut_leaves_no_torn_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = vault.seal("words")
    begin(folder)
    key = vault.places(text.vault_id)[1]

    def torn(_vault_id: VaultId, sealed: bytes) -> int:
        key.write_bytes(sealed[:40] + key.read_bytes()[40:])
        raise OSError("no power")

    with monkeypatch.context() as patch:
        patch.setattr(review, "_put", torn)
        with pytest.raises(OSError, match="no power"):
            review.seal_anew()
    with pytest.raises(SealBroken):
        vault.unseal(text)
    assert review.seal_anew().left == 0
    assert vault.unseal(text) == "words"
    vault.destroy(text.vault_id)
    (settings.KEYSTORE_FOLDER / "sealing-anew.json").write_text(
        json.dumps({"id": text.vault_id, "sealed": "00" * 80})
    )
    review.seal_anew()
    assert not vault.exists(text.vault_id)


def test_the_command(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = Places({}, folder, tmp_path, tmp_path / "erasures.log")
    text = vault.seal("words")

    def rotate(*words: str) -> int:
        return commands.act(build_parser().parse_args(["rotate", *words]), places)

    in_progress = in_pieces(whole=False)
    assert rotate("review", "--finish") == 0, "there is nothing to finish"
    assert rotate("review") == 1
    assert len(review.older(folder)) == 1
    assert rotate("review", "--finish") == 1, "the old key is still needed"
    assert len(review.older(folder)) == 1, "one rotation at a time"
    vault.destroy(in_progress)
    assert rotate("review", "--finish") == 0
    assert review.older(folder) == []
    assert vault.unseal(text) == "words"
    assert "The old key is destroyed" in capsys.readouterr().out


def test_cookies_of_before_are_good_until_the_old_secret_goes(folder: Path) -> None:
    def secret() -> str:
        return keys.django_secret(folder, "portal")

    signed = signing.Signer(key=secret()).sign("who")
    before = secret()
    cookies.begin(folder)
    assert secret() != before

    def read() -> str:
        older = keys.older_secrets(folder, "portal")
        return signing.Signer(key=secret(), fallback_keys=older).unsign(signed)

    assert read() == "who"
    cookies.finish(folder)
    with pytest.raises(signing.BadSignature):
        read()


def test_a_lost_secret_is_made_anew(folder: Path) -> None:
    for holder, name in (("portal", "django.secret"), ("takedown", "address.key"), ("exchange", "log.key")):
        path = folder / holder / name
        keys.create_all(folder)
        before = path.read_bytes()
        path.unlink()
        keys.create_all(folder)
        assert path.read_bytes() != before


def test_a_lost_review_key_is_never_made_of_another_pair(folder: Path) -> None:
    text = vault.seal("words")
    (folder / "review" / "review.key").unlink()
    with pytest.raises(keys.ReviewKeyMissing):
        vault.unseal(text)
