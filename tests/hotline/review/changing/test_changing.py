"""What an administrator changes on a page holds for every process, for a reason, and is in the audit log."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.cases.categories import scheme_at, to_choose
from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.amending import amendments, dials
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.common.models import Amendment, AuditEvent
from disrupt.hotline.review.messages import letters
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.tracing import freshness
from disrupt.hotline.tally.platforms import LARGE, SMALL, size_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PATH = "/admin/in-force/change/?kind={}&key={}"


@pytest.fixture
def ada(make_user: MakeUser) -> Client:
    return signed_in(make_user("ada", "administrator"))


def change(client: Client, kind: str, key: str = "", **said: Any) -> int:
    return client.post(PATH.format(kind, key), {"why": "the board said so", **said}).status_code


def host(**changes: str) -> dict[str, str]:
    return {
        "pattern": "*.pictures.example.org", "recipient": "Pictures", "channel": "email",
        "address": "legal@pictures.example.org", "language": "en", "tier": "platform",
        "tested": clock.now().date().isoformat(), **changes,
    }  # fmt: skip


def test_a_setting_holds_from_now_on_and_the_log_says_who_and_why(
    ada: Client, as_alice: Client, make_case: Any
) -> None:
    assert change(ada, "setting", "undo_minutes", value="45") == 302
    case = make_case(urls=("https://example.org/a",))
    as_alice.post(item_path(case), decision())
    made = case.items.get().qualifications.get()
    assert made.effective_at - made.at == dt.timedelta(minutes=45)
    assert "45 minutes" in page(ada, "/admin/in-force/")
    event = AuditEvent.objects.get(kind="setting.changed")
    assert event.data == {
        "key": "undo_minutes", "before": None, "after": {"value": "45"}, "why": "the board said so",
    }  # fmt: skip
    assert event.actor == Amendment.objects.get().by
    audit.verify()


def test_without_a_motive_or_out_of_bounds_nothing_changes(ada: Client) -> None:
    before = dials.undo_wait()
    assert change(ada, "setting", "undo_minutes", value="45", why=" ") == 422
    for value in ("9", "0", "abc", "", "inf", "nan", "100000"):
        assert change(ada, "setting", "undo_minutes", value=value) == 422, value
    for value in ("2,24,72", "24,2,72,168", "2,24,72,x"):
        assert change(ada, "setting", "target_hours", value=value) == 422, value
    for value in ("8-19", "1-9 8-19", "always"):
        assert change(ada, "setting", "look_hours", value=value) == 422, value
    assert dials.undo_wait() == before
    assert not Amendment.objects.exists()
    assert not AuditEvent.objects.filter(kind="setting.changed").exists()


def test_what_came_along_holds_again_for_a_reason(ada: Client) -> None:
    change(ada, "setting", "target_hours", value="1, 12, 24, 48")
    assert dials.targets() == tuple(dt.timedelta(hours=n) for n in (1, 12, 24, 48))
    assert change(ada, "setting", "target_hours", as_it_came="1", why="") == 422
    assert change(ada, "setting", "target_hours", as_it_came="1") == 302
    assert dials.targets()[0] == dt.timedelta(hours=2)
    last = AuditEvent.objects.filter(kind="setting.changed").order_by("number").last()
    assert last is not None
    assert last.data["after"] is None


def test_another_process_takes_it_up_by_itself(ada: Client) -> None:
    """Not told by the page: it reads the row when what it knew is older than a second."""
    amendments._memory.until = 0.0
    assert dials.claim_time() == dt.timedelta(minutes=15)
    Amendment.objects.create(
        kind=Kind.SETTING, key="claim_minutes", value={"value": "30"}, at=clock.now(), by="analyst:1", why="x"
    )
    assert dials.claim_time() == dt.timedelta(minutes=15)
    amendments._memory.until = 0.0
    assert dials.claim_time() == dt.timedelta(minutes=30)


def test_a_closed_category_is_chosen_for_nothing_new_and_what_it_decided_stays(
    ada: Client, as_alice: Client, make_case: Any
) -> None:
    case = make_case(urls=("https://example.org/a", "https://example.org/b"))
    as_alice.post(item_path(case), decision())
    yesterday = (clock.now() - dt.timedelta(days=1)).date().isoformat()
    assert change(ada, "category", "NCII-DIF", since="", until=yesterday) == 302
    assert 'value="NCII-DIF"' not in page(as_alice, item_path(case, 2))
    assert as_alice.post(item_path(case, 2), decision()).status_code == 422
    assert "NCII-DIF" in scheme_at(clock.now())
    assert "NCII-DIF" in page(as_alice, f"/cases/{case.pk}/")
    today, tomorrow = (clock.now() + dt.timedelta(days=n) for n in (0, 1))
    assert change(ada, "category", "NCII-DIF", since=tomorrow.date().isoformat(), until="") == 302
    assert ("NCII-DIF" in to_choose(today), "NCII-DIF" in to_choose(tomorrow)) == (False, True)
    assert change(ada, "category", "NCII-DIF", since=tomorrow.date().isoformat(), until=yesterday) == 422
    assert ada.get(PATH.format("category", "NO-SUCH")).status_code == 404


def test_a_host_of_ones_own_wins_and_one_that_is_off_is_not_written_to(
    ada: Client, settings: Any, tmp_path: Path
) -> None:
    settings.RECIPIENTS_FILE = None
    place = take_apart("https://cdn.pictures.example.org/1.jpg")
    assert registry().host(place).scope == "unknown"
    assert change(ada, "host", **host()) == 302
    assert registry().host(place).address == "legal@pictures.example.org"
    assert "pictures.example.org" in page(ada, "/admin/in-force/")
    key = "*.pictures.example.org"
    old = (clock.now() - dt.timedelta(days=400)).date().isoformat()
    assert change(ada, "host", key, **host(address="new@pictures.example.org", tested=old)) == 302
    assert registry().host(place).address == "new@pictures.example.org"
    assert freshness.how_many() == 1
    assert change(ada, "host", key, off="on", pattern=key) == 302
    assert registry().host(place).scope == "unknown"
    assert change(ada, "host", key, as_it_came="1") == 302
    assert not Amendment.objects.exists()
    for wrong in (host(address="nobody"), host(pattern="https://a b"), host(tested=""), host(tier="vlopx")):
        assert change(ada, "host", **wrong) == 422


def test_what_a_line_of_the_file_says_beside_is_kept(ada: Client, recipients_file: Any) -> None:
    assert (
        change(ada, "host", "big.example.net", **host(pattern="big.example.net", recipient="Big Two")) == 302
    )
    who = registry().host(take_apart("https://big.example.net/1"))
    assert (who.name, who.per_hour, who.flagger) == ("Big Two", 7, "flaggers@big.example.net")


@pytest.fixture
def recipients_file(settings: Any, tmp_path: Path) -> None:
    line = {
        "pattern": "big.example.net", "name": "Big", "channel": "form", "language": "en", "scope": "host",
        "per_hour": 7, "flagger": "flaggers@big.example.net", "tested_on": "2026-11-01",
    }  # fmt: skip
    settings.RECIPIENTS_FILE = tmp_path / "recipients.json"
    police = {"name": "Police", "channel": "form", "language": "fr"}
    settings.RECIPIENTS_FILE.write_text(
        json.dumps({"version": "own", "notifier": {}, "police": police, "hosts": [line]})
    )


def test_a_platform_is_counted_as_it_is_said(ada: Client) -> None:
    assert (size_of("example.org"), size_of("facebook.com")) == (SMALL, LARGE)
    assert change(ada, "platform", site="www.example.org", large="on") == 302
    assert change(ada, "platform", "facebook.com", site="facebook.com") == 302
    assert (size_of("example.org"), size_of("facebook.com")) == (LARGE, SMALL)
    assert change(ada, "platform", site="nothing", large="on") == 422


def test_a_beginning_is_changed_added_and_offered_no_more(
    ada: Client, as_alice: Client, make_case: Any
) -> None:
    case = make_case(urls=("https://example.org/a",))
    said = {"name_fr": "Merci", "name_en": "Thanks", "text_fr": "Merci.", "text_en": "Thank you for waiting."}
    assert change(ada, "letter", code="thanks", **said) == 302
    assert letters.text_of("thanks", "en") == "Thank you for waiting."
    assert "Thanks" in page(as_alice, f"{item_path(case)}ask/")
    assert change(ada, "letter", "where", code="where", **said) == 302
    assert letters.text_of("where", "fr") == "Merci."
    assert change(ada, "letter", "where", code="where", off="on", **said) == 302
    assert letters.text_of("where", "fr") == ""
    assert change(ada, "letter", "where", as_it_came="1") == 302
    assert letters.text_of("where", "fr").startswith("Bonjour")
    assert change(ada, "letter", code="Not a code", **said) == 422


def test_who_may_not_change_anything_cannot(client: Client, make_user: MakeUser) -> None:
    for role in ("analyst", "senior", "auditor", ""):
        other = signed_in(make_user(f"somebody-{role}", role))
        for kind in Kind:
            assert other.get(PATH.format(kind, "undo_minutes")).status_code == 403
            assert change(other, kind, "undo_minutes", value="45") == 403
    assert not Amendment.objects.exists()
    with pytest.raises(amendments.MotiveMissing):
        amendments.put(Kind.SETTING, "undo_minutes", {"value": "45"}, analyst(1), " ")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_page(ada: Client, kind: Kind) -> None:
    key = {
        Kind.SETTING: "look_hours",
        Kind.CATEGORY: "NCII-DIF",
        Kind.PLATFORM: "facebook.com",
        Kind.LETTER: "where",
        Kind.WORDS: "host.request",
    }
    if kind == Kind.OWN_CATEGORY:
        assert ada.get(PATH.format(kind, "")).status_code == 200
        return
    first = key.get(kind) or registry().hosts[0].pattern
    html = page(ada, PATH.format(kind, first))
    assert "Let it hold from now on" in html
    assert ada.get(PATH.format(kind, "no such thing")).status_code == (200 if kind == Kind.PLATFORM else 404)
    new = ada.get(PATH.format(kind, "")).status_code
    assert new == (404 if kind in {Kind.SETTING, Kind.CATEGORY, Kind.WORDS} else 200)


def test_a_day_stands_in_its_field_in_french_too(ada: Client) -> None:
    ada.cookies["language"] = "fr"
    assert f'value="{registry().hosts[0].tested.isoformat()}"' in page(
        ada, PATH.format("host", registry().hosts[0].pattern)
    )
