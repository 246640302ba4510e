"""Proposals of partners on the console: offered or refused, many at once, with a motive."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import hex_of
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review.pages import page

from disrupt.hotline.bank import lawful
from disrupt.hotline.bank.models import BankEntry, EntryState
from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.exchange import services
from disrupt.hotline.exchange.hearing import contributions, proposals
from disrupt.hotline.exchange.models import ExchangeEvent, Partner, ProposalState, SubmittedHash
from disrupt.protocol.stopncii import Opinion, Posted, Signal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PAGE, DECIDE = "/partners/proposals/", "/partners/proposals/decide/"


@pytest.fixture
def lena(make_user: MakeUser) -> Client:
    return signed_in(make_user("lena", "lead"))


@pytest.fixture
def partner(db: None) -> Partner:
    return services.create_partner("a platform", OPERATOR)


def propose(partner: Partner, *names: str, opinion: Opinion = Opinion.BLOCKED) -> list[str]:
    posted = [Posted(Signal.IMAGE_PDQ, hex_of(name), opinion, ()) for name in names]
    contributions.submit_hashes(partner, posted)
    return [str(SubmittedHash.objects.get(value=one.value).pk) for one in posted]


def active() -> set[str]:
    found = BankEntry.objects.filter(state=EntryState.ACTIVE)
    return {entry.prints["pdq"][0]["hex"] for entry in found}


def test_many_are_offered_at_once_and_others_refused(lena: Client, partner: Partner) -> None:
    one, two, three = propose(partner, "one", "two", "three")
    html = page(lena, PAGE)
    assert "3 to decide" in html
    assert len(re.findall('name="chosen"', html)) == 3
    said = {"chosen": [one, two], "do": "offer", "category": "NCII-DIF", "motive": "seen by their team"}
    html = lena.post(DECIDE, said, follow=True).content.decode()
    assert "2 fingerprints are offered with the next batch." in html
    assert active() == {hex_of("one"), hex_of("two")}
    lena.post(DECIDE, {"chosen": three, "do": "refuse", "motive": "too vague"})
    assert "Nothing waits." in page(lena, PAGE)
    rows = {row.value: (row.state, row.category) for row in SubmittedHash.objects.all()}
    assert rows[hex_of("one")] == (ProposalState.OFFERED, "NCII-DIF")
    assert rows[hex_of("three")] == (ProposalState.REFUSED, "")
    events = ExchangeEvent.objects.filter(kind__startswith="proposals-").order_by("pk")
    assert [event.data["number"] for event in events] == [2, 1]
    assert AuditEvent.objects.filter(kind="exchange.proposals-offered").exists()
    assert hex_of("one") not in repr(list(ExchangeEvent.objects.values()))
    propose(partner, "three")
    assert active() == {hex_of("one"), hex_of("two")}, "what was refused does not come back by itself"


@pytest.mark.parametrize(
    ("missing", "problem"),
    [("chosen", "Choose at least one."), ("category", "Choose a category."), ("motive", "Say why")],
)
def test_nothing_is_decided_by_halves(lena: Client, partner: Partner, missing: str, problem: str) -> None:
    (one,) = propose(partner, "one")
    said = {"chosen": one, "do": "offer", "category": "NCII-DIF", "motive": "why"}
    response = lena.post(DECIDE, said | {missing: [] if missing == "chosen" else ""})
    assert response.status_code == 422
    assert problem in response.content.decode()
    assert active() == set()


def test_a_category_that_is_never_offered_is_none_to_choose(lena: Client, partner: Partner) -> None:
    (one,) = propose(partner, "one")
    scheme = scheme_at(clock.now())
    never = next(code for code, category in scheme.items() if not category.bank)
    said = {"chosen": one, "do": "offer", "category": never, "motive": "why"}
    assert lena.post(DECIDE, said).status_code == 422
    with pytest.raises(proposals.NotForTheBank):
        proposals.offer([int(one)], never, OPERATOR, "why")


def test_the_negative_bank_keeps_its_pictures_off(lena: Client, partner: Partner) -> None:
    one, two = propose(partner, "one", "two")
    lawful.add("a painting", OPERATOR, pdqs=[hex_of("one")])
    said = {"chosen": [one, two], "do": "offer", "category": "NCII-DIF", "motive": "why"}
    html = lena.post(DECIDE, said, follow=True).content.decode()
    assert "1 is of a picture that is known to be lawful" in html
    assert active() == {hex_of("two")}


def test_minors_hashes_are_marked_as_such(lena: Client, partner: Partner) -> None:
    (one,) = propose(partner, "one")
    lena.post(DECIDE, {"chosen": one, "do": "offer", "category": "MIN-CSAM", "motive": "why"})
    assert BankEntry.objects.get().minors == "declared"


def test_a_partner_that_is_suspended_takes_its_entries_along(lena: Client, partner: Partner) -> None:
    (one,) = propose(partner, "one")
    lena.post(DECIDE, {"chosen": one, "do": "offer", "category": "NCII-DIF", "motive": "why"})
    services.set_active(partner, False, OPERATOR)
    assert active() == set()
    lena.post(DECIDE, {"chosen": one, "do": "offer", "category": "NCII-DIF", "motive": "why"})
    assert active() == set(), "nothing of a suspended partner is offered"
    services.set_active(partner, True, OPERATOR)
    assert "1 to decide" in page(lena, PAGE)


def test_what_was_taken_back_is_not_to_be_decided(lena: Client, partner: Partner) -> None:
    propose(partner, "one")
    propose(partner, "one", opinion=Opinion.WITHDRAWN)
    assert "Nothing waits." in page(lena, PAGE)


def test_an_analyst_reads_and_does_not_decide(as_alice: Client, partner: Partner) -> None:
    (one,) = propose(partner, "one")
    html = page(as_alice, f"{PAGE}?partner={partner.pk}")
    assert hex_of("one")[:12] in html
    assert "chosen" not in html
    assert "1 to decide" in page(as_alice, "/partners/")
    assert as_alice.post(DECIDE, {"chosen": one, "do": "refuse", "motive": "x"}).status_code == 403


def test_today_says_how_many_wait(lena: Client, partner: Partner) -> None:
    assert "wait for a decision" not in page(lena, "/figures/")
    propose(partner, "one", "two")
    assert "2 fingerprints that partners propose wait for a decision" in page(lena, "/figures/")
