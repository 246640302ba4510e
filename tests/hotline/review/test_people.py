"""Invitations make one account each, in time; passkeys are asked for as such; what changes is in the log."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review.pages import page

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.review.models import Invitation
from disrupt.hotline.review.people import invitations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PASSWORD = "a long and winding road"


@pytest.fixture
def ada(make_user: MakeUser) -> Client:
    return signed_in(make_user("ada", "administrator"))


def join(client: Client, path: str, password: str = PASSWORD, again: str = PASSWORD) -> int:
    return client.post(path, {"password": password, "again": again}).status_code


def test_a_link_makes_one_account_with_its_role(client: Client, ada: Client) -> None:
    html = ada.post("/admin/people/", {"name": "bob", "role": "senior", "minors": "on"}).content.decode()
    found = re.search(r"http://testserver(/invitations/[\w-]{43}/)<", html)
    assert found
    assert found[1] not in page(ada, "/admin/people/"), "shown once"
    assert "senior analyst" in page(client, found[1])
    assert join(client, found[1], "short", "short") == 422
    assert join(client, found[1], again="another one altogether") == 422
    assert join(client, found[1]) == 302
    bob = User.objects.get(username="bob")
    assert set(bob.groups.values_list("name", flat=True)) == {"senior", "minors"}
    assert client.get("/")["Location"] == "/accounts/2fa/totp/activate/", "a second factor comes first"
    assert join(Client(), found[1]) == 404, "once"
    assert not Invitation.objects.exists()
    kinds = list(AuditEvent.objects.order_by("number").values_list("kind", flat=True))
    assert kinds == ["account.invited", "account.joined", "sign-in"]
    assert AuditEvent.objects.get(kind="account.joined").data["roles"] == ["senior", "minors"]
    assert "bob" in page(ada, "/admin/people/")


def test_a_link_ends_in_three_days_or_when_it_is_taken_back(client: Client, ada: Client) -> None:
    late = invitations.invite("late", "analyst", OPERATOR)
    gone = invitations.invite("gone", "analyst", OPERATOR)
    ada.post(f"/admin/people/invitations/{Invitation.objects.get(name='gone').pk}/take-back/")
    assert join(client, f"/invitations/{gone}/") == 404
    clock.move(dt.timedelta(hours=71))
    assert client.get(f"/invitations/{late}/").status_code == 200
    assert invitations.over() == []
    clock.move(dt.timedelta(hours=1, seconds=1))
    assert join(client, f"/invitations/{late}/") == 404
    for number in invitations.over():
        invitations.forget(number)
    assert not Invitation.objects.exists()
    assert not User.objects.filter(username__in=["late", "gone"]).exists()


def test_a_name_is_taken_once(ada: Client, make_user: MakeUser) -> None:
    make_user("bob")
    invitations.invite("carol", "analyst", OPERATOR)
    for name in ("Bob", "CAROL", "no blanks"):
        assert ada.post("/admin/people/", {"name": name, "role": "analyst"}).status_code == 422
    assert ada.post("/admin/people/", {"name": "dan", "role": "minors"}).status_code == 422
    secret = invitations.invite("eve", "analyst", OPERATOR)
    make_user("eve", "lead")
    with pytest.raises(invitations.NameTaken):
        invitations.accept(secret, PASSWORD)


def test_who_is_signed_in_takes_no_invitation(as_alice: Client) -> None:
    assert join(as_alice, f"/invitations/{invitations.invite('bob', 'lead', OPERATOR)}/") == 403


@pytest.mark.parametrize("said", ["", "{}", "[]", "null", '{"response": {}}', '{"response": 5}'])
def test_what_is_no_passkey_opens_nothing(client: Client, alice: User, said: str) -> None:
    asked = client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    wanted = asked["request_options"]["publicKey"]
    assert wanted["userVerification"] == "required"
    response = client.post("/accounts/2fa/webauthn/login/", {"credential": said})
    assert response["Location"].startswith("/accounts/login/")
    assert client.get("/")["Location"] == "/accounts/login/"


def test_nobody_waits_for_passkeys_that_others_tried(client: Client) -> None:
    for _attempt in range(12):
        client.post("/accounts/2fa/webauthn/login/", {"credential": "{}"})
    asked = client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    assert asked.status_code == 200


def test_a_passkey_is_asked_for_as_one(as_alice: Client) -> None:
    as_alice.post("/accounts/reauthenticate/", {"password": "correct horse battery"})
    html = page(as_alice, "/accounts/2fa/webauthn/add/")
    found = re.search(r'data-options="([^"]+)"', html)
    assert found
    asked = json.loads(found[1].replace("&quot;", '"'))["publicKey"]
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["rp"]["id"] == "testserver"
    for path in ("reauthenticate/", "keys/1/edit/"):
        assert as_alice.get(f"/accounts/2fa/webauthn/{path}").status_code == 404
    assert "None yet" in page(as_alice, "/accounts/2fa/webauthn/")


def test_a_new_password_stands_in_the_log(as_alice: Client, alice: User) -> None:
    new = {"oldpassword": "correct horse battery", "password1": PASSWORD, "password2": PASSWORD}
    assert as_alice.post("/accounts/password/change/", new).status_code == 302
    assert AuditEvent.objects.get().kind == "account.password"
    assert AuditEvent.objects.get().data == {"account": alice.pk}
