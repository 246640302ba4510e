"""Answers come from a mailbox or a signed request, each once; the tray; text and nothing else."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.hotline.takedown.conftest import later
from tests.hotline.takedown.imap import ImapHost, settings_for
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_answers import bounce, told
from tests.hotline.takedown.test_pages import alice as alice

from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound import Temporary, Unsafe
from disrupt.hotline.common.outbound.mailbox import Mailbox, open_mailbox
from disrupt.hotline.common.running.sweep import NowAndThen
from disrupt.hotline.takedown.answers import arriving, reading, webhook, words
from disrupt.hotline.takedown.models import Answer, AnswerKind, MailCursor, Notice
from disrupt.hotline.takedown.pages import tray
from disrupt.hotline.takedown.states import NoticeState, Step

Opened = Callable[..., list[Notice]]


def mail(name: str, to: str = "answers@hotline.example", body: str = "Which page?", **heads: str) -> bytes:
    more = "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in heads.items())
    head = f"From: Desk <desk@host.example>\r\nTo: {to}\r\nMessage-ID: <{name}@host.example>\r\n{more}"
    return f"{head}Subject: Your notice\r\n\r\n{body}\r\n".encode()


@pytest.fixture
def imap(settings: Any, db: None) -> Iterator[ImapHost]:
    with ImapHost() as host:
        settings_for(host, settings)
        yield host


def read() -> int:
    return arriving.read_mailbox("127.0.0.1")


def test_a_mailbox_is_read_once_and_emptied(imap: ImapHost, opened: Opened, postmaster: Postmaster) -> None:
    sent = told(opened, postmaster)
    imap.mails = {3: bounce(sent).encode(), 7: mail("a", sent.sender), 9: mail("b")}
    assert list(NowAndThen(arriving.mailboxes, 60)()) == ["127.0.0.1"]
    assert read() == 3
    assert Notice.objects.get(step=Step.HOST).state == NoticeState.REFUSED
    kinds = [one.kind for one in Answer.objects.order_by("pk")]
    assert kinds == [AnswerKind.BOUNCE, AnswerKind.REPLY, AnswerKind.UNMATCHED]
    assert imap.mails == {}
    assert read() == 0, "the last mail is always named, and is not taken again"
    imap.mails = {12: mail("c")}
    assert read() == 1
    assert imap.fetched == ["3", "7", "9", "12"]


def test_numbers_that_begin_anew_repeat_nothing(imap: ImapHost) -> None:
    imap.mails = {5: mail("a")}
    read()
    imap.validity, imap.mails = 2, {1: mail("a"), 2: mail("b")}
    read()
    assert [one.text for one in Answer.objects.all()] == ["Which page?"] * 2
    assert MailCursor.objects.get().number == 2


def test_a_line_that_is_cut_loses_nothing(imap: ImapHost) -> None:
    imap.mails = {1: mail("a"), 2: mail("b")}
    for cut in ("UID FETCH 2", "EXPUNGE", "SELECT", "LOGIN"):
        imap.cut = cut
        with pytest.raises(Temporary):
            read()
    imap.cut = ""
    read()
    assert Answer.objects.count() == 2
    assert imap.mails == {}


def test_what_is_huge_is_cut_at_the_limit(imap: ImapHost) -> None:
    imap.mails = {1: mail("a", body="x" * 2_000_000)}
    read()
    assert len(Answer.objects.get().text) <= words.LONGEST


def test_a_password_goes_over_tls_only(imap: ImapHost, settings: Any) -> None:
    settings.ANSWERS_IMAP_PASSWORD = "wrong"
    with pytest.raises(Temporary):
        read()
    elsewhere = Mailbox("host.invalid", imap.port, "u", "p")
    assert not elsewhere.is_loopback
    with pytest.raises((Temporary, Unsafe)), open_mailbox(elsewhere):
        pass


def test_attachments_are_not_decoded(db: None) -> None:
    picture = base64.b64encode(b"\x89PNG canary").decode()
    raw = (
        "Message-ID: <x@y>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        "Content-Type: text/html\r\n\r\n<p>We <b>removed</b> it.<script>evil()</script>\r\n--b\r\n"
        "Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{picture}\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n"
        "Content-Type: text/plain\r\n\r\nhidden\r\n--b--\r\n"
    ).encode()
    answer = reading.take(raw)
    assert (answer.text, answer.dropped) == ("We removed it.", 2)
    assert reading.take(raw).pk == answer.pk


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 9000,
        b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff",
        b"From: \xff\xfe\r\n\r\n" * 50,
        b"From: " + b"(" * 9000 + b"\r\n\r\nx",
        b"From: " + b"<@a:" * 9000 + b"\r\n\r\nx",
        b"From: " + b"a:" * 9000 + b"\r\n\r\nx",
    ],
)
def test_nonsense_is_for_the_tray(db: None, raw: bytes) -> None:
    assert reading.take(raw).kind == AnswerKind.UNMATCHED


def test_words_of_others_go_in_time(imap: ImapHost) -> None:
    imap.mails = {1: mail("a")}
    read()
    later(days=13)
    assert list(arriving.forgettable()) == []
    later(days=2)
    for pk in list(arriving.forgettable()):
        arriving.forget(pk)
    one = Answer.objects.get()
    assert (one.text, one.subject, one.sender) == ("", "", "")
    assert list(arriving.forgettable()) == []


@pytest.fixture
def provider(settings: Any, db: None) -> Callable[..., int]:
    from disrupt.hotline.processes.answers import settings as own

    settings.ROOT_URLCONF, settings.MIDDLEWARE = own.ROOT_URLCONF, own.MIDDLEWARE
    settings.ANSWERS_WEBHOOK_SECRET = "hook-secret"

    def post(body: bytes, secret: str = "hook-secret", ago: int = 0, **more: Any) -> int:
        at = int(clock.now().timestamp()) - ago
        sign = webhook.signature(secret, at, more.pop("signed", body))
        client = Client(enforce_csrf_checks=True)
        answer = client.post("/mail/", body, content_type="message/rfc822", headers={webhook.HEADER: sign})
        return int(answer.status_code)

    return post


def test_a_signed_request_is_taken_once(provider: Callable[..., int], settings: Any) -> None:
    assert [provider(mail("a")), provider(mail("a"))] == [204, 204]
    assert Answer.objects.get().text == "Which page?"
    refused = [
        provider(mail("b"), secret="guess"), provider(mail("b"), ago=301), provider(mail("b"), ago=-301),
        provider(mail("b"), signed=mail("c")), provider(b"x" * (reading.MAX_BYTES + 1)),
    ]  # fmt: skip
    assert refused == [403, 403, 403, 403, 413]
    assert Client().post("/mail/", b"x", content_type="message/rfc822").status_code == 403
    assert Client().get("/mail/").status_code == 405
    settings.ANSWERS_WEBHOOK_SECRET = ""
    assert provider(mail("b")) == 404
    assert Answer.objects.count() == 1


def test_the_tray(alice: Client, imap: ImapHost, opened: Opened, postmaster: Postmaster) -> None:
    sent = told(opened, postmaster)
    host = Notice.objects.get(step=Step.HOST)
    imap.mails = {1: mail("a", body="<script>alert(1)</script>"), 2: mail("b", sent.sender), 3: mail("c")}
    read()
    assert "3 to read" in alice.get(reverse("takedown:list")).content.decode()
    page = reverse("takedown:answers")
    text = alice.get(page).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    first, reply, last = Answer.objects.order_by("pk")
    assert reply.notice_id == host.pk
    put = reverse("takedown:answer", args=[first.pk])
    assert (
        "No notice has this reference." in alice.post(put, {"reference": "N-0"}, follow=True).content.decode()
    )
    assert "alert(1)" in alice.post(put, {"reference": host.reference.lower()}, follow=True).content.decode()
    assert host.item.ledger.filter(kind="notice.answer_assigned").exists()
    for one in (first, reply, last):
        alice.post(reverse("takedown:answer", args=[one.pk]))
    assert tray.open_answers() == 0
    assert "Rien à lire." in alice.get(page, headers={"accept-language": "fr"}).content.decode()


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("utf-7", b"one +2AA- half"),
        ("unicode_escape", rb"one \ud800 half"),
        ("raw-unicode-escape", rb"one \ud800 half"),
        ("punycode", b"a-" + b"9" * 200_000),
        ("idna", b"xn--" + b"9" * 200_000),
        ("undefined", b"one half"),
        ("rot13", b"one half"),
        ("utf-8", b"one \0 half"),
    ],
)
def test_no_mail_stops_those_that_come_after_it(db: None, charset: str, body: bytes) -> None:
    """What no database takes, and what takes minutes to decode: it would be tried again for ever."""
    head = f"From: a@images.example.net\nSubject: {charset}\nMessage-ID: <{charset}@a>\n"
    began = time.monotonic()
    made = reading.take(f"{head}Content-Type: text/plain; charset={charset}\n\n".encode() + body + b"\n")
    assert time.monotonic() - began < 20
    made.refresh_from_db()
    assert made.subject == charset
    assert not set(made.text) & {"\0", "\ud800"}


def test_nothing_in_a_mail_reads_the_other_way_round(db: None) -> None:
    head = "From: \u202egro.elpmaxe@x <a@host.example>\nSubject: \u202egpj.exe\n"
    answer = reading.take(f"{head}\n\u2067removed\u202e ton".encode())
    assert not {"\u202e", "\u2067"} & set(answer.subject + answer.sender + answer.text)
    assert "removed" in answer.text
