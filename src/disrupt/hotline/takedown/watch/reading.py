"""The addresses in a sitemap, a feed or a list; nonsense gives few, never an error."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from disrupt.hotline.common.sites import site_of
from disrupt.hotline.takedown.models import SourceKind

MOST_PAGES = 5000


class _Links(HTMLParser):
    """What stands in `loc` and `link`, in their `href`, and in what a feed encloses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.is_index = False
        self._within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "sitemapindex":
            self.is_index = True
        self._within = tag in {"loc", "link"}
        if tag == "link" and given.get("href") and given.get("rel", "alternate") == "alternate":
            self.found.append(given["href"])

    def handle_endtag(self, tag: str) -> None:
        self._within = False

    def handle_data(self, data: str) -> None:
        if self._within and data.strip():
            self.found.append(data.strip())

    def unknown_decl(self, data: str) -> None:
        self.handle_data(data.removeprefix("CDATA[").removesuffix("]]"))


def addresses(kind: str, body: bytes, base: str) -> list[str]:
    """Those of a source, each once; of a site's own list only those on the same site."""
    text = body.decode("utf-8", "replace")
    if kind == SourceKind.LIST:
        found = [line.strip() for line in text.splitlines()]
    else:
        links = _Links()
        try:
            links.feed(text)
            links.close()
        except (AssertionError, ValueError):
            pass  # what was read until there counts
        # A list of lists is a source for each of them, which somebody adds.
        found = [] if links.is_index else links.found
    kept = [address for one in found if (address := _whole(base, one))]
    if kind != SourceKind.LIST:
        own = site_of(urlsplit(base).hostname or "")
        kept = [address for address in kept if site_of(urlsplit(address).hostname or "") == own]
    return list(dict.fromkeys(kept))[:MOST_PAGES]


def _whole(base: str, one: str) -> str:
    try:
        address = urljoin(base, one)
        return address if urlsplit(address).scheme in {"http", "https"} and len(address) <= 2000 else ""
    except ValueError:
        return ""
