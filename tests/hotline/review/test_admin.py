"""Administration on pages: switches, partners' keys, the audit log; all one's own sessions end."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.processing.working import only
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.common import clock, switches
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.common.switches import Stop
from disrupt.hotline.exchange import services
from disrupt.hotline.exchange.models import ApiKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def ada(make_user: MakeUser) -> Client:
    return signed_in(make_user("ada", "administrator"))


def test_what_is_in_force_is_shown_as_it_is_used(
    client: Client, make_user: MakeUser, settings: Any, tmp_path: Path
) -> None:
    settings.RECIPIENTS_FILE = None
    client.force_login(make_user("olga", "auditor"))
    settings.UNDO_WAIT = dt.timedelta(minutes=30)
    html = page(client, "/admin/in-force/")
    for category in scheme_at(clock.now()).values():
        assert f"<code>{category.code}</code>" in html
    assert "30 minutes" in html
    assert "examples that come along" in html
    assert "facebook.com" in html
    settings.RECIPIENTS_FILE = tmp_path / "recipients.json"
    settings.RECIPIENTS_FILE.write_text("{}")
    assert "The file of recipients is not usable" in page(client, "/admin/in-force/")


def test_read_only_nothing_that_is_pressed_is_taken(ada: Client, as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    assert ada.post("/admin/switches/", {"stop": "writing", "on": "1", "why": ""}).status_code == 422
    ada.post("/admin/switches/", {"stop": "writing", "on": "1", "why": "the disk is full"})
    assert "the disk is full" in page(ada, "/admin/switches/")
    response = as_alice.post(item_path(case), decision())
    assert (response.status_code, response["Retry-After"]) == (503, "600")
    assert "was not recorded" in response.content.decode()
    assert only(case).state == "received"
    assert case.reference in page(as_alice, "/"), "it can still be read"
    ada.post("/admin/switches/", {"stop": "writing", "why": "it is not"})
    assert as_alice.post(item_path(case), decision()).status_code == 302


def test_a_partners_key_is_issued_and_revoked_on_a_page(ada: Client) -> None:
    services.create_partner("a platform", OPERATOR)
    html = page(ada, "/admin/keys/")
    partner = re.search(r'<option value="([^"]+)">a platform', html)
    assert partner
    assert ada.post("/admin/keys/", {"partner": partner[1]}).status_code == 422
    html = ada.post("/admin/keys/", {"partner": partner[1], "scopes": "exchange:feed:read"}).content.decode()
    secret = re.search(r'class="secret">([^<]+)<', html)
    assert secret
    key = ApiKey.objects.get()
    assert secret[1] not in page(ada, "/admin/keys/"), "shown once"
    ada.post(f"/admin/keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at
    html = page(ada, "/admin/audit/")
    for said in ("exchange.key-issued", "exchange.key-revoked", "ada", "Chain verified"):
        assert said in html
    assert secret[1] not in html


def test_a_broken_log_is_said_to_be_broken(ada: Client) -> None:
    switches.put(Stop.NOTICES, True, OPERATOR, "a trial")
    AuditEvent.objects.update(actor="somebody else")
    assert "does not verify" in page(ada, "/admin/audit/")


def test_sign_ins_and_grants_stand_in_the_log(client: Client, make_user: MakeUser) -> None:
    user = make_user("bob", totp=False)
    for password in ("wrong", "correct horse battery"):
        client.post("/accounts/login/", {"login": "bob", "password": password})
    call_command("analyst", "grant", "bob", "lead", stdout=io.StringIO())
    said = list(AuditEvent.objects.order_by("number").values_list("kind", "actor"))
    who = f"analyst:{user.pk}"
    assert said == [("sign-in.failed", who), ("sign-in", who), ("account.grant", "operator")]
    assert AuditEvent.objects.latest("number").data == {"account": user.pk, "role": "lead"}


def test_a_name_that_nobody_has_costs_what_another_costs(client: Client, make_user: MakeUser) -> None:
    """Else whoever takes the time of answers learns which accounts there are."""
    make_user("bob")
    client.post("/accounts/login/", {"login": "the first of a day", "password": "wrong"})
    asked = []
    for name in ("bob", "hunter2"):
        with CaptureQueriesContext(connection) as seen:
            answer = client.post("/accounts/login/", {"login": name, "password": "wrong"})
        said = answer.content.decode().replace(name, "")
        # Sorted: a failure is written down in the order of its marks, which a random key makes.
        asked.append((sorted(one["sql"].split()[0] for one in seen), answer.status_code, len(said)))
    assert asked[0] == asked[1]
    stranger = AuditEvent.objects.latest("number")
    assert (stranger.kind, stranger.actor, stranger.data) == ("sign-in.failed", "stranger", {})


def test_an_administrator_reads_no_case(ada: Client, make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    for path in ("/", f"/cases/{case.pk}/", item_path(case), "/messages/", "/accesses/"):
        assert ada.get(path).status_code == 403


def test_all_ones_sessions_end(alice: User, as_alice: Client) -> None:
    other = Client()
    other.force_login(alice)
    assert other.get("/").status_code == 200
    assert as_alice.get("/").status_code == 200
    as_alice.post("/sign-out-everywhere/")
    for client in (as_alice, other):
        assert client.get("/")["Location"].startswith("/accounts/login/")
    again = Client()
    again.force_login(alice)
    assert again.get("/").status_code == 200
