"""The neutral letter: to a safe address only, once, at most one a day, and never a word of the case."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import contacts as case_contacts
from disrupt.hotline.cases import erasing, ledger, messages
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import Case, Letter, LetterState, SealedKind, SealedNote
from disrupt.hotline.common import clock, outbound, vault
from disrupt.hotline.common.actors import REPORTER, analyst
from disrupt.hotline.common.once import GRACE, LEASE
from disrupt.hotline.correspondence import bounces, letters, telling
from disrupt.hotline.decisions import services as decisions

pytestmark = pytest.mark.django_db
ALICE = analyst(1)
JANE = "jane.canary@example.org"
Told = Callable[..., Case]


@pytest.fixture
def postmaster(settings: Any) -> Iterator[Postmaster]:
    """The mail server of the settings, for this test."""
    one = Postmaster()
    controller = one.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", one.port, 5
    yield one
    one.stall_at = ""
    controller.stop()


@pytest.fixture
def told(make_case: Any) -> Told:
    """A case whose reporter gave an address, and to whom an analyst has written."""

    def make(
        email: str = JANE, *, safe: bool = True, telephone: str = "", news: bool = True, **more: Any
    ) -> Case:
        contacts = [(SealedKind.EMAIL, email, safe), (SealedKind.TELEPHONE, telephone, True)]
        given_ = tuple(Contact(kind, vault.seal(value), ok) for kind, value, ok in contacts if value)
        case: Case = make_case(urls=("https://secret-site.example/a",), contacts=given_, **more)
        if news:
            messages.write(case, "The words of the analyst.", ALICE, "form")
        return case

    return make


def go_round() -> None:
    """What the worker does about letters in one round, failures shown."""
    from disrupt.hotline.processing.tasks import DUTIES

    for duty in DUTIES:
        known = {"review.tell", "review.letters", "review.letters_in_doubt"}
        if duty.name in known or "bounces" in duty.name:
            for key in list(duty.due()):
                duty.run(key)


def later(**by: float) -> None:
    clock.move(dt.timedelta(**by))


@pytest.mark.parametrize(
    ("language", "subject", "text"),
    [
        ("en", "Something is new", "Something is new. You know where to look."),
        ("fr", "Il y a du nouveau", "Il y a du nouveau. Vous savez où regarder."),
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


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_refused_address_is_never_tried_again(told: Told, postmaster: Postmaster, stage: str) -> None:
    case = told()
    postmaster.answers = {stage: f"550 5.1.1 <{JANE}> does not exist"}
    go_round()
    postmaster.answers = {}
    note = SealedNote.objects.get()
    assert (note.bounced_at is not None, note.bounce) == (True, "550 5.1.1")
    messages.write(case, "More.", ALICE, "form-2")
    later(days=2)
    go_round()
    assert postmaster.mails == []
    assert list(telling.bounced()) == [note]
    stored = repr(list(Letter.objects.values())) + repr(list(case.ledger.values()))
    assert "jane" not in stored, "a server's words repeat the address"


def test_a_temporary_refusal_is_tried_later(told: Told, postmaster: Postmaster) -> None:
    told()
    postmaster.answers = {"rcpt": f"450 4.2.1 {JANE} is busy"}
    go_round()
    letter = Letter.objects.get()
    assert (letter.state, letter.reply, letter.attempts) == (LetterState.SCHEDULED, "450 4.2.1", 1)
    go_round()
    postmaster.answers = {}
    later(hours=1)
    go_round()
    assert len(postmaster.mails) == 1


def test_an_address_that_no_mail_can_go_to(told: Told, postmaster: Postmaster) -> None:
    told("jané@exämple.example")
    go_round()
    assert SealedNote.objects.get().bounced_at is not None
    assert Letter.objects.get().state == LetterState.BOUNCED


def test_a_contact_that_ended_stops_the_letter(told: Told, postmaster: Postmaster) -> None:
    case = told()
    telling.plan(case.pk)
    claim = letters._claim(Letter.objects.get().pk)
    assert claim is not None
    assert JANE not in repr(claim), "not in a traceback either"
    case_contacts.change_contacts(case, [])
    assert not claim.begin()
    assert Letter.objects.get().state == LetterState.CANCELLED
    erasing.erase_case(case)
    claim.finish("250 ok")
    assert not Letter.objects.exists()


def test_dead_before_data_is_sent_later_and_dead_after_is_left(told: Told, postmaster: Postmaster) -> None:
    case = told()
    telling.plan(case.pk)
    letter = Letter.objects.get()
    slow = letters._claim(letter.pk)
    assert slow is not None
    go_round()
    assert postmaster.mails == []
    later(seconds=LEASE.total_seconds() + 1)
    second = letters._claim(letter.pk)
    assert second is not None
    assert not slow.begin(), "its claim is another's by now"
    assert second.begin()
    later(seconds=GRACE.total_seconds() + 1)
    go_round()
    letter.refresh_from_db()
    assert (letter.state, postmaster.mails) == (LetterState.UNCERTAIN, [])
    second.finish("250 ok")
    letter.refresh_from_db()
    assert letter.state == LetterState.SENT, "it was only slow after all"


def test_lost_after_data_is_not_sent_again(told: Told, postmaster: Postmaster) -> None:
    told()
    postmaster.drop_at = "accepted"
    go_round()
    postmaster.drop_at = ""
    later(days=5)
    go_round()
    assert len(postmaster.mails) == 1
    assert Letter.objects.get().state == LetterState.UNCERTAIN


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_once(told: Told, postmaster: Postmaster) -> None:
    case = told()
    barrier = threading.Barrier(3)

    def work() -> None:
        barrier.wait()
        try:
            telling.plan(case.pk)
            for pk in letters.due():
                letters.send(pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Letter.objects.count(), len(postmaster.mails)) == (1, 1)


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


REPORT = """From: mailer-daemon@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{jane} could not be reached.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {jane}
Action: {action}
Status: {status}
--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Something is new
--b--
"""


def report(
    letter: Letter, *, verp: bool = False, quoted: bool = True, action: str = "failed", status: str = "5.1.1"
) -> bytes:
    return REPORT.format(
        jane=JANE,
        to=letters.return_address(letter.token) if verp else "bounces@hotline.example",
        action=action,
        status=status,
        message_id=letters.message_id(letter.token) if quoted else "<another@mx.example>",
    ).encode()


@pytest.fixture
def maildir(settings: Any, tmp_path: Any) -> Any:
    settings.BOUNCE_MAILDIR, settings.BOUNCE_EMAIL = tmp_path, "bounces@hotline.example"
    (tmp_path / "new").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("how", "bounced"),
    [
        ({}, True),
        ({"verp": True, "quoted": False}, True),
        ({"quoted": False}, False),
        ({"action": "delayed", "status": "4.4.1"}, False),
        ({"action": "failed", "status": "4.4.7"}, False),
        ({"action": "delivered", "status": "2.0.0"}, False),
    ],
)
def test_mail_that_comes_back_later(
    told: Told, postmaster: Postmaster, maildir: Any, how: Any, bounced: bool
) -> None:
    case = told()
    go_round()
    assert postmaster.mails[0].sender == letters.return_address(Letter.objects.get().token)
    (maildir / "new" / "1.eml").write_bytes(report(Letter.objects.get(), **how))
    go_round()
    assert list(maildir.rglob("*.eml*")) == [], "a report holds the address: it is gone once it is read"
    assert (SealedNote.objects.get().bounced_at is not None) == bounced
    assert case.ledger.filter(kind="contact.bounced").count() == int(bounced)
    later(days=2)
    messages.write(case, "More.", ALICE, "form-2")
    go_round()
    assert len(postmaster.mails) == (1 if bounced else 2)


def test_what_is_no_report_is_left_for_a_person(maildir: Any, settings: Any) -> None:
    odd = {
        "human.eml": b"From: jane@example.org\r\nSubject: Re: Something is new\r\n\r\nThank you\r\n",
        "empty.eml": b"",
        "noise.eml": bytes(range(256)) * 20,
        "no-status.eml": b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n',
    }
    for name, raw in odd.items():
        (maildir / "new" / name).write_bytes(raw)
    go_round()
    assert sorted(path.name for path in (maildir / "cur").iterdir()) == sorted(f"{name}:2," for name in odd)
    assert bounces.waiting() == []
    # For a while: an automatic reply says who its sender is.
    old = maildir / "cur" / "human.eml:2,"
    long_ago = (clock.now() - settings.KEEP_PERSONAL_DATA).timestamp() - 60
    os.utime(old, (long_ago, long_ago))
    assert bounces.left_too_long() == [old.name]
    go_round()
    assert sorted(path.name for path in (maildir / "cur").iterdir()) == sorted(
        f"{name}:2," for name in odd if name != "human.eml"
    )


@given(st.binary(max_size=400), st.integers(0, 1200))
@hypothesis_settings(max_examples=150, deadline=None)
def test_no_report_can_break_the_worker(noise: bytes, place: int) -> None:
    letter = Letter(token="a" * 24)
    raw = report(letter)
    for mutated in (noise, raw[:place] + noise + raw[place:], raw[:place] + noise):
        try:
            bounces.parse(mutated)
        except bounces.NotAReport:
            continue


def test_codes_without_words() -> None:
    assert letters.codes_of("550 5.1.1 <jane@example.org> unknown") == "550 5.1.1"
    assert letters.codes_of("550-5.1.1 unknown") == "550 5.1.1"
    assert letters.codes_of("421 try later") == "421"
    assert letters.codes_of("no connection to jane") == ""
    assert outbound.one_line("x") == "x"


def test_whoever_could_not_be_told_by_mail_is_called(told: Told, postmaster: Postmaster) -> None:
    """The mail came back: the news it stood for is news again, and goes by the other safe channel."""
    case = told(telephone="06 12 34 56 78")
    postmaster.answers = {"rcpt": "550 5.1.1 no such user"}
    go_round()
    assert Letter.objects.get().state == LetterState.BOUNCED
    assert list(telling.cases_to_call()) == [case]
    telling.called(case, ALICE)
    assert list(telling.cases_to_call()) == []


def test_whoever_has_looked_before_the_mail_came_back_is_not_called(
    told: Told, postmaster: Postmaster
) -> None:
    case = told(telephone="06 12 34 56 78")
    go_round()
    case.refresh_from_db()
    case_contacts.seen_by_reporter(case)
    telling.mark_bounced(SealedNote.objects.get(kind=SealedKind.EMAIL).pk, "5.1.1", REPORTER)
    assert list(telling.cases_to_call()) == []
