"""The portal as its own process is configured: sealing only, signed cookies, no file handler but ours."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.hotline.as_role import AsRole
from tests.hotline.as_role import as_role as as_role
from tests.hotline.as_role import roles as roles

from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.intake.visit.limits import GATE
from disrupt.hotline.processes.portal import settings as portal_settings

NAMES = (
    "ROOT_URLCONF", "MIDDLEWARE", "TEMPLATES", "SESSION_ENGINE", "SESSION_COOKIE_NAME", "SESSION_COOKIE_AGE",
    "SESSION_EXPIRE_AT_BROWSER_CLOSE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_AGE", "CSRF_FAILURE_VIEW",
    "FILE_UPLOAD_HANDLERS", "DATA_UPLOAD_MAX_MEMORY_SIZE", "DATA_UPLOAD_MAX_NUMBER_FIELDS",
    "DATA_UPLOAD_MAX_NUMBER_FILES", "MAY_OPEN",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _as_the_portal(settings: Any, as_role: AsRole) -> None:
    as_role("portal")
    for name in NAMES:
        setattr(settings, name, getattr(portal_settings, name))
    GATE.clear()


def hidden(html: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return unescape(found[1])


@dataclass
class Person:
    """Somebody at the portal, with a browser that has cookies and no JavaScript."""

    client: Client
    language: str = "en"
    html: str = ""
    answers: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        response = self.client.get(f"/{self.language}/{path}")
        self.html = response.content.decode()
        return response

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """Send a form of the page in `html`."""
        token = hidden(self.html, "csrfmiddlewaretoken")
        data = {"csrfmiddlewaretoken": token, **(data or {})}
        response = self.client.post(f"/{self.language}/{path}", data, **more)
        if response.status_code == 302 and response.headers["Location"] == f"/{self.language}/{path}":
            # The same page once more: a browser follows, and what it gets is the answer.
            response = self.client.get(response.headers["Location"])
        self.html = response.content.decode()
        return response

    def open_form(self) -> None:
        assert self.get("form/").status_code == 200

    def send(self, *files: bytes, **changes: Any) -> Any:
        """Send the form that is open, complete but for `changes` (None takes a field away)."""
        data: dict[str, Any] = {
            "draft": hidden(self.html, "draft"),
            "url": ["https://example.org/photo/1"],
            "reporter": "self",
            "age": "adult",
            "statement": "on",
            "action": "send",
            "files": [SimpleUploadedFile("holiday-jane.jpg", data, "image/jpeg") for data in files],
            "complete": "1",
        }
        data.update(changes)
        return self.post("form/", {name: value for name, value in data.items() if value is not None})

    def code(self) -> str:
        """The case code that the code page shows."""
        self.get("code/")
        found = re.search(r'data-code="([0-9A-Z-]{24})"', self.html)
        assert found
        return found[1]


@pytest.fixture
def person(db: None) -> Person:
    return Person(Client(enforce_csrf_checks=True))


@pytest.fixture(params=["en", "fr"])
def somebody(request: pytest.FixtureRequest, db: None) -> Person:
    """The same person, once in each language."""
    return Person(Client(enforce_csrf_checks=True), request.param)


def sealed() -> list[VaultId]:
    """The contents that are kept; a draft on the shelf has no key here, and is none."""
    return [name for name, _at in vault.stored_ids() if vault.is_whole(name)]


def opened(vault_id: str, settings: Any) -> bytes:
    """What an analyst's process would read."""
    settings.MAY_OPEN = True
    try:
        return vault.read_content(VaultId(vault_id))
    finally:
        settings.MAY_OPEN = False
