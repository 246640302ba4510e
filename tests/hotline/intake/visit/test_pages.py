"""Every page: the way out, the help lines, headers by value, neutral titles, cookies that do not stay."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.core.checks import Error
from django.urls import get_resolver
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.following.test_follow import reported

from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.intake.checks import portal_is_safe
from disrupt.hotline.intake.following import wording
from disrupt.hotline.intake.templatetags.sheets import written_small

PAGES = ("", "form/", "follow/", "done/", "nowhere/")
OPEN_PAGES = ("follow/now/", "follow/now/1/", "follow/now/all/", "follow/now/end/")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; media-src 'self'; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


SHEETS = ("intake/portal.css", "intake/forms.css")


def check_headers(response: Any, where: str) -> None:
    """The headers by value; the policy lets in the styles of this very page, by hash, and nothing more."""
    styles = re.findall("<style>(.*?)</style>", response.content.decode())
    hashes = "".join(
        f" 'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles
    )
    for name, value in HEADERS.items():
        expected = value.replace("style-src 'self'", f"style-src 'self'{hashes}")
        assert response.headers[name] == expected, f"{where} {name}"


class Outline(HTMLParser):
    """What the tests look at in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in found:
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.links.append(str(found.get("href")))
        if tag == "label":
            self.labelled.add(str(found.get("for")))
        if tag in {"input", "textarea", "select"} and found.get("type") != "hidden":
            self.fields.append(found)


def pages(somebody: Person) -> dict[str, str]:
    """Every page, as somebody sees it who has sent a report."""
    seen = {path: somebody.get(path).content.decode() for path in PAGES}
    somebody.open_form()
    somebody.send(statement=None, url=["wrong"], email="wrong")
    seen["form with problems"] = somebody.html
    somebody.open_form()
    somebody.send(b"content")
    somebody.code()
    seen["code"] = somebody.html
    somebody.post("code/")
    seen["code not saved"] = somebody.html
    somebody.post("code/", {"saved": "on"})
    seen |= {path: somebody.get(path).content.decode() for path in OPEN_PAGES}
    return seen


def test_every_page_keeps_the_rules(somebody: Person) -> None:
    for name, html in pages(somebody).items():
        page = Outline(html)
        assert page.links[0] == f"/{somebody.language}/leave/", f"{name}: the way out comes first"
        assert page.links[1] == "#main", name
        assert f'<html lang="{somebody.language}" dir="ltr">' in html, name
        title = re.search(r"<title>(.*?)</title>", html)
        assert title, name
        assert re.fullmatch(
            r"((Error|Erreur) – )?Informations?( – (form|formulaire|code|follow-up|suivi|confirmation))?",
            title[1],
        ), f"{name}: a title that says nothing"
        for call in ("tel:3018", "tel:17", "tel:119", "service-public"):
            assert call in html, f"{name}: {call}"
        assert page.headings[0] == 1, name
        assert page.headings.count(1) == 1, name
        assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False)), name
        assert len(page.ids) == len(set(page.ids)), f"{name}: an id twice"
        assert "style=" not in html, name
        # On a first visit the sheets are in the page, and what is not ours is not let in.
        ours = [written_small(sheet) for sheet in SHEETS]
        assert re.findall("<style.*?>(.*?)</style>", html, re.DOTALL) in ([], ours[:1], ours), name
        assert not re.search(r"\son[a-z]+=", html), f"{name}: a script in an attribute"
        assert not re.search(r"<script(?![^>]* src=)", html), f"{name}: a script in the page"
        for tag, attributes in page.tags:
            source = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
            assert not source or source.startswith("/static/"), f"{name}: {source} is not ours"
            assert int(attributes.get("tabindex") or 0) <= 0, name
        for fields in page.fields:
            assert fields["id"] in page.labelled, f"{name}: {fields} has no label"
        for _, attributes in page.tags:
            for reference in (attributes.get("aria-describedby") or "").split():
                assert reference in page.ids, f"{name}: {reference} describes nothing"
            for reference in (attributes.get("aria-labelledby") or "").split():
                assert reference in page.ids, f"{name}: {reference} labels nothing"
        if somebody.language == "fr":
            assert not re.search(r"[\w»] [?!;:](\s|<)", re.sub(r"<[^>]+>", "", html)), (
                f"{name}: espace insécable"
            )


def test_every_page_has_its_headers_by_value(person: Person) -> None:
    for path in PAGES:
        response = person.get(path)
        check_headers(response, path)
        assert "camera=()" in response.headers["Permissions-Policy"]
        assert "Server" not in response.headers


def test_the_root_follows_the_browsers_language(person: Person) -> None:
    for accept, language in (("en-GB,en;q=0.9", "en"), ("fr-CH", "fr"), ("de", "fr"), ("", "fr")):
        response = person.client.get("/", headers={"accept-language": accept})
        assert response.headers["Location"] == f"/{language}/"


def test_the_other_language_is_the_same_page(person: Person) -> None:
    assert 'href="/fr/follow/"' in person.get("follow/").content.decode()
    assert 'formaction="/fr/form/"' in person.get("form/").content.decode()


def test_leaving_forgets_and_goes_to_a_neutral_site(somebody: Person, settings: Any) -> None:
    response = somebody.get("leave/")
    assert response.headers["Location"] == settings.EXIT_URL == "https://www.wikipedia.org/"
    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response.headers["Referrer-Policy"] == "no-referrer"
    beacon = somebody.client.post(f"/{somebody.language}/leave/")
    assert (beacon.status_code, beacon.headers["Clear-Site-Data"]) == (
        204,
        response.headers["Clear-Site-Data"],
    )


def test_cookies_end_with_the_browser(person: Person) -> None:
    reported(person)
    assert set(person.client.cookies) == {"session", "csrf"}
    for name, cookie in person.client.cookies.items():
        assert cookie["samesite"] == "Strict", name
        assert cookie["httponly"], name
        assert not cookie["expires"], name
        assert not cookie["max-age"], name
    person.get("follow/now/")
    person.post("follow/close/")
    assert person.client.cookies["session"].value == ""


def test_reading_sets_no_cookie(person: Person) -> None:
    person.get("")
    assert not person.client.cookies


def test_cookies_are_pinned_to_the_host_outside_loopback(tmp_path: Path) -> None:
    code = (
        "from disrupt.hotline.processes.portal import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DISRUPT_")}
    environment["DISRUPT_VAR"] = str(tmp_path)
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True"]


def test_an_unsafe_portal_does_not_start(settings: Any) -> None:
    assert portal_is_safe(None) == []
    settings.EXIT_URL = "wikipedia"
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    found = portal_is_safe(None)
    assert [error.id for error in found] == ["intake.E001", "intake.E002"]
    assert all(isinstance(error, Error) and error.hint for error in found)


def test_a_failure_of_ours_is_a_calm_page(person: Person, monkeypatch: Any) -> None:
    def fail(*args: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("disrupt.hotline.intake.visit.sessions.shown_code", fail)
    person.client.raise_request_exception = False
    response = person.get("code/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in person.html
    assert "RuntimeError" not in person.html


def test_a_wrong_method_is_refused(person: Person) -> None:
    for path in ("", "done/"):
        assert person.client.post(f"/en/{path}").status_code in {403, 405}
    assert person.client.get("/en/follow/close/").status_code == 405


def test_every_state_of_every_kind_has_words() -> None:
    for kind in ItemKind.values:
        for state in ItemState.values:
            meaning = wording.meaning(kind, state)
            assert str(meaning.word)
            assert str(meaning.sentence)


def test_the_words_are_never_those() -> None:
    folder = Path(wording.__file__).parents[1]
    for path in [*folder.rglob("*.html"), *folder.rglob("*.po"), *folder.rglob("*.json")]:
        assert "revenge" not in path.read_text("utf-8").lower(), path


def test_the_french_is_complete() -> None:
    text = (Path(wording.__file__).parents[1] / "locale" / "fr" / "LC_MESSAGES" / "django.po").read_text(
        "utf-8"
    )
    assert "fuzzy" not in text
    body = text.split("\n\n", 1)[1]
    assert not re.search(r'msgstr(\[\d\])? ""\n(?!")', body + "\n")


def test_every_address_is_neutral(settings: Any) -> None:
    words = {str(pattern.pattern) for pattern in get_resolver("disrupt.hotline.intake.urls").url_patterns}
    assert not {word for word in words if re.search(r"victim|report|porn|sex|nude|intim|case", word)}
