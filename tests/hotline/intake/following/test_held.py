"""Behind the code of a case under a legal hold: no page says that something is destroyed which is kept."""

from __future__ import annotations

import datetime as dt

from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases import legal_holds
from disrupt.hotline.cases.models import Case, HoldMotive
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst


def test_it_is_told_before_and_after_everything_is_deleted(somebody: Person) -> None:
    somebody.open_form()
    somebody.send(description="words")
    somebody.code()
    somebody.post("code/", {"saved": "on"})
    french = somebody.language == "fr"
    asked = "demandé de garder" if french else "asked us to keep"
    somebody.get("follow/now/")
    assert asked not in somebody.html
    legal_holds.ask(Case.objects.get(), HoldMotive.POLICE, clock.now() + dt.timedelta(days=9), analyst(1))
    somebody.get("follow/now/")
    assert asked in somebody.html
    somebody.get("follow/now/end/")
    assert asked in somebody.html
    response = somebody.post("follow/now/end/")
    assert response.status_code == 200
    html = response.content.decode()
    assert asked in html
    assert ("Tout est arrêté" if french else "Everything has been stopped") in html
    case = Case.objects.get()
    assert (case.is_erased, case.notes.count()) == (True, 1)
    assert somebody.client.get(f"/{somebody.language}/follow/now/").status_code in {302, 404}
