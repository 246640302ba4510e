"""A simulated analyst: takes what the queue shows first, reads, decides, as many as the hours allow."""

from __future__ import annotations

import re
from collections.abc import Iterable

from disrupt.hotline.demo.analyst import Analyst
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.year.diary import Diary

_CASE = re.compile(r"/cases/[0-9a-f-]{36}/$")
_ITEM = re.compile(r"/items/[0-9a-f-]{36}/$")
_NOTE = re.compile(r"/notes/\d+/$")
_READ = re.compile(r"/read/$")
_KIND = re.compile(r"<h1>Item \d+ <small>(?:deposited )?(\w+)</small>")
_WHO = re.compile(r"I am person (\d+)\.")


class Desk(Analyst):
    """One analyst at work."""

    def work(self, most: int, diary: Diary, junk: Iterable[int], hour: float) -> int:
        """Decide on the cases that wait, `most` at once; return on how many."""
        foul = set(junk)
        for done in range(most):
            queue = self._browser.get(f"{self._console}/")
            cases = [link for link in queue.links if _CASE.search(link)]
            if not cases:
                return done
            self._decide(cases[0], diary, foul, hour)
        return most

    def _decide(self, url: str, diary: Diary, foul: set[int], hour: float) -> None:
        page = self._browser.get(url)
        words = page.words
        for form in [form for form in page.forms if _NOTE.search(form.action)]:
            words += self._browser.submit(page, form, {}).words
        page = self._browser.get(url)
        who = _WHO.search(words + page.words)
        if not who:
            raise DemoFailed(f"The analyst reads of no person; the case says: {words[:600]}")
        line = diary.of(int(who[1]))
        for form in [form for form in page.forms if _READ.search(form.action)]:
            page = self._browser.submit(page, form, {})
        for link in dict.fromkeys(link for link in page.links if _ITEM.search(link)):
            item = self._browser.get(link)
            forms = [form for form in item.forms if {"category", "person"} <= form.names]
            if not forms:
                continue
            illegal = line.person not in foul
            values: dict[str, str | list[str]] = {
                "category": "NCII-DIF" if illegal else "OUT",
                "person": "adult",
                "reason": "" if illegal else "NOT-INTIMATE",
            }
            decided = self._browser.submit(item, forms[0], values)
            if decided.status != 200:
                raise DemoFailed(f"The decision was refused: {decided.words[:500]}")
            named = _KIND.search(item.html)
            line.verdicts[named[1] if named else "?"] = illegal
            if line.decided_at is None:
                line.decided_at = hour
