"""A simulated lead: where two analysts disagree, looks for herself and says which of the two stands."""

from __future__ import annotations

import re

from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.year.desk import Desk
from disrupt.hotline.demo.year.diary import Diary
from disrupt.hotline.demo.year.judgement import ILLEGAL, Judgement

_CARD = re.compile(
    r'<div class="card"><p><a href="(?P<case>/cases/[0-9a-f-]{36}/)">[^<]*</a>, '
    r'<a href="(?P<item>/items/[0-9a-f-]{36}/)">'
    r'.*?<dd><strong>(?P<first>[A-Z-]+)</strong>.*?action="(?P<settle>/disputes/\d+/settle/)"',
    re.DOTALL,
)


class Lead(Desk):
    """The third person."""

    def settle(self, diary: Diary, judgement: Judgement) -> None:
        """End every dispute that waits. Raises DemoFailed."""
        page = self._browser.get(f"{self._console}/agreement/")
        cards = list(_CARD.finditer(page.html))
        for card in cards:
            _case, line = self._read_of(f"{self._console}{card['case']}", diary)
            illegal = judgement.right(line.person)
            stands = "first" if (card["first"] == ILLEGAL) is illegal else "second"
            kind = self._kind(self._browser.get(f"{self._console}{card['item']}"))
            form = next(form for form in page.forms if form.action.endswith(card["settle"]))
            said = self._browser.submit(page, form, {"stands": stands})
            if "Settled." not in said.words:
                raise DemoFailed(f"The lead could not end a dispute; the console says: {said.words[:500]}")
            line.verdicts[kind] = illegal
            for opinion in diary.opinions:
                if (opinion.person, opinion.kind) == (line.person, kind):
                    opinion.lead = illegal
            page = said
        diary.agreement = page.html
