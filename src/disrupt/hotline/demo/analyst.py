"""The analyst: signs in at the console over HTTP, opens the case, qualifies each item."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import ClassVar

from disrupt.hotline.demo.accounts import Account
from disrupt.hotline.demo.browser import Browser, Page
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.totp import current_code, seconds_left

_CASE = re.compile(r"/cases/[0-9a-f-]{36}/$")
_MESSAGES = re.compile(r"/cases/[0-9a-f-]{36}/messages/$")
_REFERENCE = re.compile(r"\bD-[0-9A-F]{8}\b")
_ITEM = re.compile(r"/items/[0-9a-f-]{36}/$")
_NOTE = re.compile(r"/notes/\d+/$")
_READ = re.compile(r"/read/$")
_STAMP = re.compile(r'name="carry" value="([^"]+)"(?: checked)?> <img src="(/previews/[^"]+)"')
_PREVIEW = re.compile(r'<img src="(/previews/[^"]+)" alt="([^"]*)"')


class Analyst:
    """One analyst at the console, in English, without JavaScript."""

    _used: ClassVar[set[str]] = set()

    def __init__(self, console: str, account: Account, browser: Browser | None = None) -> None:
        self._console = console
        self._account = account
        self._browser = browser or Browser("en")

    def __enter__(self) -> Analyst:
        return self

    def __exit__(self, *exc: object) -> None:
        self._browser.__exit__(*exc)

    def _fresh_code(self) -> str:
        """A code that opened nothing yet, and is valid for as long as it takes to type it."""
        while seconds_left() < 2 or (code := current_code(self._account.totp)) in self._used:
            time.sleep(0.2)
        self._used.add(code)
        return code

    def sign_in(self) -> None:
        """Password, then the current one-time code. Raises DemoFailed."""
        page = self._browser.get(f"{self._console}/")
        values: dict[str, str | list[str]] = {
            "login": self._account.name,
            "password": self._account.password,
        }
        page = self._browser.submit(page, page.form("login", "password"), values)
        page = self._browser.submit(page, page.form("code"), {"code": self._fresh_code()})
        if page.status != 200 or any("code" in form.names for form in page.forms):
            raise DemoFailed(f"The analyst could not sign in; the console said: {page.words[:500]}")

    def qualify_all(self, category: str) -> Iterator[str]:
        """Open the oldest case, read its words, decide on each of its items; say what was seen and done."""
        queue = self._browser.get(f"{self._console}/")
        case = self._read(self._browser.get(_first(queue, _CASE)))
        for url in dict.fromkeys(link for link in case.links if _ITEM.search(link)):
            page = self._browser.get(url)
            preview = _PREVIEW.search(page.html)
            seen = f"{preview[2].lower()}, {self._bytes(preview[1])} bytes" if preview else "an address"
            form = page.form("category", "person")
            decided = self._browser.submit(page, form, {"category": category, "person": "adult"})
            if decided.status != 200:
                raise DemoFailed(f"The decision was refused: {decided.words[:500]}")
            yield f"item seen as: {seen}; qualified {category}"

    def settle_family(self, category: str) -> str:
        """Open the first item that waits, compare the stamps beside it, decide on all at once."""
        queue = self._browser.get(f"{self._console}/")
        case = self._read(self._browser.get(_first(queue, _CASE)))
        page = self._browser.get(_first(case, _ITEM))
        stamps = _STAMP.findall(page.html)
        seen = [self._bytes(path) for _item, path in stamps]
        form = page.form("category", "person")
        chosen: dict[str, str | list[str]] = {"category": category, "person": "adult"}
        chosen["carry"] = [item for item, _path in stamps]
        decided = self._browser.submit(page, form, chosen)
        if decided.status != 200 or not stamps:
            raise DemoFailed(f"No family was settled; the console says: {decided.words[:500]}")
        return f"beside it: {len(seen)} blurred stamps of about {max(seen)} bytes, compared and ticked"

    def answer(self, text: str) -> str:
        """Open the most urgent case, read its words, write to its reporter; the case's reference."""
        queue = self._browser.get(f"{self._console}/")
        case = self._browser.get(_first(queue, _CASE))
        self._read(case)
        page = self._browser.get(_first(case, _MESSAGES))
        sent = self._browser.submit(page, page.form("text"), {"text": text})
        if sent.status != 200:
            raise DemoFailed(f"The message was refused: {sent.words[:500]}")
        found = _REFERENCE.search(case.words)
        if not found:
            raise DemoFailed(f"The case has no reference on {case.url}.")
        return found[0]

    def _read(self, case: Page) -> Page:
        """Open what the person wrote, then say that it was read: the case leaves the queue only then."""
        for form in [form for form in case.forms if _NOTE.search(form.action)]:
            self._browser.submit(case, form, {})
        case = self._browser.get(case.url)
        for form in [form for form in case.forms if _READ.search(form.action)]:
            return self._browser.submit(case, form, {})
        return case

    def _bytes(self, path: str) -> int:
        page = self._browser.get(f"{self._console}{path}")
        if page.status != 200:
            raise DemoFailed(f"The preview did not come ({page.status}).")
        return len(page.html)


def _first(page: Page, pattern: re.Pattern[str]) -> str:
    for link in page.links:
        if pattern.search(link):
            return link
    raise DemoFailed(f"Nothing waits in the queue; the console says: {page.words[:500]}")
