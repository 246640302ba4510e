"""The review key is locked: its file is gone, no other is made, and the keyholder gives it to who opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey

from disrupt.hotline.__main__ import build_parser
from disrupt.hotline.common import keys
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.together import asking, sharing
from disrupt.hotline.operating.backup import operators
from disrupt.hotline.operating.backup.places import Places
from disrupt.hotline.operating.rotating import commands as rotating
from disrupt.hotline.operating.together import commands, holder

WORKER, STRANGER = 4243, 4244


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """Keys of this test's own, a lock's operators beside them, and nobody who holds the key."""
    settings.KEYS_FOLDER, settings.KEYHOLDER = tmp_path / "keys", tmp_path / "socket"
    keys.create_all(settings.KEYS_FOLDER)
    lines = [operators.make(tmp_path / f"{name}.key") for name in ("alice", "bob", "carol")]
    (tmp_path / "operators").write_text("\n".join(lines) + "\n")
    return Path(settings.KEYS_FOLDER)


def run(folder: Path, *words: str) -> int:
    places = Places({}, folder, folder.parent, folder.parent / "erasures.log")
    return commands.run(build_parser().parse_args([*words]), places)


def lock(folder: Path, *more: str) -> int:
    return run(folder, "review-lock", "--to", str(folder.parent / "operators"), *more)


def test_a_locked_key_is_in_no_file_and_no_other_is_made(folder: Path) -> None:
    text, key, public = (
        vault.seal("words"),
        (folder / "review" / "review.key").read_bytes(),
        keys.review_public_key(),
    )
    assert lock(folder) == 0
    keys.create_all(folder)
    assert not (folder / "review" / "review.key").exists()
    assert keys.review_public_key() == public
    assert all(key not in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    with pytest.raises(asking.NotHandedOver, match="no keyholder"):
        vault.unseal(text)
    assert lock(folder) == 2, "it is locked already"


def test_operators_take_it_out_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = vault.seal("words")
    lock(folder)
    alice, bob = (str(folder.parent / f"{name}.key") for name in ("alice", "bob"))
    assert run(folder, "review-lock", "--off", "--key", alice) == 2
    assert "opens with 2 of 3 operators' keys; here are 1" in capsys.readouterr().err
    assert run(folder, "review-lock", "--off", "--key", alice, "--key", bob) == 0
    assert vault.unseal(text) == "words"
    assert run(folder, "review-lock", "--off", "--key", alice) == 2, "it is not locked"


def test_a_key_is_not_locked_while_it_is_replaced_nor_replaced_while_it_is_locked(folder: Path) -> None:
    older = folder / "review" / "review-20261130T000000.key"
    older.write_bytes(bytes(32))
    assert lock(folder) == 2
    older.unlink()
    assert lock(folder, "--needed", "1") == 2, "one person is no lock"
    assert (folder / "review" / "review.key").exists()
    assert lock(folder) == 0
    args = build_parser().parse_args(["rotate", "review"])
    assert rotating.act(args, Places({}, folder, folder, folder)) == 2


def held(folder: Path) -> holder.Holder:
    lock(folder)
    return holder.Holder(keys.review_lock(folder).read_bytes(), {WORKER})


def hand_over(to: holder.Holder, folder: Path, name: str) -> dict[str, Any]:
    private = operators.private_key(folder.parent / f"{name}.key")
    shares = sharing.shares_of(sharing.read(keys.review_lock(folder).read_bytes()), private)
    return to.answer({"ask": "hand-over", "shares": sharing.spoken(shares)}, STRANGER)


def test_the_keyholder_gives_it_once_enough_were_there_and_to_who_opens(folder: Path) -> None:
    key = (folder / "review" / "review.key").read_bytes()
    one = held(folder)
    assert "0 of the 2" in one.answer({"ask": "key"}, WORKER)["error"]
    assert hand_over(one, folder, "alice") == {"open": False, "given": 1, "needed": 2}
    assert hand_over(one, folder, "alice")["given"] == 1, "the same person twice is one"
    assert "key" not in one.answer({"ask": "key"}, WORKER)
    assert hand_over(one, folder, "carol") == {"open": True, "given": 2, "needed": 2}
    assert one.answer({"ask": "key"}, WORKER) == {"key": key.hex()}
    assert "not give the key" in one.answer({"ask": "key"}, STRANGER)["error"]
    assert one.answer({"ask": "lock"}, STRANGER)["open"] is True


@pytest.mark.parametrize("line", ["x", "0.0:" + "A" * 43 + "=", "7.7:AAAA"])
def test_what_is_no_share_is_refused_and_takes_no_place(folder: Path, line: str) -> None:
    one = held(folder)
    assert "error" in one.answer({"ask": "hand-over", "shares": line}, STRANGER)
    assert hand_over(one, folder, "alice")["given"] == 1
    assert hand_over(one, folder, "bob")["open"]
    assert "error" in one.answer({"ask": "anything"}, WORKER)


def test_accounts_that_are_not_there_are_passed_over() -> None:
    assert 0 in holder.accounts(["root", "no-such-account-of-ours"])


def test_a_lost_key_that_signs_leaves_what_it_signed(folder: Path) -> None:
    for name, key in (("takedown/notice.key", keys.notice_key), ("review/evidence.key", keys.evidence_key)):
        before = key()
        signed, public = before.sign(b"said"), before.verify_key
        (folder / name).unlink()
        assert keys.name_of(key()) != keys.name_of(before), "there is another from then on"
        assert public.verify(signed) == b"said"


def test_a_lost_key_of_second_factors_opens_none(folder: Path) -> None:
    from disrupt.hotline.review.people.accounts import SecondFactor

    sealed = SecondFactor().encrypt("secret")
    assert SecondFactor().decrypt(sealed) == "secret"
    (folder / "console" / "mfa.key").unlink()
    with pytest.raises(Exception, match=r"."):
        SecondFactor().decrypt(sealed)


def test_too_few_operators_open_nothing(folder: Path) -> None:
    """As the table of losses says: it is as if the key were lost."""
    one = held(folder)
    for _ in range(3):
        hand_over(one, folder, "alice")
    assert "key" not in one.answer({"ask": "key"}, WORKER)
    assert sharing.shares_of(sharing.read(keys.review_lock(folder).read_bytes()), PrivateKey.generate()) == {}
