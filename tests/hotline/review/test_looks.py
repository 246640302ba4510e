"""What is shown of deposited content: blurred, on request, to one analyst, from memory, and timed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from tests.hotline.people import MakeUser
from tests.hotline.processing.working import jpeg, work
from tests.hotline.review.pages import decision, film, item_path, page, preview_path

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases import withdrawing
from disrupt.hotline.cases.models import LedgerEvent
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.review import tasks
from disrupt.hotline.review.models import Look, Work
from disrupt.hotline.review.seeing import previews

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_the_blurred_preview_comes_from_memory_for_its_analyst_only(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    path = preview_path(page(as_alice, item_path(make_case(files=(jpeg(),)))))
    response = as_alice.get(path)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "no-store"
    assert response.content.startswith(b"\xff\xd8")
    other = Client()
    other.force_login(make_user("bob"))
    assert other.get(path).status_code == 404
    assert as_alice.get("/previews/nothing/").status_code == 404
    assert not LedgerEvent.objects.filter(kind="content.viewed").exists()


def test_the_unblurred_view_is_deliberate_recorded_and_answers_once(as_alice: Client, make_case: Any) -> None:
    case = make_case(files=(jpeg(side=900),))
    path = item_path(case)
    blurred = as_alice.get(preview_path(page(as_alice, path))).content
    assert as_alice.get(f"{path}show/").status_code == 405
    assert as_alice.post(f"{path}show/", {"mode": "clear"})["Location"] == path
    event = case.ledger.get(kind="content.viewed")
    assert event.actor.startswith("analyst:")
    html = page(as_alice, path)
    assert "The content, unblurred" in html
    shown = preview_path(html)
    clear = as_alice.get(shown).content
    assert len(clear) > 3 * len(blurred)
    assert as_alice.get(shown).status_code == 404
    assert "The content, blurred" in page(as_alice, path)
    assert list(Look.objects.values_list("clear", flat=True).order_by("pk")) == [False, True, False]


def test_known_content_is_announced_and_not_shown(as_alice: Client, make_case: Any) -> None:
    first, same, near = (
        make_case(files=(jpeg(),)),
        make_case(files=(jpeg(),)),
        make_case(files=(jpeg(side=300),)),
    )
    decisions.qualify(first.items.get(), "NCII-CAP", analyst(1))
    work()
    html = page(as_alice, item_path(same))
    assert "This very content is in the bank already." in html
    assert "NCII-CAP" in html
    assert not preview_path(html)
    html = page(as_alice, item_path(near))
    assert re.search(r"A near copy is in the bank already \(distance \d+ of 256\)", html)
    withdrawing.withdraw_case(first)
    work()
    assert "in the bank already" not in page(as_alice, item_path(same))


def test_a_file_that_cannot_be_shown_says_why(as_alice: Client, make_case: Any) -> None:
    case = make_case(files=(jpeg()[:200], b"just text", b""))
    assert "cannot be displayed: it is damaged or cut short" in page(as_alice, item_path(case, 1))
    assert "neither a picture nor a video" in page(as_alice, item_path(case, 2))
    assert "it is empty" in page(as_alice, item_path(case, 3))


def test_looking_is_timed_and_a_break_is_suggested(as_alice: Client, make_case: Any) -> None:
    path = item_path(make_case(files=(jpeg(),)))
    page(as_alice, path)
    clock.move(dt.timedelta(seconds=90))
    page(as_alice, "/")
    assert Look.objects.get().seconds in range(89, 93)
    assert "2 minutes looking at content today" in page(as_alice, "/")
    Work.objects.update(since=clock.now() - dt.timedelta(minutes=51))
    assert "Time for a break." in page(as_alice, "/")
    Work.objects.update(seen_at=clock.now() - dt.timedelta(minutes=11))
    assert "Time for a break." not in page(as_alice, "/")


def test_a_forgotten_page_counts_two_minutes_and_five_hours_are_enough(as_alice: Client, alice: Any) -> None:
    Look.objects.create(user=alice, item_id="0" * 32, clear=False, at=clock.now(), seconds=5 * 3600)
    assert "That is enough for today." in page(as_alice, "/")


def test_pictures_leave_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = previews._Shelf(previews.MOST)
    token = shelf.put(b"jpeg", 1, once=False)
    assert shelf.take(token, 1) == b"jpeg"
    assert shelf.take(token, 2) is None
    now = previews.time.monotonic()
    monkeypatch.setattr(previews.time, "monotonic", lambda: now + 121)
    assert shelf.take(token, 1) is None
    assert not shelf.kept
    for _i in range(200):
        shelf.put(b"x", 1, once=False)
    assert len(shelf.kept) == previews.MOST


def test_looks_are_forgotten_after_a_month(alice: Any) -> None:
    Look.objects.create(user=alice, item_id="0" * 32, clear=False, at=clock.now(), seconds=5)
    duty = next(duty for duty in tasks.DUTIES if duty.name == "review.looks")
    assert list(duty.due()) == []
    clock.move(dt.timedelta(days=32))
    for key in duty.due():
        duty.run(key)
    assert not Look.objects.exists()


def test_a_video_shows_stills_and_becomes_a_vpdq(as_alice: Client, make_case: Any) -> None:
    case = make_case(files=(film(),))
    html = page(as_alice, item_path(case))
    assert "Video: stills in order of time, no sound, 320 × 240" in html
    assert as_alice.get(preview_path(html)).content.startswith(b"\xff\xd8")
    as_alice.post(item_path(case), decision())
    work()
    entry = BankEntry.objects.get()
    assert entry.kind == "video"
    assert entry.prints["vpdq"]
    assert case.items.get().media == "video"
