"""Promise: who lost the code can stop by the file and nothing else; nobody learns what is here."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.hotline.conftest import make_case as make_case
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.conftest import person as person
from tests.hotline.intake.conftest import somebody as somebody
from tests.hotline.processing.working import accept, jpeg
from tests.hotline.processing.working import work as carry

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases import ledger, stopping
from disrupt.hotline.cases.models import Case, StopRequest
from disrupt.hotline.common import clock, possession
from disrupt.hotline.common.possession import BEGINNING
from disrupt.hotline.processing import tasks

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PHOTO = jpeg(7)
PROOF = hashlib.sha256(BEGINNING + PHOTO).hexdigest()
PRINT = {"kind": "image", "sha256": hashlib.sha256(PHOTO).hexdigest(), "md5": "cd" * 16, "pdq": []}


@pytest.fixture
def work(settings: Any) -> Callable[[], None]:
    """Whatever is due, as the worker does it, which may open what is sealed."""

    def run() -> None:
        settings.MAY_OPEN = True
        carry()
        settings.MAY_OPEN = False

    return run


Work = Callable[[], None]


def duties() -> None:
    """One round of the worker's duties that have to do with stopping."""
    for duty in tasks.DUTIES:
        if duty.name.startswith("review.stops"):
            for key in list(duty.due()):
                duty.run(key)


def asks(person: Person, *made: str, files: tuple[bytes, ...] = ()) -> Any:
    """Somebody without a code asks, with what their device made or without JavaScript; the last page."""
    person.get("follow/lost/")
    sent = [SimpleUploadedFile("jane.jpg", one, "image/jpeg") for one in files]
    data = {"prints": json.dumps(made) if made else "", "files": sent, "complete": "1"}
    answer = person.post("follow/lost/", data)
    if answer.status_code == 302:
        answer = person.get("follow/lost/sent/")
    return answer


@pytest.fixture
def protected(make_case: Any, work: Work) -> Case:
    """A report whose photo was deposited, accepted, banked and destroyed."""
    case: Case = make_case(files=(PHOTO,))
    accept(case.items.get())
    work()
    assert BankEntry.objects.get().state == "active"
    return case


@pytest.mark.parametrize("by", ["device", "sending"])
def test_the_file_stops_what_it_shows_after_its_time(
    person: Person, protected: Case, work: Work, by: str
) -> None:
    answer = asks(person, PROOF) if by == "device" else asks(person, files=(PHOTO,))
    assert "written down" in person.html
    assert answer.status_code == 200
    assert not protected.ledger.filter(kind=stopping.ASKED).exists(), "the portal does not look"
    duties()
    duties()
    assert protected.ledger.filter(kind=stopping.ASKED).count() == 1
    clock.move(13 * DAY)
    duties()
    assert protected.items.get().state == "protected"
    clock.move(2 * DAY)
    duties()
    work()
    item = protected.items.get()
    assert (item.state, item.possession, BankEntry.objects.get().state) == ("withdrawn", "", "withdrawn")
    assert protected.ledger.filter(kind=stopping.STOPPED).count() == 1
    assert not StopRequest.objects.exists()
    ledger.verify(protected)


def test_the_holder_of_the_code_sees_it_and_no_is_for_ever(somebody: Person, protected: Case) -> None:
    asks(somebody, PROOF)
    duties()
    french = somebody.language == "fr"
    somebody.get("follow/")
    somebody.post("follow/", {"code": protected.code})  # type: ignore[attr-defined]
    somebody.get("follow/now/")
    assert ("nous a demandé d’arrêter" if french else "asked us to stop") in somebody.html
    assert somebody.client.get(f"/{somebody.language}/follow/now/goes-on/").status_code == 405
    assert somebody.post("follow/now/goes-on/").status_code == 302
    somebody.get("follow/now/")
    assert ("Plus personne ne peut" if french else "Nobody can ask") in somebody.html
    clock.move(20 * DAY)
    asks(somebody, PROOF)
    duties()
    clock.move(20 * DAY)
    duties()
    item = protected.items.get()
    assert (item.state, item.stop_at) == ("protected", None)


def test_nobody_learns_whether_it_is_here(person: Person, protected: Case) -> None:
    known = asks(person, PROOF)
    unknown = asks(person, "ab" * 32)
    again = asks(person, "ab" * 32)
    assert known.content == unknown.content == again.content
    assert known.status_code == unknown.status_code == 200
    assert protected.items.get().stop_at is None


def test_what_partners_are_given_stops_nothing(person: Person, protected: Case) -> None:
    entry = BankEntry.objects.get()
    asks(person, entry.sha256, possession.kept(PROOF), protected.items.get().possession)
    duties()
    assert not protected.ledger.filter(kind=stopping.ASKED).exists()


def test_a_threat_keeps_this_way_shut(make_case: Any, person: Person, work: Work) -> None:
    deposited = make_case(files=(PHOTO,), threat=True)
    declared = make_case(declared=({**PRINT, "possession": PROOF},), threat=True)
    accept(deposited.items.get())
    work()
    asks(person, PROOF)
    duties()
    for case in (deposited, declared):
        assert case.items.get().possession == ""
        assert not case.ledger.filter(kind=stopping.ASKED).exists()


@pytest.mark.parametrize(("category", "secondary"), [("EXT-SEX", ()), ("NCII-DIF", ("NCII-THR",))])
def test_a_threat_that_an_analyst_finds_shuts_it_too(
    make_case: Any, person: Person, work: Work, category: str, secondary: tuple[str, ...]
) -> None:
    prints = {**PRINT, "possession": PROOF}
    case = make_case(urls=("https://a.example/",), files=(PHOTO,), declared=(prints,))
    asks(person, PROOF)
    duties()
    assert case.ledger.filter(kind=stopping.ASKED).count() == 1
    accept(case.items.get(kind="url"), category, secondary=secondary)
    accept(case.items.get(kind="file"))
    work()
    asks(person, PROOF)
    duties()
    clock.move(15 * DAY)
    duties()
    work()
    assert set(case.items.values_list("possession", "stop_at")) == {("", None)}
    assert not case.items.filter(state="withdrawn").exists()
    assert case.ledger.filter(kind=stopping.ASKED).count() == 1


def test_what_a_device_declared_is_known_by_its_file_and_by_nothing_stored(make_case: Any) -> None:
    case = make_case(declared=({**PRINT, "possession": PROOF},))
    item = case.items.get()
    assert item.possession == possession.kept(PROOF) != PROOF
    assert PROOF not in json.dumps(item.declared)
    stopping.ask([possession.kept(PROOF)])
    duties()
    assert case.ledger.filter(kind=stopping.ASKED).count() == 1


def test_a_request_that_came_first_finds_the_file_once_it_is_known(
    person: Person, make_case: Any, work: Work
) -> None:
    case = make_case(files=(PHOTO,))
    asks(person, PROOF)
    duties()
    accept(case.items.get())
    work()
    duties()
    assert case.ledger.filter(kind=stopping.ASKED).count() == 1


@pytest.mark.parametrize("made", ["", "{", "[7]", '["ABC"]', '{"a": 1}', "[" * 3000])
def test_nonsense_asks_nothing(person: Person, made: str) -> None:
    person.get("follow/lost/")
    assert person.post("follow/lost/", {"prints": made, "complete": "1"}).status_code == 422
    assert not StopRequest.objects.exists()
    assert person.get("follow/lost/sent/").status_code == 302


def test_a_crowd_waits_its_turn_and_is_not_refused(person: Person, protected: Case) -> None:
    for _ in range(25):
        asks(person, PROOF)
    assert "Your request is about to go" in person.html
    clock.move(dt.timedelta(minutes=2))
    assert "written down" in person.get("follow/lost/sent/").content.decode()
