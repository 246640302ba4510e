"""The person concerned: reports and deposits at the portal over HTTP, and looks at what became of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from disrupt.fingerprint import ImageFingerprint
from disrupt.hotline.demo.browser import Browser, Page
from disrupt.hotline.demo.errors import DemoFailed

_CODE = re.compile(r'data-code="([0-9A-Z-]{24})"')
_ITEM = re.compile(r'<li class="item.*?</h2>.*?</strong>[^<]*', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


class Reporter:
    """One person at the portal, in English, without JavaScript."""

    def __init__(self, portal: str) -> None:
        self._portal = portal

    def report(self, urls: Sequence[str], files: Sequence[bytes]) -> str:
        """Send a report; return the case code. Raises DemoFailed."""
        with Browser("en") as browser:
            page = browser.get(f"{self._portal}/en/form/")
            form = page.form("url", "statement", "reporter")
            answers: dict[str, str | list[str]] = {
                "url": list(urls),
                "reporter": "self",
                "age": "adult",
                "description": "Somebody I trusted shared these without asking me.",
                "email": "person@example.org",
                "email_safe": "on",
                "statement": "on",
            }
            # A browser sends the name; the portal keeps none of it.
            parts = [
                ("files", (f"IMG_{n}", data, "application/octet-stream")) for n, data in enumerate(files, 1)
            ]
            return _code(browser, browser.submit(page, form, answers, files=parts, button="send"))

    def threatened(self, told: Mapping[str, str], proof: bytes) -> str:
        """Somebody under 18 tells of a threat, with a proof; the case code. Raises DemoFailed."""
        with Browser("en") as browser:
            page = browser.get(f"{self._portal}/en/steps/now/")
            parts = [("proofs", ("screenshot", proof, "application/octet-stream"))]
            answers: dict[str, str | list[str]] = {**told, "reporter": "minor"}
            page = browser.submit(page, page.form("demand"), answers, files=parts, button="continue")
            return _code(
                browser, browser.submit(page, page.form("statement"), {"statement": "on"}, button="send")
            )

    def declares(self, found: ImageFingerprint, words: str) -> str:
        """Somebody under 18 sends what their device made of a photo; the case code. Raises DemoFailed."""
        pdq = [{"hex": found.pdq.hex, "quality": found.pdq.quality, "role": "stored"}]
        made = {"kind": "image", "sha256": found.sha256, "md5": found.md5, "pdq": pdq}
        with Browser("en") as browser:
            page = browser.get(f"{self._portal}/en/steps/ways/")
            page = browser.submit(page, page.form("ways"), {"ways": ["device"]}, button="continue")
            page = browser.submit(
                page, page.form("prints"), {"prints": json.dumps([made])}, button="continue"
            )
            page = browser.submit(page, page.form("reporter"), {"reporter": "minor"}, button="continue")
            last: dict[str, str | list[str]] = {"description": words, "statement": "on"}
            return _code(browser, browser.submit(page, page.form("statement"), last, button="send"))

    def messages(self, code: str) -> str:
        """What the page of messages says, opened with the code alone."""
        with Browser("en") as browser:
            page = browser.get(f"{self._portal}/en/follow/")
            browser.submit(page, page.form("code"), {"code": code})
            return browser.get(f"{self._portal}/en/follow/now/messages/").words

    def status(self, code: str) -> list[str]:
        """What the status page says of each item, opened with the code alone."""
        with Browser("en") as browser:
            page = browser.get(f"{self._portal}/en/follow/")
            page = browser.submit(page, page.form("code"), {"code": code})
        lines = [" ".join(_TAG.sub(" ", item).split()) for item in _ITEM.findall(page.html)]
        if not lines:
            raise DemoFailed(f"The status page shows no item; it says: {page.words[:500]}")
        return lines


def _code(browser: Browser, page: Page) -> str:
    found = _CODE.search(page.html)
    if not found:
        raise DemoFailed(f"The portal showed no case code; it said: {page.words[:500]}")
    browser.submit(page, page.form("saved"), {"saved": "on"}, button="continue")
    return found[1]
