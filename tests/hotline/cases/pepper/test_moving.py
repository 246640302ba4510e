"""The pepper is replaced: every code opens its case with all its texts; the old one goes in the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from tests.hotline.conftest import MakeCase

from disrupt.hotline.__main__ import build_parser
from disrupt.hotline.cases import contacts, erasing, finding, messages, retention, stopping
from disrupt.hotline.cases.locking import KeyReplaced
from disrupt.hotline.cases.models import Case, Message, SealedKind, SealedNote
from disrupt.hotline.cases.pepper import moving
from disrupt.hotline.common import clock, codes, keys, possession
from disrupt.hotline.common.actors import REPORTER, WORKER, analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.sealing import SealBroken
from disrupt.hotline.common.store.vault import SealedText, VaultId
from disrupt.hotline.intake.following.contacts import Reach, change, reach_of
from disrupt.hotline.operating.backup.places import Places
from disrupt.hotline.operating.rotating import commands, pepper

pytestmark = pytest.mark.django_db
ALICE = analyst(1)
WORDS = "Somebody sent it on."
FILE = "ab" * 32
PRINT = {"kind": "image", "sha256": "c" * 64, "md5": "d" * 32, "pdq": []}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """Keys of this test's own."""
    settings.KEYS_FOLDER = tmp_path / "keys"
    keys.create_all(settings.KEYS_FOLDER)
    return Path(settings.KEYS_FOLDER)


def rotate(folder: Path) -> None:
    pepper.begin(folder, clock.true_now())


@pytest.fixture
def case(make_case: MakeCase) -> Case:
    """A report with its words, an address to write to and an answer."""
    submission = "one form"
    own = codes.derive(codes.from_submission(submission)).public_key
    made = make_case(
        submission=submission,
        description=vault.seal(WORDS),
        description_copy=messages.seal_for_reporter(WORDS, own),
    )
    change(made, Reach(email="somebody@example.org", email_safe=True))
    messages.write(made, "We have seen it.", ALICE, "t1")
    return made


def read(typed: str) -> tuple[list[str | None], str, str]:
    """The thread, the words and the address, by the code."""
    unlocked = finding.unlock(typed)
    note = SealedNote.objects.get(case=unlocked.case, kind=SealedKind.DESCRIPTION)
    thread = [said.text for said in messages.read(unlocked.case, REPORTER, unlocked.private_key)]
    words = messages.read_copy(note, unlocked.private_key)
    return thread, words, reach_of(unlocked.case, unlocked.private_key).email


ALL = (["We have seen it."], WORDS, "somebody@example.org")


def copies(case: Case) -> set[str]:
    return {copy.sealed.vault_id for copy in moving._copies(case)}


def test_its_holder_comes_and_the_case_moves(folder: Path, case: Case) -> None:
    code = case.code  # type: ignore[attr-defined]
    before, old = finding.unlock(code), copies(case)
    rotate(folder)
    assert read(code) == ALL
    moved = Case.objects.get(pk=case.pk)
    assert moved.pepper == keys.code_pepper().name != ""
    assert moved.lookup != case.lookup
    assert moved.epoch == case.epoch + 1, "visits that hold the old key end"
    assert len(copies(case)) == 3
    assert not old & copies(case)
    assert not any(vault.has_key(VaultId(name)) for name in old)
    message = Message.objects.get()
    with pytest.raises(SealBroken):
        vault.unseal(SealedText(VaultId(message.reporter_id), message.reporter_text), before.private_key)
    assert read(code) == ALL
    assert len(list(vault.stored_ids())) == len({*copies(case)}) * 2, "nothing is left over"


def test_nobody_who_never_comes_is_lost_over_two_rotations(folder: Path, case: Case) -> None:
    rotate(folder)
    rotate(folder)
    assert [one.name for one in keys.code_peppers()][-1] == ""
    assert read(case.code) == ALL  # type: ignore[attr-defined]


def test_what_is_written_meanwhile_is_not_lost(folder: Path, case: Case) -> None:
    code = case.code  # type: ignore[attr-defined]
    rotate(folder)
    real = moving._seal_anew

    def meanwhile(*args: Any) -> None:
        real(*args)
        messages.write(Case.objects.get(pk=case.pk), "One thing more.", ALICE, "t2")

    kept = len(list(vault.stored_ids()))
    with patch.object(moving, "_seal_anew", meanwhile):
        assert finding.unlock(code).case.pepper == ""
    assert len(list(vault.stored_ids())) == kept + 2, "the message, and no copy that nobody needs"
    assert read(code) == ([*ALL[0], "One thing more."], *ALL[1:])
    assert Case.objects.get(pk=case.pk).pepper


def test_who_wrote_before_it_moved_is_read_after(folder: Path, case: Case) -> None:
    code = case.code  # type: ignore[attr-defined]
    as_it_was = Case.objects.get(pk=case.pk)
    rotate(folder)
    finding.unlock(code)
    assert messages.write(as_it_was, "And then?", ALICE, "t2")
    assert read(code)[0] == [*ALL[0], "And then?"]
    as_it_was = Case.objects.get(pk=case.pk)
    rotate(folder)
    finding.unlock(code)
    kept = len(list(vault.stored_ids()))
    with pytest.raises(KeyReplaced):
        change(as_it_was, Reach(email="else@example.org"))
    assert len(list(vault.stored_ids())) == kept
    assert read(code)[2] == ALL[2]


def test_what_was_destroyed_stays_so_and_stops_nobody(folder: Path, case: Case) -> None:
    code = case.code  # type: ignore[attr-defined]
    rotate(folder)
    vault.destroy(VaultId(Message.objects.get().reporter_id))
    assert read(code) == ([None], *ALL[1:])
    stale = SealedNote.objects.get(kind=SealedKind.DESCRIPTION)
    rotate(folder)
    finding.unlock(code)
    retention.destroy_note(stale, WORKER)
    contacts.change_contacts(Case.objects.get(pk=case.pk), ())
    assert copies(case) == {Message.objects.get().reporter_id}
    erasing.erase_case(Case.objects.get(pk=case.pk))
    assert list(vault.stored_ids()) == []
    with pytest.raises(finding.UnknownCode):
        finding.unlock(code)


def test_an_unknown_code_and_no_code_take_as_long(folder: Path) -> None:
    rotate(folder)
    for typed, expected in (("hello", codes.MalformedCode), ("A" * 20, finding.UnknownCode)):
        with patch.object(codes, "derive", wraps=codes.derive) as slow, pytest.raises(expected):
            finding.unlock(typed)
        assert slow.call_count == 2


def test_the_file_is_known_under_the_pepper_of_its_day(folder: Path, make_case: MakeCase) -> None:
    def declared() -> Case:
        return make_case(declared=({**PRINT, "possession": FILE},))

    reports = [declared()]
    for _twice in range(2):
        rotate(folder)
        reports.append(declared())
    held = [case.items.get().possession for case in reports]
    assert [len(one) for one in held] == [64] * 3
    assert [one.partition(":")[0] for one in held[1:]] == [
        one.name for one in reversed(keys.code_peppers()[:2])
    ]
    stopping.ask(possession.sought([FILE]))
    for request in stopping.to_note():
        stopping.note(request)
    assert [case.ledger.filter(kind=stopping.ASKED).count() for case in reports] == [1, 1, 1]


def test_the_command(
    folder: Path, tmp_path: Path, case: Case, make_case: MakeCase, capsys: pytest.CaptureFixture[str]
) -> None:
    places = Places({}, folder, tmp_path, tmp_path / "erasures.log")

    def run(*words: str) -> str:
        status = commands.act(build_parser().parse_args(["rotate", "pepper", *words]), places)
        told = capsys.readouterr()
        return f"{status} {told.out}{told.err}"

    assert "No pepper is being replaced" in run("--finish")
    assert run().startswith("0 There is a new pepper")
    assert run("--finish").startswith("1 No case has the new pepper yet")
    fresh = make_case(declared=({**PRINT, "possession": FILE},))
    assert "needed by 1 case(s) whose holder has not come since, and 0 file(s)" in run("--finish")
    finding.unlock(case.code)  # type: ignore[attr-defined]
    assert "needed by 0 case(s)" in (told := run("--finish"))
    assert "The old pepper is destroyed" in told
    assert len(keys.code_peppers()) == 1
    assert read(case.code) == ALL  # type: ignore[attr-defined]
    run()
    make_case()
    assert "needed by 2 case(s) whose holder has not come since, and 1 file(s)" in run("--finish")
    for done in (case, fresh):
        erasing.erase_case(Case.objects.get(pk=done.pk))
    assert run("--finish").startswith("0 ")


def test_a_rotation_that_stopped_half_way_is_begun_again(folder: Path, case: Case) -> None:
    with (
        patch.object(keys, "new_pepper", side_effect=OSError("no power")),
        pytest.raises(OSError, match="no"),
    ):
        rotate(folder)
    assert len(keys.code_peppers()) == 1
    assert read(case.code) == ALL  # type: ignore[attr-defined]
    rotate(folder)
    assert read(case.code) == ALL  # type: ignore[attr-defined]
    assert pepper.finish(folder) == 0
    assert read(case.code) == ALL  # type: ignore[attr-defined]
