"""Fixtures for all that analysts touch: signed-in people of every kind, and small pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.test import Client

from disrupt.hotline.processing import preparing, recognise

MakeUser = Callable[..., User]


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts with no failed sign-in, no used code and no bank in memory."""
    cache.clear()
    monkeypatch.setattr(recognise, "_pdqs", recognise._Pdqs())
    monkeypatch.setattr(preparing, "_memory", preparing._Memory())


@pytest.fixture
def make_user(db: None) -> MakeUser:
    def make(name: str, role: str = "analyst", *, totp: bool = True, minors: bool = True) -> User:
        user = User.objects.create_user(name, password="correct horse battery")
        if role:
            user.groups.add(Group.objects.get_or_create(name=role)[0])
        if role == "analyst" and minors:
            user.groups.add(Group.objects.get_or_create(name="minors")[0])
        if totp:
            user.secret = generate_totp_secret()  # type: ignore[attr-defined]  # for the test's convenience
            TOTP.activate(user, user.secret)  # type: ignore[attr-defined]
        return user

    return make


@pytest.fixture
def alice(make_user: MakeUser) -> User:
    return make_user("alice")


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    """A browser in which alice, an analyst, is signed in."""
    client.force_login(alice)
    return client


def signed_in(user: User) -> Client:
    """A browser of somebody else, in English."""
    client = Client()
    client.cookies["language"] = "en"
    client.force_login(user)
    return client


@pytest.fixture
def english(client: Client) -> Any:
    client.cookies["language"] = "en"
    return client
