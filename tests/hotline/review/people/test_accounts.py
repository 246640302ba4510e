"""Accounts: made by an operator, opened by password and TOTP, slowed one by one, ended by inactivity."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from tests.hotline.people import MakeUser

from disrupt.hotline.review.models import Failures

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def code(secret: str, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def sign_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": name, "password": password})


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("analyst", *arguments, stdout=out)
    return out.getvalue()


def shown(text: str, label: str) -> str:
    return next(line.split(": ", 1)[1] for line in text.splitlines() if line.startswith(f"{label}: "))


def test_the_operator_makes_an_account_that_works(client: Client) -> None:
    text = run("add", "alice", "--role", "lead")
    secret = shown(text, "totp secret")
    assert f"secret={secret}" in shown(text, "totp uri")
    response = sign_in(client, "alice", shown(text, "password"))
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/")["Location"].startswith("/accounts/login/")
    response = client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert response["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.get("/accesses/").status_code == 200


def test_the_secret_rests_encrypted(client: Client) -> None:
    secret = shown(run("add", "alice"), "totp secret")
    assert secret not in str(Authenticator.objects.get().data)


def test_a_given_password_is_taken_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISRUPT_ANALYST_PASSWORD", PASSWORD)
    assert "password:" not in run("add", "alice")
    assert User.objects.get(username="alice").check_password(PASSWORD)


def test_a_password_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    run("add", "alice", "--password-stdin")
    assert User.objects.get(username="alice").check_password(PASSWORD)


def test_a_short_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISRUPT_ANALYST_PASSWORD", "short")
    with pytest.raises(CommandError):
        run("add", "alice")
    assert not User.objects.exists()


def test_other_commands(make_user: MakeUser) -> None:
    make_user("alice")
    before = Authenticator.objects.get().data
    assert "totp secret" in run("totp", "alice")
    assert Authenticator.objects.get().data != before
    assert "password" in run("password", "alice")
    assert "alice\tanalyst,minors\tactive" in run("list")
    run("revoke", "alice", "minors")
    assert "alice\tanalyst\tactive" in run("list")
    run("grant", "alice", "lead")
    assert "alice\tanalyst,lead\tactive" in run("list")
    run("revoke", "alice", "lead")
    run("disable", "alice")
    assert "alice\tanalyst\tclosed" in run("list")
    with pytest.raises(CommandError, match="no account"):
        run("totp", "nobody")
    with pytest.raises(CommandError, match="exists"):
        run("add", "alice")


def test_a_wrong_code_and_a_code_used_twice_do_not_open(
    client: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "alice")
    good = code(alice.secret)
    wrong = f"{(int(good) + 500_000) % 1_000_000:06}"
    assert client.post("/accounts/2fa/authenticate/", {"code": wrong}).status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": good}).status_code == 302
    second = Client()
    sign_in(second, "alice")
    assert second.post("/accounts/2fa/authenticate/", {"code": good}).status_code == 200
    later = time.time() + 31
    monkeypatch.setattr(time, "time", lambda: later)
    assert second.post("/accounts/2fa/authenticate/", {"code": good}).status_code == 200
    assert second.post("/accounts/2fa/authenticate/", {"code": code(alice.secret)}).status_code == 302


def test_who_has_no_totp_is_led_to_set_it_up_and_gets_recovery_codes(
    client: Client, make_user: MakeUser
) -> None:
    make_user("bob", totp=False)
    sign_in(client, "bob")
    assert client.get("/")["Location"] == "/accounts/2fa/totp/activate/"
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200, page["Location"]
    html = page.content.decode()
    assert "<svg" in html
    assert "data:" not in html
    assert " style=" not in html
    secret = page.context["form"].secret
    assert secret in html
    response = client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    codes = client.get(response["Location"]).context["unused_codes"]
    assert len(codes) == 10
    assert client.get("/").status_code == 200
    other = Client()
    sign_in(other, "bob")
    assert other.post("/accounts/2fa/authenticate/", {"code": codes[0]})["Location"] == "/"
    third = Client()
    sign_in(third, "bob")
    assert third.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 200


def test_failed_attempts_slow_one_account_and_no_other(client: Client, make_user: MakeUser) -> None:
    for name in ("alice", "bob"):
        make_user(name)
    for _attempt in range(6):
        sign_in(client, "alice", "wrong password")
    blocked = sign_in(client, "alice")
    assert blocked.status_code == 200
    assert blocked.context["form"].errors
    assert sign_in(Client(), "bob")["Location"] == "/accounts/2fa/authenticate/"


def test_an_idle_session_and_a_long_one_end(as_alice: Client, settings: Any) -> None:
    assert settings.SESSION_COOKIE_AGE <= 3600
    assert as_alice.get("/").status_code == 200
    session = as_alice.session
    session["signed_in_at"] = time.time() - settings.CONSOLE_DAY_SECONDS - 1
    session.save()
    assert as_alice.get("/")["Location"] == "/accounts/login/"
    assert as_alice.get("/")["Location"] == "/accounts/login/"


def test_the_session_moves_its_end_with_every_request(as_alice: Client, settings: Any) -> None:
    from django.contrib.sessions.models import Session

    as_alice.get("/")
    first = Session.objects.get().expire_date
    time.sleep(0.02)
    as_alice.get("/")
    assert Session.objects.get().expire_date > first


def test_no_address_is_kept_anywhere(client: Client, alice: Any) -> None:
    from django.contrib.sessions.models import Session
    from django.core.cache import caches

    where = "203.0.113.77"
    client.post(
        "/accounts/login/",
        {"login": "alice", "password": "wrong"},
        REMOTE_ADDR=where,
        HTTP_USER_AGENT="Canary/1",
    )
    client.post(
        "/accounts/login/",
        {"login": "alice", "password": PASSWORD},
        REMOTE_ADDR=where,
        HTTP_USER_AGENT="Canary/1",
    )
    kept = str([s.get_decoded() for s in Session.objects.all()]) + str(vars(caches["default"]))
    kept += str(list(Failures.objects.values()))
    assert where not in kept
    assert "Canary" not in kept
