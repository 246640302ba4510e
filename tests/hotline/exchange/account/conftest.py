"""A partner's administrator at the account's pages, in a browser that keeps cookies and checks forms."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.exchange.services import OPERATOR, issue_key
from disrupt.hotline.processes.exchange import settings as served


@pytest.fixture(autouse=True)
def _cookies_of_the_exchange(settings: Any) -> None:
    settings.CSRF_COOKIE_NAME = served.CSRF_COOKIE_NAME
    settings.CSRF_FAILURE_VIEW = served.CSRF_FAILURE_VIEW
    settings.STILL_VIEW = served.STILL_VIEW


@pytest.fixture
def admin(partner: Partner) -> tuple[ApiKey, str]:
    """An administrator's key."""
    return issue_key(partner, (Scope.ACCOUNT_MANAGE,), OPERATOR)


class Browser:
    """Goes to pages and presses their buttons, with what the page's own form holds."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.html = ""

    def go(self, path: str = "/account/en/") -> str:
        return self._said(self.client.get(path, follow=True))

    def press(self, path: str, *, status: int = 200, **fields: object) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.html)
        more = {"csrfmiddlewaretoken": token[1]} if token else {}
        answer = self.client.post(path, {**more, **fields}, follow=True)
        assert answer.status_code == status, answer.content
        return self._said(answer)

    def sign_in(self, key: str, language: str = "en", status: int = 200) -> str:
        self.go(f"/account/{language}/sign-in/")
        return self.press(f"/account/{language}/sign-in/", key=key, status=status)

    def _said(self, answer: Any) -> str:
        self.html = answer.content.decode()
        return self.html

    @property
    def secret(self) -> str:
        """The key that the page shows."""
        found = re.search(r'class="secret">(dsr_\w+)<', self.html)
        assert found, self.html
        return found[1]

    @property
    def signed_in(self) -> bool:
        return django_settings.PARTNER_COOKIE in self.client.cookies and "Sign out" in self.go()


@pytest.fixture
def browser(admin: tuple[ApiKey, str]) -> Browser:
    """Signed in."""
    made = Browser()
    made.sign_in(admin[1])
    return made
