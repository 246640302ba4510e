"""What one look saw, judged by signs; the order of the signs is the order of the rules (docs/law.md).

An address that shows the page of a made-up sibling shows nothing (Bar-Yossef et al., "Sic transit gloria
telae", WWW 2004). Doubt is never "gone": walls, challenges and pages that need a browser are states of their
own.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from disrupt.hotline.common.outbound import errors
from disrupt.hotline.common.outbound.door import Fetched
from disrupt.hotline.common.sites import site_of
from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.checks.page import Page, Shape, likeness
from disrupt.hotline.takedown.models import Seen
from disrupt.hotline.takedown.registry.lines import Habits

# So alike are the pages of two addresses that say nothing of their own.
ALIKE = 0.9
# A page with so few letters and a script shows its content only in a browser; a short page means what it
# says.
_EMPTY, _SHORT = 200, 1200


@dataclass(frozen=True)
class Signs:
    """A version of the words that pages use."""

    version: str
    gone: Sequence[str]
    login_paths: Sequence[str]
    login_titles: Sequence[str]
    challenge_titles: Sequence[str]
    challenge_markup: Sequence[str]


@functools.cache
def signs() -> Signs:
    raw: Mapping[str, Sequence[str]] = json.loads(packaged.versions_of("page-signs")[-1])
    return Signs(
        str(raw["version"]),
        raw["gone"],
        raw["login_paths"],
        raw["login_titles"],
        raw["challenge_titles"],
        raw["challenge_markup"],
    )


@dataclass(frozen=True)
class Verdict:
    """What was seen, and by which sign."""

    seen: Seen
    sign: str


_FAILED: tuple[tuple[type[errors.DoorError], Verdict], ...] = (
    (errors.NoSuchName, Verdict(Seen.UNREACHABLE, "no_name")),
    (errors.NameTrouble, Verdict(Seen.UNKNOWN, "resolver")),
    (errors.Unreachable, Verdict(Seen.UNKNOWN, "no_connection")),
    (errors.BadTls, Verdict(Seen.UNKNOWN, "tls")),
    (errors.TooSlow, Verdict(Seen.UNKNOWN, "too_slow")),
    (errors.BadAnswer, Verdict(Seen.UNKNOWN, "not_http")),
    (errors.TooManyRedirects, Verdict(Seen.UNKNOWN, "redirects")),
    (errors.ByDesign, Verdict(Seen.PERSON, "by_design")),
    (errors.Forbidden, Verdict(Seen.PERSON, "not_public")),
)


def of_failure(error: errors.DoorError) -> Verdict:
    """A look that came to nothing."""
    return next(verdict for kind, verdict in _FAILED if isinstance(error, kind))


def of_status(fetched: Fetched, page: Page | None, own: Habits) -> Verdict | None:
    """What the status alone, and where it led, says; None where the page must say more."""
    status, headers = fetched.response.status, fetched.response.headers
    if status in {404, 410}:
        return Verdict(Seen.GONE, f"status_{status}")
    if status == 451:
        return Verdict(Seen.GEO, "status_451")
    if status in {403, 429, 503} and _is_challenge(fetched, page):
        return Verdict(Seen.CAPTCHA, "challenge")
    if status in {401, 403, 407}:
        return Verdict(Seen.LOGIN, f"status_{status}")
    if status == 429 or (status == 503 and "retry-after" in headers):
        return Verdict(Seen.UNKNOWN, "asked_to_wait")
    if not 200 <= status <= 299:
        return Verdict(Seen.UNKNOWN, f"status_{status}")
    return _of_landing(fetched, own)


def _is_challenge(fetched: Fetched, page: Page | None) -> bool:
    markup = fetched.response.body[:200_000].decode("utf-8", "replace").lower()
    title = page.title.lower() if page else ""
    known = signs()
    return any(sign in markup for sign in known.challenge_markup) or any(
        title.startswith(sign) for sign in known.challenge_titles
    )


def _of_landing(fetched: Fetched, own_signs: Habits) -> Verdict | None:
    first, last = urlsplit(fetched.hops[0][0]), urlsplit(fetched.url)
    if len(fetched.hops) == 1 or (_path(first), first.query) == (_path(last), last.query):
        return None
    if any(sign.startswith("/") and _path(last).lower().startswith(sign) for sign in own_signs.login_signs):
        return Verdict(Seen.LOGIN, "own_sign")
    path = _path(last).strip("/").lower()
    if any(part in path.split("/") or path.endswith(part) for part in signs().login_paths):
        return Verdict(Seen.LOGIN, "sent_to_sign_in")
    if site_of(first.hostname or "") != site_of(last.hostname or ""):
        return Verdict(Seen.REDIRECTED, "sent_to_another_site")
    own = _path(first).strip("/").lower()
    if not path or not (own and (own in path or own.rsplit("/", 1)[-1] in path)):
        return Verdict(Seen.SOFT_404, "sent_elsewhere")
    return None


def _path(parts: object) -> str:
    return unquote(str(getattr(parts, "path", ""))) or "/"


def of_page(page: Page, truncated: bool, own: Habits) -> Verdict | None:
    """What the words of a page say, by the site's own signs first; None where they say nothing."""
    known, title, heading = signs(), page.title.lower(), page.heading.lower()
    said = f"{title} {page.text.lower()}"
    if any(_holds(said, sign) for sign in own.gone_signs):
        return Verdict(Seen.SOFT_404, "own_sign")
    if any(_holds(said, sign) for sign in own.login_signs if not sign.startswith("/")):
        return Verdict(Seen.LOGIN, "own_sign")
    if any(title.startswith(sign) for sign in known.challenge_titles):
        return Verdict(Seen.CAPTCHA, "challenge")
    if page.refresh and len(page.text) < _SHORT:
        return Verdict(Seen.PERSON, "refresh")
    for words, sign in ((title, "title"), (heading, "heading")):
        if words and len(words) < 120 and any(_holds(words, gone) for gone in known.gone):
            return Verdict(Seen.SOFT_404, sign)
    text = page.text.lower()
    if len(text) < _EMPTY and page.scripts and not truncated:
        return Verdict(Seen.PERSON, "needs_a_browser")
    if len(text) < _SHORT and not page.media and any(_holds(text, s) for s in known.gone if len(s) > 4):
        return Verdict(Seen.SOFT_404, "words")
    if page.asks_password and (
        len(text) < _SHORT or any(title.startswith(sign) for sign in known.login_titles)
    ):
        return Verdict(Seen.LOGIN, "password_field")
    return None


def _holds(text: str, sign: str) -> bool:
    """Whether a sign stands in a text as words of its own."""
    start = text.find(sign)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(sign) : start + len(sign) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        start = text.find(sign, start + 1)
    return False


def of_sibling(own: Shape, sibling: Shape, *, is_page: bool) -> Verdict | None:
    """Whether an address shows what its host shows for an address that nobody made."""
    if not 200 <= sibling.status <= 299 or own.landed != sibling.landed:
        return None
    if own.digest == sibling.digest:
        return Verdict(Seen.SOFT_404, "same_as_sibling")
    # A picture of its own is content of its own, however alike the words around it.
    pictures = set(own.media) - set(sibling.media)
    if is_page and own.words and not pictures and likeness(own, sibling) >= ALIKE:
        return Verdict(Seen.SOFT_404, "like_sibling")
    return None
