"""Before anybody looks: a file is sketched, its copies are found, and what is known takes one press."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.hotline.processing.test_family import carried, decided, edited, offered
from tests.hotline.processing.working import accept, flat, jpeg, only, prepare, work
from tests.hotline.review.pages import decision, film, item_path, page, preview_path

from disrupt.hotline.bank.models import BankEntry, EntryOrigin
from disrupt.hotline.cases import erasing, ledger
from disrupt.hotline.cases.models import Case, Item, Likeness, Sketch
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.store import beside, vault
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.decisions import proofs
from disrupt.hotline.processing import family, preparing, sketching
from disrupt.hotline.processing.family import Why
from disrupt.hotline.review.seeing import glances

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def pks(*cases: Case) -> list[str]:
    return [str(only(case).pk) for case in cases]


def looked_at(case: Case) -> list[dict[str, Any]]:
    return list(case.ledger.filter(kind="content.previewed").values_list("data", flat=True))


@pytest.mark.parametrize("copy_first", [True, False])
@pytest.mark.parametrize("how", ["mirrored", "bordered", "cropped", "smaller"])
def test_a_copy_that_waits_is_a_stamp_beside_the_other(
    as_alice: Client, make_case: Any, settings: Any, how: str, copy_first: bool
) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    photo = jpeg(41, 640)
    copy = edited(photo, how)
    first, second = (make_case(files=(data,)) for data in ((copy, photo) if copy_first else (photo, copy)))
    other = make_case(files=(jpeg(42, 640),))
    prepare()
    html = page(as_alice, item_path(first))
    assert carried(html) == [], "a copy is kept by a tick, and by nothing else"
    assert offered(html) == pks(second)
    assert html.count('class="choice stamp"') == 1
    assert looked_at(second) == [{"stamp": True}], "a stamp is a look"
    assert looked_at(other) == []
    as_alice.post(item_path(first), decision(carry=pks(second)))
    assert [only(case).state for case in (first, second, other)] == ["decided", "decided", "received"]
    assert second.ledger.get(kind="item.decided").data["carried"] is True
    assert not looked_at(other)
    for case in (first, second):
        ledger.verify(case)


def test_a_film_with_bytes_appended_is_a_copy(make_case: Any) -> None:
    data = film(6)
    first, second = make_case(files=(data,)), make_case(files=(data + b"8 bytes.",))
    prepare()
    found = family.members(only(first))
    assert [(one.why, one.item.case_id) for one in found] == [(Why.FILM, second.pk)]


def test_from_copy_to_copy(make_case: Any) -> None:
    """The crop answers to the photograph, and the photograph to its mirror image: one family."""
    photo = jpeg(43, 640)
    crop, middle, mirror, again = (
        make_case(files=(data,))
        for data in (edited(photo, "cropped"), photo, edited(photo, "mirrored"), photo)
    )
    prepare()
    Likeness.objects.filter(item=only(crop), other=only(mirror)).delete()
    found = {one.item.case_id: one for one in family.members(only(crop))}
    assert set(found) == {middle.pk, mirror.pk, again.pk}
    assert found[middle.pk].like is None
    through = found[mirror.pk].like
    assert through is not None
    assert through.case_id in {middle.pk, again.pk}
    exact = [one for one in family.members(only(middle)) if one.exact]
    assert [one.item.case_id for one in exact] == [again.pk]


def test_what_may_show_a_minor_is_no_stamp(as_alice: Client, make_case: Any) -> None:
    photo = jpeg(44, 640)
    first = make_case(files=(photo,))
    minor = make_case(files=(edited(photo, "mirrored"),), age_when_taken="minor")
    prepare()
    html = page(as_alice, item_path(first))
    assert only(minor).case.reference in html
    assert "look at that case first" in html
    assert not offered(html)
    assert looked_at(minor) == []
    html = page(as_alice, item_path(minor))
    assert not offered(html), "nothing is shown beside what is not shown"
    assert only(first).case.reference in html


def test_what_is_known_is_decided_by_one_press_and_nothing_is_opened(
    as_alice: Client, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = jpeg(45, 640)
    before = decided(make_case, photo)
    entry = BankEntry.objects.get()
    same, smaller = make_case(files=(photo,)), make_case(files=(edited(photo, "smaller"),))
    twin = make_case(files=(photo,))
    prepare()

    def opened(*_args: object, **_how: object) -> None:
        raise AssertionError("a known content was decoded for a page")

    monkeypatch.setattr(glances, "look", opened)
    for case, family_of in ((same, pks(twin)), (smaller, [])):
        html = page(as_alice, item_path(case))
        assert f'name="confirm" value="{entry.pk}"' in html
        assert not preview_path(html)
        as_alice.post(item_path(case), {"confirm": str(entry.pk), "carry": family_of})
        qualified = case.ledger.get(kind="item.qualified")
        assert (qualified.data["category"], qualified.data["known"]) == ("NCII-DIF", str(entry.pk))
        assert looked_at(case) == []
    work()
    states = [only(case).state for case in (before, same, smaller, twin)]
    assert states == ["protected"] * 4


def confirmable(client: Client, case: Case) -> bool:
    return 'name="confirm"' in page(client, item_path(case))


def test_what_somebody_must_look_at_is_not_confirmed(as_alice: Client, make_case: Any) -> None:
    photo = jpeg(46, 640)
    decided(make_case, photo)
    minor, near = make_case(files=(photo,), age_when_taken="unsure"), make_case(files=(photo,))
    prepare()
    assert confirmable(as_alice, near)
    assert not confirmable(as_alice, minor), "this person says that it may show a minor"
    BankEntry.objects.update(origin=EntryOrigin.DECLARED)
    assert not confirmable(as_alice, near), "nobody has examined the entry"
    entry = str(BankEntry.objects.get().pk)
    for case in (minor, near):
        as_alice.post(item_path(case), {"confirm": entry})
        assert only(case).state == "received"


def test_a_confirmation_of_what_has_left_the_bank_changes_nothing(as_alice: Client, make_case: Any) -> None:
    photo = jpeg(47, 640)
    before = decided(make_case, photo)
    case = make_case(files=(photo,))
    prepare()
    entry = str(BankEntry.objects.get().pk)
    erasing.erase_case(before)
    work()
    response = as_alice.post(item_path(case), {"confirm": entry}, follow=True)
    assert "look at the item" in response.content.decode()
    assert only(case).state == "received"


def test_a_sketch_is_sealed_with_the_content_and_ends_with_it(make_case: Any) -> None:
    case, other = make_case(files=(jpeg(48, 640),)), make_case(files=(jpeg(48, 640),))
    prepare()
    item = only(case)
    sealed = bytes(Sketch.objects.get(item=item).sealed)
    sketch = preparing.sketch_of(item)
    assert sketch is not None
    assert sketch.to_bytes() not in sealed
    for secret in (bytes.fromhex(sketch.sha256), sketch.own[0].tobytes(), sketch.stamp[:64]):
        assert secret not in sealed
    accept(item)
    vault_id = VaultId(item.vault_id)
    work()
    assert not Sketch.objects.filter(item=item).exists()
    assert not Likeness.objects.exists()
    with pytest.raises(vault.ContentDestroyed):
        beside.unseal(vault_id, sealed)
    assert preparing.sketch_of(only(other)) is not None


@pytest.mark.parametrize("ending", ["proof", "erased"])
def test_a_proof_and_an_erased_case_have_no_sketch(make_case: Any, ending: str) -> None:
    case, _other = make_case(files=(jpeg(49),)), make_case(files=(jpeg(49),))
    prepare()
    assert Likeness.objects.count() == 2
    if ending == "proof":
        proofs.keep_as_proof(only(case), WORKER)
    else:
        erasing.erase_case(case)
    assert not Sketch.objects.filter(item__case=case).exists()
    assert not Likeness.objects.exists()


def test_prepared_once_and_taken_up_where_it_was(make_case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_case(files=(jpeg(50),)), make_case(files=(jpeg(50),))
    preparing.prepare(only(first).pk)
    with monkeypatch.context() as killed:
        killed.setattr(preparing, "_link", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            preparing.prepare(only(second).pk)
    assert not only(second).prepared
    assert list(preparing.due()) == [only(second).pk]
    monkeypatch.setattr(sketching, "make", lambda _content: 1 / 0)  # it is sketched already
    monkeypatch.setattr(preparing, "_memory", preparing._Memory())
    for _twice in range(2):
        preparing.prepare(only(second).pk)
    assert Likeness.objects.count() == 2
    assert list(preparing.due()) == []


def test_odd_files_are_prepared_too(make_case: Any) -> None:
    """What cannot be decoded, what is flat, what is gone."""
    broken, flat_one, again = (make_case(files=(data,)) for data in (b"no picture", flat(), b"no picture"))
    gone = make_case(files=(jpeg(51),))
    vault.destroy(VaultId(only(gone).vault_id))
    prepare()
    assert not Item.objects.filter(prepared=False).exists()
    assert [one.why for one in family.members(only(broken))] == [Why.FILE]
    assert family.members(only(broken))[0].item.case_id == again.pk
    assert family.members(only(flat_one)) == []
    assert preparing.sketch_of(only(gone)) is None


def test_memory_lets_go_of_what_does_not_wait(make_case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "_SLACK", 0)
    for number in range(3):
        case = make_case(files=(jpeg(60 + number),))
        prepare()
        accept(only(case))
        work()
    make_case(files=(jpeg(70),))
    prepare()
    assert len(preparing._memory._items) == 1


def test_stamps_are_for_the_account_whose_page_it_is(
    as_alice: Client, alice: User, make_user: Any, make_case: Any
) -> None:
    photo = jpeg(52, 640)
    first = make_case(files=(photo,))
    make_case(files=(edited(photo, "mirrored"),))
    prepare()
    html = page(as_alice, item_path(first))
    stamp = html.split('class="choice stamp"')[1].split('<img src="')[1].split('"')[0]
    picture = as_alice.get(stamp)
    assert picture["Content-Type"] == "image/jpeg"
    assert picture["Cache-Control"] == "no-store"
    assert len(picture.content) < 6000
    as_alice.force_login(make_user("bob"))
    assert as_alice.get(stamp).status_code == 404
