"""One browser profile at the portal, and the answers of a short report."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import BrowserContext, Page
from tests.functional.looks import FAINT, SMALL

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){4}")
CANARY = "a-word-that-must-not-be-on-any-disk"


class Phone:
    """One browser profile at the portal; takes pictures of what it sees and checks each page it takes."""

    def __init__(self, context: BrowserContext, base: str, language: str, shoot: Any, label: str) -> None:
        self.context, self.base, self.language = context, base, language
        self.page = context.new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", self._only_ours)
        self._shoot, self._label = shoot, label

    def _only_ours(self, request: Any) -> None:
        if not request.url.startswith(self.base):
            self.problems.append(f"asked for {request.url}")

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.base}/{self.language}/{path}")
        return self.page

    def look(self, name: str) -> None:
        self._shoot(self.page, f"portal/{self._label}/{name}")
        wider = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{name} is {wider} px wider than the screen"
        assert self.page.evaluate(FAINT) == [], name
        assert self.page.evaluate(SMALL) == [], name


def answer(page: Page) -> None:
    page.check("#id_reporter_0")
    page.check("#id_age_1")
    page.fill("#id_email", "person@example.org")
    page.check("#id_email_safe")
    page.check("#id_statement")
