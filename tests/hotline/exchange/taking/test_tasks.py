"""The process that takes in: the file of sources decides, pages go in order, nothing in a folder is fatal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.hotline.as_role import acting
from tests.hotline.exchange.taking.lists import id_of, page, told

from disrupt.hotline.bank.models import BankEntry, EntryState
from disrupt.hotline.common.running.sweep import NowAndThen, Sweep
from disrupt.hotline.exchange.taking.models import TakenSource
from disrupt.hotline.exchange.taking.tasks import DUTIES, Duty, names
from disrupt.protocol.taking import pages
from disrupt.protocol.taking.pages import Fetched

pytestmark = pytest.mark.django_db
ROW = {
    "name": "b", "url": "https://b.example", "key_file": "/none", "pass_on": True,
    "categories": {"*": "NCII-DIF"},
}  # fmt: skip


class Place:
    def __init__(self, folder: Path, roles: str) -> None:
        self.roles = roles
        self.file, self.folder = folder / "sources.json", folder / "taken"
        duties = [
            Duty(one.name, NowAndThen(names, 30) if one.name == "taking.heard" else one.due, one.run)
            for one in DUTIES
        ]
        self.sweep = Sweep(tuple(duties))
        self.number = 0

    def write(self, *rows: dict[str, Any]) -> None:
        self.file.write_text(json.dumps({"sources": rows}))

    def lay(self, made: Fetched | str) -> None:
        folder = self.folder / "b" / pages.PAGES
        folder.mkdir(parents=True, exist_ok=True)
        text = made if isinstance(made, str) else made.to_json()
        (folder / pages.name_of(self.number)).write_text(text)
        self.number += 1

    def run(self) -> None:
        with acting("taking", self.roles):
            while self.sweep.once():
                pass


@pytest.fixture
def place(tmp_path: Path, settings: Any, roles: str) -> Place:
    made = Place(tmp_path, roles)
    settings.TAKE_FROM, settings.TAKEN_FOLDER = made.file, made.folder
    return made


def firsts() -> set[str]:
    found = BankEntry.objects.filter(state=EntryState.ACTIVE)
    return {entry.came["first"] for entry in found}


def test_pages_are_taken_in_and_removed_and_a_list_that_is_named_no_more_leaves(place: Place) -> None:
    place.write(ROW)
    place.lay(page("b", told("one")))
    place.lay(page("b", told("two")))
    place.run()
    assert firsts() == {id_of("one"), id_of("two")}
    assert pages.waiting(place.folder / "b") == []
    place.file.write_text("no longer JSON")
    place.run()
    assert len(firsts()) == 2, "a file that cannot be read changes nothing"
    place.write()
    place.run()
    assert (firsts(), TakenSource.objects.count()) == (set(), 0)


def test_other_rules_ask_for_everything_anew(place: Place) -> None:
    place.write({**ROW, "pass_on": False})
    place.lay(page("b", told("one")))
    place.run()
    again = place.folder / "b" / pages.AGAIN
    assert (firsts(), again.exists()) == (set(), False)
    place.write(ROW)
    place.run()
    assert again.exists()
    place.lay(page("b", told("one"), round=1, whole=True))
    place.run()
    assert firsts() == {id_of("one")}


def test_what_is_no_page_is_put_aside_and_what_cannot_be_read_in_one_is_counted(place: Place) -> None:
    place.write(ROW)
    place.lay("no page")
    good = page("b", told("one")).to_json()
    place.lay(good.replace('"changes": [', '"changes": [{"seq": "x"}, 7, '))
    place.run()
    assert firsts() == {id_of("one")}
    source = TakenSource.objects.get()
    assert source.malformed == 2
    assert (place.folder / "b" / pages.AGAIN).exists()
    assert [path.suffix for path in (place.folder / "b" / pages.PAGES).iterdir()] == [".bad"]


def test_how_fetching_goes_is_written_down(place: Place) -> None:
    place.write(ROW)
    place.run()
    (place.folder / "b").mkdir(parents=True, exist_ok=True)
    (place.folder / "b" / pages.STATE).write_text(json.dumps({"fetched": 1795960800.0, "error": "no way"}))
    place.sweep = Place(place.file.parent, place.roles).sweep
    place.run()
    source = TakenSource.objects.get()
    assert source.problem == "no way"
    assert source.fetched_at is not None
