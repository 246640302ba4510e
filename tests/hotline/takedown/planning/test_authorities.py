"""What authorities and lawyers are sent: a signed file, as the person lets it be; the police once more."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from nacl.signing import VerifyKey
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user
from tests.hotline.takedown.conftest import ALICE, HOST_ADDRESS, go_round, later
from tests.hotline.takedown.planning.test_further import HOST, POLICE, PROSECUTOR, say, step, told
from tests.hotline.takedown.postmaster import Mail, Postmaster
from tests.hotline.takedown.test_complaint import seen, unzipped
from tests.hotline.takedown.test_regimes import DOCUMENT, sign

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Allowed, Wish
from disrupt.hotline.common import keys
from disrupt.hotline.takedown import actions, queries, services, targets
from disrupt.hotline.takedown.answers.reading import bounced
from disrupt.hotline.takedown.complaint import making
from disrupt.hotline.takedown.models import Notice, Target
from disrupt.hotline.takedown.notices.take_down import NoMandate
from disrupt.hotline.takedown.planning import prepared
from disrupt.hotline.takedown.states import NoticeState, Step

Opened = Callable[..., list[Notice]]
COUNSEL = "counsel@lawyers.example"
LAWYER = {"counsel": {"name": "Counsel", "channel": "email", "address": COUNSEL, "language": "en"}}


def file_of(mail: Mail) -> dict[str, bytes]:
    """The parts of the file that came with a mail, their list and its signature verified."""
    zipped = next(
        part for part in mail.message.iter_attachments() if part.get_content_type() == "application/zip"
    )
    parts = unzipped(zipped.get_content())
    sums = parts["SHA256SUMS"]
    VerifyKey(bytes(keys.evidence_key().verify_key)).verify(sums, base64.b64decode(parts["SHA256SUMS.sig"]))
    listed = dict(reversed(line.split("  ")) for line in sums.decode().splitlines())
    assert set(listed) == set(parts) - {"SHA256SUMS", "SHA256SUMS.sig"}
    assert all(hashlib.sha256(parts[name]).hexdigest() == digest for name, digest in listed.items())
    return parts


def test_the_prosecutor_is_sent_the_signed_file(
    opened: Opened, postmaster: Postmaster, recipients: Any
) -> None:
    host = told(opened, recipients)
    say(host, Allowed.PROSECUTOR, Wish.ASKED)
    seen(host)
    go_round()
    prepared.send_prepared(step(Step.PROSECUTOR), ALICE)
    go_round()
    (mail,) = postmaster.to(PROSECUTOR)
    assert "Le dossier signé joint" in " ".join(mail.text.split())
    parts = file_of(mail)
    assert parts["report.pdf"].startswith(b"%PDF-")
    said = json.loads(parts["report.json"])
    assert (said["format"], said["mandate"]) == ("disrupt-report/1", None)
    assert [one["code"] for one in said["grounds"]] == ["receipt", "decision", "diligence", "priority"]
    assert said["looks"][0]["seen"] == "live"
    case = host.item.case
    assert all(case.reference.encode() not in data for data in parts.values())
    kinds = {json.loads(line)["kind"] for line in parts["ledger.jsonl"].splitlines()}
    assert {"item.host_notified", "mandate.asked"} <= kinds
    assert case.ledger.filter(kind="report.made").count() == 1
    ledger.verify(case)


def test_of_a_service_that_the_regulation_does_not_bind_nothing_is_said_to_be_broken(
    opened: Opened, postmaster: Postmaster, recipients: Any
) -> None:
    host = told(opened, recipients, hosts=[{**HOST, "dsa_tier": "none"}])
    say(host, Allowed.PROSECUTOR, Wish.ASKED)
    go_round()
    made = unzipped(making.make(step(Step.PROSECUTOR), ALICE).data)
    assert json.loads(made["report.json"])["grounds"] == []


def test_the_lawyer_is_sent_the_signed_file_with_one_key(
    opened: Opened, postmaster: Postmaster, recipients: Any, make_user: MakeUser, client: Client
) -> None:
    host = told(opened, recipients, **LAWYER)
    say(host, Allowed.COURT, Wish.ASKED)
    go_round()
    order = step(Step.COURT)
    client.force_login(make_user("alice"))
    here = reverse("takedown:notice", args=[order.pk])
    assert 'data-key="c"' not in client.get(here).content.decode(), "nobody has signed"
    assert client.post(reverse("takedown:complaint", args=[order.pk])).status_code == 302
    with pytest.raises(NoMandate):
        making.make(order, ALICE)
    sign(host.item, Allowed.COURT)
    assert 'data-key="c"' in client.get(here).content.decode()
    taken = unzipped(client.post(reverse("takedown:complaint", args=[order.pk])).content)
    client.post(reverse("takedown:act", args=[order.pk, "complain"]))
    go_round()
    (mail,) = postmaster.to(COUNSEL)
    parts = file_of(mail)
    assert set(parts) == set(taken)
    said = json.loads(parts["instruction.json"])
    assert said["mandate"]["sha256"] == DOCUMENT


def test_a_letter_to_an_authority_never_leaves_without_its_file(
    opened: Opened, postmaster: Postmaster, recipients: Any
) -> None:
    host = told(opened, recipients)
    say(host, Allowed.PROSECUTOR, Wish.ASKED)
    go_round()
    later(days=11)
    Notice.objects.filter(step=Step.PROSECUTOR).update(state=NoticeState.SCHEDULED)
    go_round()
    assert (step(Step.PROSECUTOR).state, postmaster.to(PROSECUTOR)) == (NoticeState.FAILED, [])


def test_what_an_authority_did_not_get_is_no_letter_to_the_host(
    opened: Opened, postmaster: Postmaster, recipients: Any
) -> None:
    other = "second@images.example.net"
    host = told(opened, recipients, hosts=[{**HOST, "others": [other]}])
    say(host, Allowed.PROSECUTOR, Wish.ASKED)
    go_round()
    prepared.send_prepared(step(Step.PROSECUTOR), ALICE)
    go_round()
    report = step(Step.PROSECUTOR)
    before = Notice.objects.filter(address=other).count()
    bounced(report, "5.1.1")
    assert Notice.objects.filter(address=other).count() == before == 1, "told for the host's own silence"
    report.refresh_from_db()
    assert report in queries.needing_a_person()


def test_the_police_are_told_again_with_one_key(
    opened: Opened, postmaster: Postmaster, recipients: Any, make_user: MakeUser, client: Client
) -> None:
    told(opened, recipients)
    again = step(Step.POLICE_AGAIN)
    assert again not in queries.needing_a_person(), "not yet"
    later(days=7, minutes=1)
    go_round()
    assert again in queries.needing_a_person()
    assert len(postmaster.to(POLICE)) == 1, "nothing leaves by itself"
    client.force_login(make_user("alice"))
    shown = client.get(reverse("takedown:notice", args=[again.pk])).content.decode()
    assert "n’est envoyé automatiquement" in shown.replace("&#x27;", "’")
    assert "formulaire du destinataire, puis" not in shown, "it goes by mail"
    client.post(reverse("takedown:act", args=[again.pk, "send"]))
    go_round()
    first, second = postmaster.to(POLICE)
    assert second.message["In-Reply-To"] == first.message["Message-ID"]
    assert second.message["X-Disrupt-Reference"] == first.message["X-Disrupt-Reference"]
    assert "Nous vous avons signalé ce contenu le" in " ".join(second.text.split())
    again.refresh_from_db()
    bounced(again, "5.1.1")
    assert postmaster.to(HOST_ADDRESS), "the host's notice stays as it is"
    assert not Notice.objects.filter(step=Step.SECOND).exists()


def test_the_police_are_not_told_again_of_what_they_were_never_told(
    opened: Opened, postmaster: Postmaster, recipients: Any
) -> None:
    recipients(hosts=[HOST], search=[], police={"name": "Pharos", "channel": "form", "language": "fr"})
    _police, host = opened()
    actions.waive_police(host, ALICE, "they do not answer")
    go_round()
    assert postmaster.to(HOST_ADDRESS)
    assert not Notice.objects.filter(step=Step.POLICE_AGAIN).exists()


def test_who_refuses_the_prosecutor_refuses_the_police_again(
    opened: Opened, postmaster: Postmaster, recipients: Any
) -> None:
    host = told(opened, recipients)
    say(host, Allowed.PROSECUTOR, Wish.REFUSED)
    go_round()
    assert step(Step.POLICE_AGAIN).state == NoticeState.CANCELLED


def test_of_a_minor_the_police_are_told_again_whatever_is_said(
    opened: Opened, postmaster: Postmaster, recipients: Any
) -> None:
    host = told(opened, recipients, "MIN-CSAM")
    say(host, Allowed.PROSECUTOR, Wish.REFUSED)
    later(days=8)
    go_round()
    prepared.send_prepared(step(Step.POLICE_AGAIN), ALICE)
    go_round()
    assert len(postmaster.to(POLICE)) == 2


def test_of_what_is_gone_the_police_are_not_told_again(
    opened: Opened, postmaster: Postmaster, recipients: Any
) -> None:
    host = told(opened, recipients)
    services.stop_all(Target.objects.get(), host.category, but_police=True)
    assert step(Step.POLICE_AGAIN).state == NoticeState.CANCELLED
    assert targets.live_items(host.target, host.category)
