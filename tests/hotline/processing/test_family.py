"""One look settles a family: altered copies are recognised, the same thing elsewhere is decided."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageOps
from tests.hotline.people import MakeUser
from tests.hotline.processing.working import jpeg, prepare, work
from tests.hotline.review.pages import decision, film, item_path, page, preview_path

from disrupt.hotline.cases import ledger, withdrawing
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.processing import family
from disrupt.hotline.review.waiting import claims

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "https://example.org/thread?id=7"


def edited(data: bytes, how: str) -> bytes:
    """A copy as the field sees it."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    width, height = picture.size
    made = {
        "mirrored": lambda: ImageOps.mirror(picture),
        "bordered": lambda: ImageOps.expand(picture, width // 6, (12, 12, 12)),
        "cropped": lambda: picture.crop(
            (width // 20, height // 20, width - width // 20, height - height // 20)
        ),
        "smaller": lambda: picture.resize((width // 2, height // 2)),
    }[how]()
    out = io.BytesIO()
    made.save(out, "JPEG", quality=85)
    return out.getvalue()


def decided(make_case: Any, data: bytes) -> Case:
    case: Case = make_case(files=(data,))
    decisions.qualify(case.items.get(), "NCII-DIF", analyst(9))
    work()
    return case


@pytest.mark.parametrize("how", ["mirrored", "bordered", "cropped"])
def test_an_altered_copy_of_what_was_decided_is_not_shown_again(
    as_alice: Client, make_case: Any, how: str
) -> None:
    photo = jpeg(31, 640)
    decided(make_case, photo)
    html = page(as_alice, item_path(make_case(files=(edited(photo, how),))))
    assert "An altered copy is in the bank already" in html
    assert ("mirrored" if how == "mirrored" else "cut or framed") in html
    assert not preview_path(html)
    assert preview_path(page(as_alice, item_path(make_case(files=(jpeg(32, 640),))))), "another is shown"


def test_a_film_with_bytes_appended_is_recognised(as_alice: Client, make_case: Any) -> None:
    data = film(6)
    decided(make_case, data)
    html = page(as_alice, item_path(make_case(files=(data + b"8 bytes.",))))
    assert "A copy of this film is in the bank already" in html
    assert not preview_path(html)


def carried(html: str) -> list[str]:
    return re.findall(r'name="carry" value="([^"]+)" checked', html)


def offered(html: str) -> list[str]:
    """Copies that are ticked by a person only."""
    return re.findall(r'name="carry" value="([^"]+)"> <img', html)


@pytest.mark.parametrize("what", ["address", "file"])
def test_one_decision_carries_to_the_same_thing_elsewhere(
    as_alice: Client, make_case: Any, settings: Any, what: str
) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    sent: dict[str, Any] = {"urls": (URL,)} if what == "address" else {"files": (jpeg(3),)}
    first, second, third = (make_case(**sent) for _ in range(3))
    make_case(urls=(URL + "8",), files=(jpeg(4),))
    prepare()
    html = page(as_alice, item_path(first))
    pks = [str(case.items.get().pk) for case in (second, third)]
    assert carried(html) == pks
    assert {"address": "the same address", "file": "a file of the same bytes"}[what] in html
    response = as_alice.post(
        item_path(first), decision(carry=pks, offered=pks, reasoning="seen"), follow=True
    )
    assert "It carries to 2 more items" in response.content.decode()
    for case in (first, second, third):
        assert case.items.get().state == "decided"
        assert case.ledger.filter(kind="item.decided").count() == 1
        ledger.verify(case)
    event = second.ledger.get(kind="item.decided")
    assert event.data["carried"] is True
    assert str(first.pk) not in str(event.data), "one person's ledger does not name another's case"
    undo = re.search(
        r'action="(/decisions/\d+/undo/)"', page(as_alice, f"/cases/{second.pk}/").split("<main")[1]
    )
    assert undo
    as_alice.post(undo[1])
    states = [case.items.get().state for case in (first, second, third)]
    assert states == ["decided", "received", "decided"], "each has its own undo"


def test_only_what_is_kept_waits_and_is_free_is_decided(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    first, unticked, taken, gone = (make_case(urls=(URL,)) for _ in range(4))
    other = make_case(urls=("https://example.org/other",))
    page(as_alice, item_path(first))
    claims.take(taken.pk, make_user("bob"))
    withdrawing.withdraw_case(gone)
    pks = [str(case.items.get().pk) for case in (taken, gone, other)]
    as_alice.post(item_path(first), decision(carry=pks))
    states = [case.items.get().state for case in (unticked, taken, gone, other)]
    assert states == ["received", "received", "withdrawn", "received"]


def test_what_may_show_a_minor_is_not_ticked_and_unread_words_stay_unread(
    as_alice: Client, make_case: Any
) -> None:
    first, minor = make_case(urls=(URL,)), make_case(urls=(URL,), age_when_taken="minor")
    threatened = make_case(urls=(URL,), threat=True)
    html = page(as_alice, item_path(first))
    assert carried(html) == [str(threatened.items.get().pk)]
    assert str(minor.items.get().pk) in html
    assert "look at that case first" in html
    as_alice.post(item_path(first), decision(carry=carried(html)))
    threatened.refresh_from_db()
    assert threatened.items.get().state == "accepted"
    assert threatened.unread, "a decision made elsewhere is no reading of this case"
    assert threatened.in_queue


def test_how_often_somebody_must_look(as_alice: Client, make_case: Any) -> None:
    """A stream as the field sees it: the same files, altered copies, new ones; looks are counted."""
    rng = random.Random(5)
    originals = [jpeg(100 + number, 448) for number in range(9)]
    new = iter(originals[2:])
    stream, seen = [], originals[:2]
    for kind in rng.sample(["same"] * 6 + ["altered"] * 5 + ["new"] * 7, 18):
        if kind == "new":
            seen.append(next(new))
            stream.append(seen[-1])
        else:
            base = rng.choice(seen)
            stream.append(
                base if kind == "same" else edited(base, rng.choice(["mirrored", "bordered", "cropped"]))
            )
    for data in originals[:2]:
        decided(make_case, data)
    cases = [make_case(files=(data,)) for data in stream]
    prepare()
    looks = 0
    for case in cases:
        if case.items.get().state != "received":
            continue
        html = page(as_alice, item_path(case))
        looks += bool(preview_path(html))
        # The stamps are of this very picture: the other waves are too far from it to be among them.
        as_alice.post(item_path(case), decision(carry=[*carried(html), *offered(html)]))
        work()
    assert all(case.items.get().state == "protected" for case in cases)
    assert looks == 7, f"{looks} looks for 18 items, of which 7 were new"


def test_the_members_are_found_by_an_index(make_case: Any) -> None:
    case = make_case(urls=(URL,), declared=({"sha256": "ab" * 32},))
    assert family.members(case.items.get(kind="declared")) == []
    assert family.members(case.items.get(kind="url")) == []
