"""Behind the code: until when what was told is kept, and one press to keep it longer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases import outer_limit
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock


def test_the_page_says_it_and_one_press_prolongs_it(somebody: Person, settings: Any) -> None:
    somebody.open_form()
    somebody.send(description="words")
    code = somebody.code()
    case = Case.objects.get()
    Case.objects.update(unread=False)
    somebody.post("code/", {"saved": "on"})
    somebody.get("follow/now/")
    french = somebody.language == "fr"
    assert ("deux semaines avant" if french else "two weeks before") in somebody.html
    assert "follow/now/keep/" not in somebody.html
    clock.move(settings.KEEP_OPEN - dt.timedelta(days=10))
    for key in list(outer_limit.ending()):
        outer_limit.tell(key)
    somebody.get("follow/")
    somebody.post("follow/", {"code": code})
    somebody.get("follow/now/")
    assert ("même si votre signalement continue" if french else "though your report goes on") in somebody.html
    assert somebody.post("follow/now/keep/").status_code == 302
    case.refresh_from_db()
    assert case.texts_until is not None
    assert case.texts_until - clock.now() > settings.KEEP_OPEN - dt.timedelta(hours=1)
    somebody.get("follow/now/")
    assert ("de nouveau gardé" if french else "for the whole time again") in somebody.html
    assert somebody.client.get(f"/{somebody.language}/follow/now/keep/").status_code == 405
