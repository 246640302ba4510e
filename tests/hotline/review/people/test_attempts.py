"""Signing in while somebody else tries to: a delay for who fails, no lock for who is named."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests.hotline.people import MakeUser
from tests.hotline.review.people.test_accounts import PASSWORD, code, sign_in

from disrupt.hotline.common import clock, dailykey
from disrupt.hotline.review import tasks
from disrupt.hotline.review.models import Failures, UsedCode
from disrupt.hotline.review.people import attempts, second_factor

pytestmark = pytest.mark.django_db
OFFICE, STRANGER, CROWD = "192.0.2.9", "203.0.113.7", "198.51.100."


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delays end when a test moves the clock, however long its attempts take."""
    now = clock.true_now()
    monkeypatch.setattr(clock, "true_now", lambda: now)


def tried(address: str, name: str = "alice", password: str = "wrong", client: Client | None = None) -> str:
    """What a sign-in from this address comes to: in, wrong or wait."""
    browser = client or Client(REMOTE_ADDR=address)
    browser.cookies["language"] = "en"
    response = browser.post("/accounts/login/", {"login": name, "password": password}, REMOTE_ADDR=address)
    if response.status_code == 302:
        return "in"
    errors = str(response.context["form"].errors)
    return "wait" if "Nobody is locked out" in errors else "wrong"


def signed_in(client: Client, user: Any, address: str) -> None:
    """With both factors, as a person does it; the device is known afterwards."""
    assert tried(address, password=PASSWORD, client=client) == "in"
    client.post("/accounts/2fa/authenticate/", {"code": code(user.secret)}, REMOTE_ADDR=address)
    assert client.get("/", REMOTE_ADDR=address).status_code == 200


def test_five_wrong_passwords_by_a_stranger_do_not_stop_the_analyst(alice: Any) -> None:
    assert [tried(STRANGER) for _ in range(8)] == ["wrong"] * 5 + ["wait"] * 3
    assert tried(STRANGER, password=PASSWORD) == "wait", "the stranger waits, even with the right one"
    assert tried(OFFICE, password=PASSWORD) == "in"


def test_the_delay_grows_and_ends(alice: Any) -> None:
    waits = []
    for _ in range(10):
        tried(STRANGER)
        limit = attempts.limits("password", "alice", STRANGER, "")[0]
        waits.append(limit.delay(attempts.failures(limit)).total_seconds())
        clock.move(dt.timedelta(seconds=waits[-1] + 1))
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32]
    assert tried(STRANGER, password=PASSWORD) == "in", "after the delay it is looked at"
    clock.move(dt.timedelta(hours=2))
    assert attempts.failures(limit) == 0


def test_junk_names_lift_nothing_and_leave_little(alice: Any) -> None:
    for _ in range(5):
        tried(STRANGER)
    assert tried(STRANGER) == "wait"
    said = [tried(STRANGER, f"junk-{number}") for number in range(330)]
    assert tried(STRANGER, password=PASSWORD) == "wait"
    assert said.count("wrong") < 30, "a network that goes on waits as well"
    assert Failures.objects.count() < 40
    assert tried(OFFICE, password=PASSWORD) == "in"


def test_who_exists_cannot_be_told_from_who_does_not(alice: Any) -> None:
    real = [tried(f"{CROWD}1", "alice") for _ in range(7)]
    clock.move(dt.timedelta(days=1))
    assert [tried(f"{CROWD}1", "nobody") for _ in range(7)] == real


def test_a_known_device_is_never_slowed_by_strangers(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    signed_in(client, alice, OFFICE)
    client.post("/accounts/logout/")
    for number in range(300):  # from her own network, and from others
        tried(OFFICE if number % 2 else f"{CROWD}{number % 250}")
    assert tried(OFFICE, password=PASSWORD) == "wait", "another browser of the same network waits"
    later = time.time() + 120
    monkeypatch.setattr(time, "time", lambda: later)
    signed_in(client, alice, OFFICE)


def test_a_device_that_fails_itself_and_one_of_an_old_password_are_strangers(alice: Any) -> None:
    client = Client()
    signed_in(client, alice, OFFICE)
    client.post("/accounts/logout/")
    for _ in range(attempts.FREE + 1):
        assert tried(OFFICE, client=client) == "wrong"
    assert tried(OFFICE, client=client, password=PASSWORD) == "wait"
    assert tried(STRANGER, password=PASSWORD) == "in", "what a stolen device does, it does to itself"
    second = Client()
    clock.move(dt.timedelta(hours=2))
    UsedCode.objects.all().delete()
    from django.core.cache import cache

    cache.clear()
    signed_in(second, alice, OFFICE)
    second.post("/accounts/logout/")
    alice.set_password("another password entirely")
    alice.save()
    for _ in range(attempts.FREE + 1):
        tried(OFFICE)
    assert tried(OFFICE, password="another password entirely", client=second) == "wait"


def test_a_forged_device_is_none(alice: Any) -> None:
    for _ in range(5):
        tried(STRANGER)
    client = Client()
    client.cookies["device"] = "eyJ4IjoxfQ:forged:signature"
    assert tried(STRANGER, password=PASSWORD, client=client) == "wait"


def test_guessing_codes_from_everywhere_ends_and_the_known_device_goes_on(
    alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Client()
    signed_in(known, alice, OFFICE)
    known.post("/accounts/logout/")
    answers = []
    # All within one moment, however slow this machine is: the delay passes with the seconds.
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began)
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    for number in range(30):
        guesser = Client()
        address = f"{10 + number}.0.0.1"
        assert tried(address, password=PASSWORD, client=guesser) == "in"
        guess = guesser.post("/accounts/2fa/authenticate/", {"code": "000000"}, REMOTE_ADDR=address)
        answers.append("Nobody is locked out" in guess.content.decode())
    assert not any(answers[:20])
    assert all(answers[21:]), "whoever knows the password does not try a million codes"
    later = began + 120
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(clock, "now", lambda: moment + dt.timedelta(seconds=120))
    signed_in(known, alice, OFFICE)


def test_nothing_that_is_kept_names_an_account_or_an_address(alice: Any) -> None:
    tried(STRANGER, "alice")
    kept = str(list(Failures.objects.values()))
    for secret in (STRANGER, "203.0.113", "alice", dailykey.of(clock.now().date()).hex()):
        assert secret not in kept
    clock.move(dt.timedelta(hours=2))
    duty = next(duty for duty in tasks.DUTIES if duty.name == "review.failures")
    for key in duty.due():
        duty.run(key)
    assert not Failures.objects.exists()


ANOTHER = """
import sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.core.exceptions import ValidationError
from disrupt.hotline.review.people import attempts, second_factor
try:
    second_factor.once(7, "123456")
    print("opened")
except ValidationError:
    print("used before")
print(attempts.failures(attempts.limits("password", "alice", "203.0.113.7", "")[0]))
"""


@pytest.mark.django_db(transaction=True)
def test_another_process_knows_the_code_and_the_failures(make_user: MakeUser) -> None:
    from django.db import connection

    make_user("alice")
    for _ in range(3):
        tried(STRANGER)
    second_factor.once(7, "123456")
    with pytest.raises(ValidationError):
        second_factor.once(7, "123456")
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.all_in_one"}
    if connection.vendor == "postgresql":
        environment["DISRUPT_DATABASE"] = environment["DISRUPT_TEST_DATABASE"].rpartition("/")[0] + (
            "/" + str(connection.settings_dict["NAME"])
        )
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-c", ANOTHER, name]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split("\n")[:2] == ["used before", "3"], done.stderr[-1500:]


def test_the_days_key_is_shared_and_of_this_account_alone(tmp_path: Path) -> None:
    day, later = dt.date(2026, 1, 1), dt.date(2026, 1, 2)
    first = dailykey._shared(day, tmp_path)
    assert first == dailykey._shared(day, tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert dailykey._shared(later, tmp_path) != first
    assert [p.name[-10:] for p in tmp_path.iterdir()] == ["2026-01-02"], "yesterday's is gone"
    (path,) = tmp_path.iterdir()
    path.chmod(0o644)
    assert dailykey._shared(later, tmp_path) is None, "what others can read is not used"
    assert dailykey._shared(day, tmp_path / "none") is None


def test_the_forgery_cookie_ends_with_the_browser(client: Client) -> None:
    client.get("/accounts/login/")
    assert client.cookies["console-csrf"]["max-age"] == ""
    assert sign_in(client, "nobody").status_code == 200
