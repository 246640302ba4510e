"""Every address of the console, tried as every kind of user."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.hotline.people import MakeUser

from disrupt.hotline.common import permissions

pytestmark = pytest.mark.django_db

# Anybody may open these; and these help somebody who has a password only to a second factor.
PUBLIC = {"account_login", "mfa_authenticate", "mfa_login_webauthn", "review:invited", "set_language"}
HALF = PUBLIC | {"account_logout", "account_reauthenticate", "mfa_activate_totp"}
LEADS = {
    "review:accesses",
    "review:agreement",
    "review:switches",
    "review:keys",
    "review:audit",
    "review:in-force",
    "review:change",
}
LEADS |= {"review:people", "review:invited"}  # and nobody who is signed in is invited
# Their own sessions: nobody needs a permission for that.
OWN = {"review:begin-anew"}  # and, by POST only, review:take-over
FILL = {"uuid": str(uuid.UUID(int=7)), "int": "7", "number": "7", "str": "x", "slug": "x", "path": "x"}


def addresses(patterns: Any = None, prefix: str = "/", space: str = "") -> Iterator[tuple[str, str]]:
    """(name, example address) of every pattern that the console serves."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, prefix + route, inner)
        elif isinstance(pattern, URLPattern):
            if route.startswith("^"):
                continue  # allauth's and ours by regular expression: all closed, tried below
            path = re.sub(r"<(\w+):\w+>", lambda m: FILL[m[1]], prefix + route)
            yield f"{space}{pattern.name}", path


ALL = sorted(set(addresses()))


def test_the_walk_finds_the_addresses() -> None:
    names = {name for name, _path in ALL}
    assert {"review:queue", "review:item", "account_login", "mfa_activate_totp"} <= names
    assert len(ALL) > 20


@pytest.mark.parametrize(("name", "path"), ALL)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_no_further_than_sign_in(client: Client, name: str, path: str, method: str) -> None:
    response = getattr(client, method)(path)
    if name in PUBLIC:
        assert response.status_code in {200, 302, 404, 405}
    else:
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("name", "path"), ALL)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_password_alone_opens_the_set_up_of_totp_only(
    client: Client, make_user: MakeUser, name: str, path: str, method: str
) -> None:
    client.force_login(make_user("bob", "lead", totp=False))
    response = getattr(client, method)(path)
    if name not in HALF:
        assert response.status_code == 302
        assert response["Location"] == "/accounts/2fa/totp/activate/"


@pytest.mark.parametrize(("name", "path"), [a for a in ALL if ":" in a[0] and a[0] not in OWN])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_role_no_page(client: Client, make_user: MakeUser, name: str, path: str, method: str) -> None:
    client.force_login(make_user("charlie", ""))
    response = getattr(client, method)(path)
    assert response.status_code in {403, 405}


@pytest.mark.parametrize(("name", "path"), [a for a in ALL if a[0].startswith("review:")])
def test_an_analyst_gets_all_but_what_is_for_leads(
    client: Client, make_user: MakeUser, name: str, path: str
) -> None:
    client.force_login(make_user("alice"))
    assert (client.get(path).status_code == 403) == (name in LEADS)


def test_a_lead_gets_the_register_of_accesses(client: Client, make_user: MakeUser) -> None:
    client.force_login(make_user("bob", "lead"))
    assert client.get("/accesses/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "signup/", "email/", "confirm-email/", "confirm-email/x:y/", "password/reset/", "password/set/",
        "password/reset/key/1-x/", "login/code/", "login/code/confirm/", "inactive/",
    ],
)  # fmt: skip
def test_what_allauth_offers_and_we_do_not_is_closed(as_alice: Client, path: str) -> None:
    assert as_alice.get(f"/accounts/{path}").status_code == 404


def test_the_second_factor_cannot_be_given_up(as_alice: Client, alice: Any) -> None:
    for method in (as_alice.get, as_alice.post):
        response = method("/accounts/2fa/totp/deactivate/")
        assert response["Location"] == "/accounts/2fa/"
    assert alice.authenticator_set.filter(type="totp").exists()


def test_permission_names_are_scope_resource_action() -> None:
    for held in permissions.ROLES.values():
        for name in held:
            assert re.fullmatch(r"[a-z]+:[a-z]+:[a-z]+", name)


def test_a_closed_account_may_nothing(make_user: MakeUser) -> None:
    user = make_user("bob", "lead")
    user.is_active = False
    assert permissions.permissions_of(user) == frozenset()
