"""A simulated analyst: takes the next case that is free, reads, decides, as many as the hours allow."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from disrupt.hotline.demo.analyst import Analyst
from disrupt.hotline.demo.browser import Page
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.year.diary import Diary, Line, Opinion
from disrupt.hotline.demo.year.judgement import Judgement, values

_CASE = re.compile(r"/cases/[0-9a-f-]{36}/$")
_CRUMB = re.compile(r'<p class="crumbs">.*?href="(/cases/[0-9a-f-]{36}/)"')
ITEM = re.compile(r"/items/[0-9a-f-]{36}/$")
_SECOND = re.compile(r"/second/[0-9a-f-]{36}/$")
_NOTE = re.compile(r"/notes/\d+/$")
_READ = re.compile(r"/read/$")
_LET_THROUGH = re.compile(r"/items/[0-9a-f-]{36}/let-through/$")
_KIND = re.compile(r"<h1>Item \d+ <small>(?:deposited )?(\w+)</small>")
_WHO = re.compile(r"I am person (\d+)\.")
_NOT_TAKEN, _DECIDED = 409, "This item is “decided” by now."
_STUCK = 5


class Desk(Analyst):
    """One analyst at work."""

    looked_again = 0

    def work(self, most: int, diary: Diary, judgement: Judgement, hour: float) -> int:
        """Decide on the cases that are free, `most` at once; return on how many. Raises DemoFailed."""
        before, times = "", 0
        for done in range(most):
            url = self._next()
            if not url:
                return done
            times = times + 1 if url == before else 1
            if times == _STUCK:
                raise DemoFailed(f"A case stays in the queue, whatever is decided: {url}")
            before = url
            self._decide(url, diary, judgement, hour)
        return most

    def _next(self) -> str:
        """The case that the console gives; nothing where none is free."""
        page = self._browser.get(f"{self._console}/begin/")
        if _CASE.search(page.url):
            return page.url
        found = _CRUMB.search(page.html) if ITEM.search(page.url) else None
        return urljoin(page.url, found[1]) if found else ""

    def _decide(self, url: str, diary: Diary, judgement: Judgement, hour: float) -> None:
        page, line = self._read_of(url, diary)
        for form in [form for form in page.forms if _READ.search(form.action)]:
            page = self._browser.submit(page, form, {})
        for form in [form for form in page.forms if _LET_THROUGH.search(form.action)]:
            page = self._browser.submit(page, form, {"motive": "It is what was reported."})
            self.looked_again += 1
        for link in dict.fromkeys(link for link in page.links if ITEM.search(link)):
            item = self._browser.get(link)
            # What one is asked about as a second person is answered with the others of its kind.
            asked = _SECOND.search(item.url)
            if not asked and any({"category", "person"} <= form.names for form in item.forms):
                self._qualify(item, line, judgement, hour)

    def _read_of(self, url: str, diary: Diary) -> tuple[Page, Line]:
        """The case with all its words read, and whose it is."""
        page = self._browser.get(url)
        words = page.words
        for form in [form for form in page.forms if _NOTE.search(form.action)]:
            words += self._browser.submit(page, form, {}).words
        page = self._browser.get(url)
        who = _WHO.search(words + page.words)
        if not who:
            raise DemoFailed(f"The analyst reads of no person; the case says: {words[:600]}")
        return page, diary.of(int(who[1]))

    def _qualify(self, item: Page, line: Line, judgement: Judgement, hour: float) -> None:
        kind = self._kind(item)
        illegal = judgement.seen(line.person, kind, "first")
        decided = self._browser.submit(item, item.form("category", "person"), values(illegal))
        if decided.status == _NOT_TAKEN and _DECIDED not in decided.words:
            return  # a colleague works on it, or it was taken back meanwhile
        if decided.status not in (200, _NOT_TAKEN):
            raise DemoFailed(f"The decision was refused: {decided.words[:500]}")
        line.verdicts[kind] = illegal
        if line.decided_at is None:
            line.decided_at = hour

    def second(self, diary: Diary, judgement: Judgement, hour: float) -> None:
        """Say what one sees where somebody else has decided. Raises DemoFailed."""
        page = self._browser.get(f"{self._console}/second/")
        while asked := [link for link in page.links if _SECOND.search(link)]:
            item = self._browser.get(asked[0])
            case = _CRUMB.search(item.html)
            if case is None:
                raise DemoFailed(
                    f"The item that a second person is asked about does not open: {item.words[:300]}"
                )
            _case, line = self._read_of(urljoin(item.url, case[1]), diary)
            kind = self._kind(item)
            said = judgement.seen(line.person, kind, "second")
            page = self._browser.submit(item, item.form("category", "person"), values(said))
            if "Thank you." not in page.words:
                raise DemoFailed(f"The second opinion was refused: {page.words[:500]}")
            diary.opinions.append(Opinion(line.person, kind, hour, line.verdicts[kind], said))

    @staticmethod
    def _kind(item: Page) -> str:
        named = _KIND.search(item.html)
        if named is None:
            raise DemoFailed(f"An item's page names no item: {item.words[:500]}")
        return named[1]
