"""What a simulated person does at the portal: reports, adds, takes back, deletes; and remembers it."""

from __future__ import annotations

import hashlib
import re

from disrupt.hotline.demo.browser import Browser, Page
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.year.diary import Line
from disrupt.hotline.demo.year.patience import Again
from disrupt.hotline.demo.year.plan import Person, altered, picture

_CODE = re.compile(r'data-code="([0-9A-Z-]{24})"')


def browser(number: int) -> Browser:
    """Everybody comes from a network of their own."""
    address = f"100.{64 + number % 64}.{number // 64 % 256}.{number // 16384 % 256}"
    return Browser("en", headers={"X-Forwarded-For": address}, transport=Again())


def report(portal: str, person: Person, url: str, line: Line) -> None:
    """Send the form, and keep the code. Raises DemoFailed."""
    with browser(person.number) as mine:
        page = mine.get(f"{portal}/en/form/")
        values: dict[str, str | list[str]] = {
            "url": [url] if person.address else [],
            "reporter": "self",
            "age": "minor" if person.minor else "adult",
            "description": f"I am person {person.number}. Somebody shared this.",
            "statement": "on",
        }
        if person.threat:
            values["threat"] = "on"
        files = []
        if person.file:
            data = altered(picture(person.picture)) if person.altered else picture(person.picture)
            line.sha256 = hashlib.sha256(data).hexdigest()
            files = [("files", ("IMG_1.jpg", data, "image/jpeg"))]
        if person.address:
            line.urls.append(url)
        page = mine.submit(
            page, page.form("url", "statement", "reporter"), values, files=files, button="send"
        )
        while not _CODE.search(page.html):
            if not page.url.endswith("/wait/"):
                raise DemoFailed(f"Person {person.number} got no code; the portal said: {page.words[:500]}")
            page = mine.get(page.url)
        found = _CODE.search(page.html)
        assert found
        line.code = found[1]


def follow(portal: str, number: int, code: str, mine: Browser) -> Page:
    """Open the report by its code alone."""
    page = mine.get(f"{portal}/en/follow/")
    return mine.submit(page, page.form("code"), {"code": code})


def act(portal: str, person: int, code: str, what: str) -> None:
    """Press a button of the page “all” (take everything back) or “end” (delete). Raises DemoFailed."""
    with browser(person) as mine:
        follow(portal, person, code, mine)
        page = mine.get(f"{portal}/en/follow/now/{what}/")
        forms = [form for form in page.forms if form.action.endswith(f"/{what}/") and form.method == "post"]
        if not forms:
            raise DemoFailed(f"Person {person} cannot press “{what}”; it says: {page.words[:300]}")
        mine.submit(page, forms[0], {})


def add(portal: str, person: int, code: str, url: str) -> None:
    """Add an address. Raises DemoFailed."""
    with browser(person) as mine:
        follow(portal, person, code, mine)
        page = mine.get(f"{portal}/en/follow/now/add/")
        page = mine.submit(page, page.form("urls"), {"urls": url, "complete": "on"}, button="add")
        if url not in page.html:
            raise DemoFailed(f"Person {person} could add nothing; it says: {page.words[:500]}")
