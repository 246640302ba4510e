"""The addresses in a sitemap, a feed or a list; nonsense gives few, never an error."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from disrupt.hotline.common.sites import site_of
from disrupt.hotline.takedown.checks.markup import Start, Text, marks
from disrupt.hotline.takedown.hosts import exact
from disrupt.hotline.takedown.models import SourceKind

MOST_PAGES = 5000


def _named(text: str) -> list[str]:
    """What stands in `loc` and `link`, in their `href`; a list of lists is one for somebody to add each."""
    found: list[str] = []
    within = False
    for mark in marks(text, xml=True):
        if isinstance(mark, Text):
            if within and mark.words.strip():
                found.append(mark.words.strip())
            continue
        within = isinstance(mark, Start) and mark.tag in {"loc", "link"}
        if isinstance(mark, Start):
            if mark.tag == "sitemapindex":
                return []
            href = mark.attributes.get("href", "")
            if mark.tag == "link" and href and mark.attributes.get("rel", "alternate") == "alternate":
                found.append(href)
    return found


def addresses(kind: str, body: bytes, base: str) -> list[str]:
    """Those of a source, each once; of a site's own list only those on the same site."""
    text = body.decode("utf-8", "replace")
    if kind == SourceKind.LIST:
        found = [line.strip() for line in text.splitlines()]
    else:
        found = _named(text)
    kept = [address for one in found if (address := _whole(base, one))]
    if kind != SourceKind.LIST:
        own = site_of(urlsplit(base).hostname or "")
        kept = [address for address in kept if site_of(urlsplit(address).hostname or "") == own]
    return list(dict.fromkeys(kept))[:MOST_PAGES]


def _whole(base: str, one: str) -> str:
    try:
        # As it is kept and shown: what is no letter of an address is written with percent signs.
        address = exact(urljoin(base, one))
        return address if urlsplit(address).scheme in {"http", "https"} and len(address) <= 2000 else ""
    except ValueError:
        return ""
