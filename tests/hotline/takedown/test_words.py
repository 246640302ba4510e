"""What a notice says: the elements of Article 16(2) DSA, one by one, in both languages; nothing personal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hotline.takedown.conftest import URL, go_round, later, until_hosts_are_told
from tests.hotline.takedown.postmaster import Mail, Postmaster

from disrupt.hotline.cases.categories import schemes
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import SealedKind
from disrupt.hotline.common import clock
from disrupt.hotline.common.store import vault
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.notices.texts import texts_at
from disrupt.hotline.takedown.posting.letters import letter
from disrupt.hotline.takedown.states import Step

Opened = Callable[..., list[Notice]]


def flat(text: str) -> str:
    """Without line ends, so that a sentence is found wherever it is folded."""
    return re.sub(r"[ \n]+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


def both(opened: Opened, postmaster: Postmaster, *args: Any, **kwargs: Any) -> tuple[Mail, Mail]:
    opened(*args, **kwargs)
    until_hosts_are_told()
    police, host = postmaster.mails
    return police, host


def test_the_hosts_notice_in_english(opened: Opened, postmaster: Postmaster) -> None:
    _, host = both(opened, postmaster)
    text, message = flat(host.text), host.message
    notice = Notice.objects.get(step=Step.HOST)
    # (a) why it is illegal
    assert "Category: Intimate image shared without consent (NCII-DIF)" in text
    assert "Facts: The content is sexual and may have been made with the person’s consent" in text
    assert "Law: French Criminal Code, art. 226-2-1, para. 2" in text
    assert "Penalty: 2 years in prison and a fine of €60,000" in text
    assert "without a detailed legal examination (Article 16(3))" in text
    # (b) where exactly
    assert f"\n{URL}\n" in host.text
    assert "Item concerned: the content shown at this address" in text
    # (c) who notifies
    assert "Disrupt <notices@hotline.example>" in text
    assert "trusted flagger under Article 22" in text
    # (d) good faith
    assert "bona fide belief that the information and allegations in this notice are accurate" in text
    # what is asked; 16(4), 16(5)
    assert "remove this content or, failing that, to block access to it temporarily until a court" in text
    assert "Article 16(4)" in text
    assert "Article 16(5)" in text
    assert message["Message-ID"] == notice.message_id
    assert message["X-Disrupt-Reference"] == notice.reference
    assert notice.reference in message["Subject"]
    assert notice.reference in text
    # It would suppress the receipt that Article 16(4) owes.
    assert message["Auto-Submitted"] is None
    assert message["Subject"].startswith(f"[{notice.reference}] ")
    assert message["Content-Language"] == "en"
    assert message["From"] == "Disrupt <notices@hotline.example>"
    assert message["To"] == "legal@images.example.net"
    assert message["Date"].datetime == notice.composed_at.replace(microsecond=0)  # type: ignore[union-attr]
    assert notice.body == host.text
    assert notice.subject == message["Subject"]


def test_the_police_report_and_a_hosts_notice_in_french(opened: Opened, postmaster: Postmaster) -> None:
    police, host = both(opened, postmaster, "https://forum.example.org/sujet/12", "DEEP-SEX")
    due = Notice.objects.get(step=Step.HOST).due_at
    for mail in (police, host):
        text = flat(mail.text)
        assert "Catégorie : Montage sexuel (hypertrucage) (DEEP-SEX)" in text
        assert "Texte applicable : article 226-8-1 du Code pénal" in text
        assert "Peine encourue : 2 ans d’emprisonnement et 60 000 € d’amende" in text
        assert "\nhttps://forum.example.org/sujet/12\n" in mail.text
        assert "Disrupt <notices@hotline.example>" in text
        # Neither the police nor a small forum owes a trusted flagger priority.
        assert "signaleur de confiance" not in text
        assert "croire de bonne foi que les informations et allégations" in text
        assert mail.message["Content-Language"] == "fr"
    asked = flat(host.text)
    assert "retirer ce contenu ou, à défaut, d’en bloquer temporairement l’accès jusqu’à ce qu’un" in asked
    assert "article 16, paragraphe 4" in asked
    assert "article 16, paragraphe 5" in asked
    assert f"notification à partir du {timezone.localtime(due):%d/%m/%Y}" in flat(police.text)


def test_the_same_for_machines(opened: Opened, postmaster: Postmaster) -> None:
    _, host = both(opened, postmaster)
    part, _paper = host.message.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("notice.json", "application/json")
    data = json.loads(part.get_content())
    assert data["format"] == "disrupt-notice/1"
    (where,) = data["urls"]
    assert (where["exact"], where["ascii"], where["host"]) == (URL, URL, "www.images.example.net")
    decided = Notice.objects.get(step=Step.HOST).item.qualifications.get().at
    assert (where["examined_on"], where["sha256"]) == (timezone.localtime(decided).date().isoformat(), None)
    assert data["category"]["code"] == "NCII-DIF"
    assert data["category"]["dsa_statement_category"] == "STATEMENT_CATEGORY_CYBER_VIOLENCE"
    assert data["requested"] == "remove_or_block"
    assert data["bona_fide"] is True
    assert data["notifier"]["trusted_flagger"] is True
    assert "csam" not in json.dumps(data).lower()


@pytest.mark.parametrize("category", ["MIN-CSAM", "MIN-SOL"])
def test_minors(opened: Opened, postmaster: Postmaster, recipients: Any, category: str) -> None:
    trusted = {"fr": "signaleur", "en": "trusted flagger", "areas": ["MIN-CSAM"]}
    recipients(notifier={"trusted_flagger": trusted, "omit_for": ["MIN-CSAM", "MIN-SOL"]})
    _, host = both(opened, postmaster, URL, category)
    text = flat(host.text)
    assert "This content concerns a minor" in text
    assert "possession is itself a crime" in text
    assert "consent" not in text
    assert "porn" not in text.lower()
    assert "Directive 2011/93/EU" in text
    assert "Disrupt <" not in text
    assert host.message["From"] == "notices@hotline.example"
    data = json.loads(next(host.message.iter_attachments()).get_content())
    assert data["notifier"] is None
    assert data["category"]["dsa_statement_category"] == "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"


def test_a_hotline_that_is_no_trusted_flagger_does_not_say_so(
    opened: Opened, postmaster: Postmaster, recipients: Any
) -> None:
    recipients(notifier={})
    police, host = both(opened, postmaster)
    for mail in (police, host):
        assert "signaleur" not in mail.text
        assert "flagger" not in mail.text
        assert "Disrupt <notices@hotline.example>" in mail.text


@pytest.mark.parametrize(
    ("url", "category", "claimed"),
    [
        (URL, "NCII-DIF", True),
        (URL, "IDT", False),
        ("https://forum.example.org/1", "NCII-DIF", False),
    ],
)
def test_priority_is_claimed_where_it_holds(
    opened: Opened, postmaster: Postmaster, url: str, category: str, claimed: bool
) -> None:
    police, host = both(opened, postmaster, url, category)
    for mail, expected in ((police, False), (host, claimed)):
        data = json.loads(next(mail.message.iter_attachments()).get_content())
        assert data["notifier"]["trusted_flagger"] is expected
        assert ("trusted flagger" in mail.text or "signaleur de confiance" in mail.text) is expected


def test_an_address_that_a_person_gave_is_not_the_platforms(opened: Opened) -> None:
    _, host = opened()
    host.address = "abuse@network.example"
    assert "trusted flagger" not in compose(host, clock.now()).body


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "url", ["https://exämple.org/é", f"https://{'a' * 60}.{'b' * 60}.example.org/", "ftp:é"]
)
def test_the_reference_is_legible_in_every_subject(opened: Opened, url: str, language: str) -> None:
    for notice in opened(url):
        notice.language, notice.address = language, "abuse@host.example"
        raw = letter(notice, compose(notice, clock.now()), clock.now(), anonymous=False)
        head = raw.partition(b"\r\n\r\n")[0]
        assert f"Subject: [{notice.reference}] ".encode() in head
        assert b"=?" not in head


def test_every_category_in_every_language_for_every_recipient(opened: Opened) -> None:
    police, host = opened()
    for scheme in schemes():
        for category in scheme.values():
            if not category.illegal or category.code in texts_at(clock.now()).without_notice:
                continue
            for notice in (police, host):
                for language in ("fr", "en"):
                    notice.scheme, notice.category, notice.language = scheme.version, category.code, language
                    composed = compose(notice, clock.now())
                    said = flat(composed.body)
                    assert flat(category.article.in_language(language)) in said
                    assert flat(category.penalty.in_language(language)) in said
                    assert "$" not in composed.body + composed.subject
                    assert ("mineur" in said or "minor" in said) == category.minors


CANARY = "CANARY-7f3a"


def test_nothing_of_the_person_or_the_case(opened: Opened, postmaster: Postmaster) -> None:
    """The canary is in the contact and the description; the case's code and reference are canaries too."""
    contact = Contact(SealedKind.EMAIL, vault.seal(f"{CANARY}@example.org"), safe=True)
    notice = opened(description=vault.seal(f"My name is {CANARY}"), contacts=(contact,))[0]
    case = notice.item.case
    go_round()
    later(hours=7)
    go_round()
    assert len(postmaster.mails) == 2
    for mail in postmaster.mails:
        everything = (
            mail.raw.decode() + mail.text + next(mail.message.iter_attachments()).get_content().decode()
        )
        for secret in (CANARY, case.reference, case.pk.hex, str(case.pk), str(notice.item.pk), case.lookup):
            assert secret.lower() not in everything.lower()
        assert "D-" not in mail.message["Subject"]


nasty = st.text(
    alphabet=st.one_of(
        st.sampled_from("\r\n\t \x00\x0b\x1b\u2028\u2029\u202e\u200b\x85,:;<>\"'$%&=?@.é漢😀\ud800"),
        st.characters(),
    ),
    max_size=200,
)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Content-Language",
    "X-Disrupt-Reference", "MIME-Version", "Content-Type",
}  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tail=nasty, host=st.one_of(st.just("images.example.net"), nasty))
def test_no_url_adds_a_header_or_a_line(opened_pair: list[Notice], tail: str, host: str) -> None:
    for notice in opened_pair:
        notice.item.url = f"https://{host}/{tail}\r\nBcc: everybody@example.org\r\n\r\n$reference"
        composed = compose(notice, clock.now())
        raw = letter(notice, composed, clock.now(), anonymous=False)
        assert raw.isascii()
        assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
        assert b"\n" not in raw.replace(b"\r\n", b"")
        message = Mail("", [], raw).message
        assert set(message.keys()) == HEADERS
        assert len(message.keys()) == len(HEADERS)
        assert message["To"] == notice.address
        assert not message.defects
        assert "\nBcc:" not in Mail("", [], raw).text
        assert composed.attachment["urls"][0]["exact"] in Mail("", [], raw).text


@pytest.fixture
def opened_pair(opened: Opened) -> list[Notice]:
    return opened()


def test_a_long_address_arrives_whole(opened: Opened, postmaster: Postmaster) -> None:
    url = "https://images.example.net/" + "a" * 8192 + "?é=1"
    police, host = both(opened, postmaster, url)
    for mail in (police, host):
        assert f"\n{url}\n" in mail.text
        assert f"\n{url.replace('é', '%C3%A9')}\n" in mail.text
        assert max(len(line) for line in mail.raw.split(b"\r\n")) <= 998


def test_the_same_notice_gives_the_same_bytes(opened: Opened) -> None:
    _, host = opened()
    at = clock.now()
    assert len({letter(host, compose(host, at), at, anonymous=False) for _ in range(3)}) == 1


def test_hotline_name_cannot_add_a_header(opened: Opened, settings: Any) -> None:
    settings.HOTLINE_NAME = "Disrupt\r\nBcc: everybody@example.org"
    _, host = opened()
    raw = letter(host, compose(host, clock.now()), clock.now(), anonymous=False)
    assert set(Mail("", [], raw).message.keys()) == HEADERS
