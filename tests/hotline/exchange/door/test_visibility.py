"""What each key may see: categories, kinds, jurisdictions, adults only; over the feed and StopNCII."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.door.test_sight import feed, reader
from tests.hotline.exchange.stopncii.stopncii_client import pdq_of
from tests.hotline.processing.test_pipeline import LIKELY
from tests.hotline.processing.working import ALICE, accept, jpeg, only, work

from disrupt.hotline.bank.models import BankEntry, Minors
from disrupt.hotline.cases.models import AgeWhenTaken, PersonAge
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import BadSight
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key, rotate_key
from disrupt.protocol.feed import Added, Withdrawn, parse_page

READ = (Scope.FEED_READ, Scope.STOPNCII_READ, Scope.DECLARED_READ)


def key_of(partner: Partner, *more: Scope, **sees: Sequence[str]) -> str:
    return issue_key(partner, (*READ, *more), OPERATOR, sees=sees)[1]


def seen(client: Client, key: str) -> tuple[set[str], set[str]]:
    """The SHA-256s of the feed, and the hashes of the StopNCII protocol, that a new reader gets."""
    page = parse_page(feed(client, key).json())
    assert [change.seq for change in page.changes] == list(range(1, page.last + 1)), "gapless for everybody"
    one = reader(client, key)
    one.read()
    return {change.sha256 for change in page.changes if isinstance(change, Added)}, one.active


@pytest.fixture
def filled(bank: FilledBank) -> FilledBank:
    bank.add("adult")
    bank.add("examined minor", minors="examined", category="MIN-CSAM")
    bank.add("declared minor", minors="declared", origin="declared", category="MIN-DEC")
    bank.add("film", kind="video", category="DEEP-SEX")
    return bank


NAMES = ("adult", "examined minor", "declared minor", "film")


@pytest.mark.parametrize(
    ("more", "sees", "names"),
    [
        ((), {}, ("adult", "film")),
        ((Scope.MINORS_READ,), {}, NAMES),
        ((Scope.MINORS_READ,), {"categories": ["MIN-CSAM", "MIN-DEC"]}, ("examined minor", "declared minor")),
        ((), {"categories": ["MIN-CSAM", "ADU-DNCI"]}, ("adult",)),
        ((Scope.MINORS_READ,), {"kinds": ["video"]}, ("film",)),
        ((), {"kinds": ["image"], "categories": ["DEEP-SEX"]}, ()),
        ((), {"jurisdictions": ["FR"]}, ("adult", "film")),
        ((), {"jurisdictions": ["DE"]}, ()),
    ],
)
def test_a_key_gets_what_it_may_and_nothing_else(
    client: Client,
    partner: Partner,
    filled: FilledBank,
    more: tuple[Scope, ...],
    sees: Mapping[str, Sequence[str]],
    names: tuple[str, ...],
) -> None:
    key = key_of(partner, *more, **sees)
    digests, hashes = seen(client, key)
    assert digests == {hex_of(name) for name in names}
    wires = {name: hex_of(("md5", name), 32) if name == "film" else pdq_of(name) for name in NAMES}
    assert hashes == {wires[name] for name in names}
    text = feed(client, key).content.decode()
    for name in set(NAMES) - set(names):
        assert wires[name] not in text
        assert hex_of(name) not in text
    for name in NAMES:
        filled.withdraw(name)
    gone = parse_page(feed(client, key).json()).changes
    assert all(isinstance(change, Withdrawn) for change in gone)
    assert len(gone) == 8


def test_entries_say_whose_they_are(client: Client, partner: Partner, filled: FilledBank) -> None:
    page = parse_page(feed(client, key_of(partner, Scope.MINORS_READ)).json())
    told = [(c.minors, c.jurisdiction) for c in page.changes if isinstance(c, Added)]
    assert told == [(None, "FR"), ("examined", "FR"), ("declared", "FR"), (None, "FR")]


def test_another_entry_of_the_same_file_does_not_give_a_minor_away(
    client: Client, partner: Partner, bank: FilledBank
) -> None:
    key = key_of(partner)
    one = reader(client, key)
    bank.add("adult first", origin="declared", pdq=hex_of("same"))
    one.read()
    assert one.active == {hex_of("same")}
    bank.items.clear()
    bank.add("adult first", origin="declared", pdq=hex_of("same"), minors="declared")
    one.read()
    assert one.active == set(), "it is taken back from whoever may not hold it"
    bank.items.clear()
    bank.add("adult first", origin="declared", pdq=hex_of("same"))
    assert BankEntry.objects.filter(state="active").values_list("minors", flat=True).get() == "declared"
    assert seen(client, key) == (set(), set())
    assert seen(client, key_of(partner, Scope.MINORS_READ))[1] == {hex_of("same")}


def test_nobody_takes_an_examined_adults_entry_away_by_declaring_it_a_minors(
    client: Client, partner: Partner, bank: FilledBank
) -> None:
    bank.add("hers")
    bank.items.clear()
    bank.add("hers", origin="declared", minors="declared")
    assert seen(client, key_of(partner))[0] == {hex_of("hers")}
    bank.items.clear()
    bank.add("hers", minors="examined")
    assert seen(client, key_of(partner)) == (set(), set()), "an analyst's word counts for all"


PRINT = {"kind": "image", "sha256": hex_of("device"), "md5": "", "vpdq": [],
         "pdq": [{"hex": LIKELY, "quality": 90, "role": "stored"}]}  # fmt: skip


@pytest.mark.parametrize(
    ("age", "category", "minors"),
    [
        (AgeWhenTaken.MINOR, "MIN-DEC", Minors.DECLARED),
        (AgeWhenTaken.UNSURE, "NCII-THR", Minors.DECLARED),
        (AgeWhenTaken.ADULT, "NCII-THR", Minors.NOBODY),
    ],
)
def test_a_minors_own_fingerprint_goes_out_as_a_minors(
    make_case: Any, age: AgeWhenTaken, category: str, minors: Minors
) -> None:
    make_case(declared=(PRINT,), age_when_taken=age)
    work()
    entry = BankEntry.objects.get()
    assert (entry.origin, entry.category, entry.minors) == ("declared", category, minors)


@pytest.mark.parametrize(
    ("category", "person", "minors"),
    [
        ("NCII-DIF", PersonAge.ADULT, ""),
        ("NCII-DIF", PersonAge.POSSIBLE_MINOR, "examined"),
        ("MIN-CSAM", PersonAge.MINOR, "examined"),
    ],
)
def test_what_an_analyst_says_of_the_age_goes_with_the_entry(
    make_case: Any, category: str, person: PersonAge, minors: str
) -> None:
    case = make_case(files=(jpeg(8),))
    accept(only(case), category, person=person)
    work()
    assert BankEntry.objects.get().minors == minors
    assert ALICE


def test_the_category_is_listed_and_no_analysts_choice(client: Client, db: None) -> None:
    codes = [c["code"] for c in client.get("/v1/categories").json()["categories"]]
    assert codes.count("MIN-DEC") == 1


def test_limits_are_checked_kept_and_passed_on(partner: Partner) -> None:
    for wrong in ({"shapes": ["x"]}, {"kinds": ["sound"]}, {"categories": ["a b"]}):
        with pytest.raises(BadSight):
            issue_key(partner, READ, OPERATOR, sees=wrong)
    key, _secret = issue_key(partner, READ, OPERATOR, sees={"kinds": ["image"], "categories": []})
    assert key.sees == {"kinds": ["image"]}
    assert rotate_key(key, OPERATOR)[0].sees == key.sees


def test_the_command_gives_limits_and_lists_them(db: None) -> None:
    said = io.StringIO()
    call_command("partner", "add", "Small", "--kinds", "image", "--categories", "DEEP-SEX", stdout=said)
    key = ApiKey.objects.get()
    assert key.sees == {"categories": ["DEEP-SEX"], "kinds": ["image"]}
    assert Scope.MINORS_READ in key.scopes
    call_command("partner", "list", stdout=said)
    assert "kinds: image" in said.getvalue()
    with pytest.raises(CommandError, match="kinds are"):
        call_command("partner", "add", "Other", "--kinds", "sound")
    assert not Partner.objects.filter(name="Other").exists()
    assert json.dumps(key.sees)


def test_who_may_not_see_an_entry_is_not_said_to_have_fetched_it(
    client: Client, partner: Partner, filled: FilledBank
) -> None:
    from disrupt.hotline.bank.readers import Fetched, fetched

    for secret in (key_of(partner), key_of(create_partner("Two", OPERATOR), Scope.MINORS_READ)):
        last = parse_page(feed(client, secret).json()).next
        feed(client, secret, after=last)
    items = {name: filled.items[name] for name in NAMES}
    said = fetched(list(items.values()))
    assert {name: said[item] for name, item in items.items()} == {
        "adult": Fetched(2, 2),
        "examined minor": Fetched(1, 1),
        "declared minor": Fetched(1, 1),
        "film": Fetched(2, 2),
    }
