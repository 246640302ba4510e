"""Every state of every kind of item, reached by the services, in plain words and with its date."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.following.entering import enter

from disrupt.hotline.cases import adding, erasing, ledger, withdrawing
from disrupt.hotline.cases import steps as case_steps
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.intake.following.wording import meaning

S = ItemState
ALICE = analyst(1)
URLS = tuple(f"https://example.org/{n}" for n in range(1, 11))
PRINT = {"kind": "image", "sha256": "ab" * 32}

# What is told of each item, in order: the word in English and in French.
TOLD = [
    ("Being examined", "En cours d’examen"),
    ("No intimate picture", "Pas d’image intime"),
    ("We cannot act", "Nous ne pouvons pas agir"),
    ("Illegal content", "Contenu illégal"),
    ("Police notified", "Police prévenue"),
    ("Site notified", "Site prévenu"),
    ("Site reminded", "Site relancé"),
    ("Removed", "Retiré"),
    ("Back online", "De nouveau en ligne"),
    ("Cancelled", "Annulé"),
    # Added last, and shown with the others of its site.
    ("Received", "Reçu"),
    ("Ready for our partners", "Prêt pour nos partenaires"),
    ("We cannot act", "Nous ne pouvons pas agir"),
    ("Fingerprint made", "Empreinte calculée"),
    ("Ready for our partners", "Prêt pour nos partenaires"),
    ("Cannot be used", "Inutilisable"),
]


def drive(case: Case) -> None:
    """Bring the items of a case, in order, to the states of TOLD."""
    items = list(case.items.order_by("position"))

    def accept(item: Item) -> Item:
        decisions.qualify(item, "NCII-DIF", ALICE)
        return item

    ledger.record(case, "content.viewed", ALICE, item=items[0])
    decisions.qualify(items[1], "OUT", ALICE, reason="NOT-INTIMATE")
    decisions.qualify(items[2], "OUT", ALICE, reason="NO-ACCESS")
    ways = [S.POLICE_NOTIFIED, S.HOST_NOTIFIED, S.HOST_REMINDED, S.REMOVED, S.BACK_ONLINE]
    for item, steps in zip(items[3:9], range(6), strict=True):
        accept(item)
        for state in ways[:steps]:
            case_steps.advance(item, state, WORKER)
    withdrawing.withdraw_item(items[9])
    accept(items[10])
    case_steps.advance(items[10], S.BANKED, WORKER)
    erasing.destroy_content(items[10], WORKER)
    case_steps.advance(items[10], S.PROTECTED, WORKER)
    decisions.qualify(items[11], "OUT", ALICE, reason="CONSENT")
    erasing.destroy_content(items[11], WORKER)
    case_steps.advance(items[11], S.CLOSED, WORKER)
    accept(items[12])
    case_steps.advance(items[12], S.BANKED, WORKER)
    case_steps.advance(items[13], S.BANKED, WORKER)
    case_steps.advance(items[14], S.REJECTED, WORKER)
    adding.add_items(case, urls=["https://example.org/later"])


def test_every_state_is_told_with_its_dates(somebody: Person, make_case: Callable[..., Case]) -> None:
    case = make_case(urls=URLS, files=(b"a", b"b", b"c"), declared=(PRINT, PRINT | {"sha256": "cd" * 32}))
    drive(case)
    enter(somebody, case)
    page = unescape(somebody.get("follow/now/").content.decode()).replace("\u00a0", " ")
    shown = re.findall(r'<li class="item (\w+)">(.*?)</ol>(.*?)</li>', page, re.S)
    assert len(shown) == len(TOLD)
    place = 1 if somebody.language == "fr" else 0
    for (_tone, item, _after), told in zip(shown, TOLD, strict=True):
        assert f'<strong class="chip">{told[place]}</strong>' in item, told
        for step in re.findall(r"<li>(.*?)</li>", item, re.S):
            assert re.search(
                r"<time [^>]*>\d{1,2}(?:er)? \w+ 20\d\d, \d\d:\d\d \(UTC\+\d\)</time> <span>\S", step
            ), step
    counts = re.findall(r"<li><strong>(\d+)</strong> ([^<]+)</li>", page)
    assert sum(int(count) for count, _word in counts) == len(TOLD)
    assert ("2", TOLD[2][place]) in counts
    steps = [len(re.findall("<time ", item)) for _tone, item, _after in shown]
    assert steps == [2, 2, 2, 2, 3, 4, 5, 6, 7, 2, 1, 5, 3, 3, 2, 1]
    for place_, reason in (
        (1, "n’a pas de caractère intime|not intimate"),
        (2, "compte nécessaire|account needed"),
    ):
        assert re.search(reason, shown[place_][1]), "and why"
        assert f"/{somebody.language}/follow/now/messages/" in shown[place_][1], "and what one can do"
    for never in ("qualifi", "NCII", "REJECTED", "analyst:"):
        assert never not in re.sub(r'href="[^"]*"', "", page), never


@pytest.mark.parametrize(("kind", "state"), list(itertools.product(ItemKind.values, ItemState.values)))
def test_no_state_of_any_kind_is_without_words(kind: str, state: str) -> None:
    for reason in ("", "NOT-INTIMATE", "OTHER-LAW"):
        said = meaning(kind, state, reason)
        assert str(said.word)
        assert str(said.sentence).endswith(".")


def test_of_what_never_came_nothing_is_said_to_be_destroyed(db: Any) -> None:
    for state in ItemState.values:
        for kind in (ItemKind.URL, ItemKind.DECLARED):
            assert "no longer hold" not in str(meaning(kind, state, "CONSENT").sentence), (kind, state)
