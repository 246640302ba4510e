"""The neutral letter: to a safe address only, once, at most one a day, and never a word of the case."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.hotline.correspondence.mail import ALICE, JANE, Told, go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import contacts as case_contacts
from disrupt.hotline.cases import ledger, messages, retention
from disrupt.hotline.cases.models import Case, Letter
from disrupt.hotline.common.actors import REPORTER
from disrupt.hotline.correspondence import letters, telling
from disrupt.hotline.decisions import services as decisions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "subject", "text"),
    [
        ("en", "Something is new", "Something is new. You know where to look."),
        ("fr", "Il y a du nouveau", "Il y a du nouveau. Vous savez où regarder."),
        ("ar", "هناك جديد", "هناك جديد. تعرفون أين تنظرون."),
        ("uk", "Є щось нове", "Є щось нове. Ви знаєте, де подивитися."),
    ],
)
def test_a_message_is_told_once_and_says_nothing(
    told: Told, postmaster: Postmaster, language: str, subject: str, text: str
) -> None:
    case = told(language=language)
    for _ in range(3):
        go_round()
    (mail,) = postmaster.mails
    assert mail.recipients == [JANE]
    assert mail.message["Subject"] == subject
    assert text in mail.text
    assert mail.message["Auto-Submitted"] == "auto-generated"
    raw = mail.raw.decode().lower()
    for never in (
        "disrupt",
        "case",
        "dossier",
        "http",
        "secret-site",
        "analyst",
        case.reference.lower(),
        case.pk.hex,
    ):
        assert never not in raw
    assert case.ledger.filter(kind="letter.sent").count() == 1
    ledger.verify(case)


@pytest.mark.parametrize("changes", [{"safe": False}, {"email": ""}, {"news": False}])
def test_nobody_is_written_to_who_did_not_say_so(told: Told, postmaster: Postmaster, changes: Any) -> None:
    told(**changes)
    go_round()
    assert postmaster.mails == []
    assert not Letter.objects.exists()


def test_at_most_one_a_day(told: Told, postmaster: Postmaster) -> None:
    case = told()
    go_round()
    messages.write(case, "More.", ALICE, "form-2")
    later(hours=23)
    go_round()
    assert len(postmaster.mails) == 1
    later(hours=2)
    go_round()
    go_round()
    assert len(postmaster.mails) == 2
    later(days=3)
    go_round()
    assert len(postmaster.mails) == 2, "without anything new nothing is said"
    assert len({mail.message["Message-ID"] for mail in postmaster.mails}) == 2


def test_what_was_seen_on_the_page_is_no_news(told: Told, postmaster: Postmaster) -> None:
    case = told()
    case.refresh_from_db()
    case_contacts.seen_by_reporter(case)
    go_round()
    assert postmaster.mails == []


def test_the_operator_chooses_what_is_worth_a_letter(
    told: Told, postmaster: Postmaster, settings: Any
) -> None:
    settings.TELL_REPORTER_OF = ["item.removed"]
    told()
    go_round()
    assert postmaster.mails == []


def test_the_portals_address_only_if_the_operator_says_so(
    told: Told, postmaster: Postmaster, settings: Any
) -> None:
    settings.CONTACT_SHOWS_ADDRESS, settings.PORTAL_URL = True, "https://portal.example"
    told()
    go_round()
    assert "https://portal.example" in postmaster.mails[0].text


def test_closing_and_decisions_are_told(told: Told, postmaster: Postmaster) -> None:
    case = told(news=False)
    decisions.qualify(case.items.get(), "NCII-DIF", ALICE)
    go_round()
    assert len(postmaster.mails) == 1


words = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=6, max_size=30)


@given(words, words, st.sampled_from(["fr", "en"]))
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_word_of_a_case_can_get_into_a_letter(
    make_case: Any, secret: str, url: str, language: str
) -> None:
    """The letter is the same whatever the case holds: only language, date, token and recipient vary."""

    def letter_of(case: Case) -> bytes:
        letter = Letter(
            case=case, note_id=1, token="0" * 24, created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        )
        return letters.compose(letter, JANE, language)

    one, other = (
        make_case(urls=(f"https://example.org/{url}",), language=language),
        make_case(language=language),
    )
    messages.write(one, secret, REPORTER, "form")
    messages.write(one, secret, ALICE, "form-2")
    assert letter_of(one) == letter_of(other)


def test_a_telephone_is_a_task_for_a_person(told: Told, postmaster: Postmaster) -> None:
    case = told("", telephone="06 12 34 56 78")
    both = told(telephone="06 12 34 56 79")
    go_round()
    assert list(telling.cases_to_call()) == [case]
    assert [mail.recipients for mail in postmaster.mails] == [[JANE]]
    telling.called(case, ALICE)
    assert not telling.cases_to_call().exists()
    assert case.ledger.filter(kind="reporter.called", actor="analyst:1").exists()
    # When the mail comes back, the telephone is what remains.
    assert telling.mark_bounced(both.notes.get(kind="email").pk, "5.1.1", ALICE)
    messages.write(both, "More.", ALICE, "form-2")
    assert list(telling.cases_to_call()) == [both]


def test_who_is_to_be_called_stands_in_the_row_until_the_number_is_destroyed(told: Told) -> None:
    called, seen, ended = (told("", telephone=f"06 12 34 56 7{n}") for n in range(3))
    waiting = Case.objects.filter(to_call=True)
    assert set(waiting) == {called, seen, ended}
    telling.called(called, ALICE)
    case_contacts.seen_by_reporter(Case.objects.get(pk=seen.pk))
    assert list(waiting.all()) == [ended]
    retention.destroy_notes(ended, ALICE)
    assert not waiting.all().exists(), "a million ended cases must not stand among those to call"
