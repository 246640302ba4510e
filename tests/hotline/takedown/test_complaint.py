"""The file of a complaint to the regulator: only for whoever signed, with its proofs, about nobody else."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from nacl.signing import VerifyKey
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user
from tests.hotline.takedown.conftest import ALICE, HOST_ADDRESS, URL, go_round, later, until_hosts_are_told
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_regimes import DOCUMENT, sign, told

from disrupt.hotline.cases import ledger, mandates
from disrupt.hotline.cases.models import Allowed, Wish
from disrupt.hotline.common import clock, keys
from disrupt.hotline.takedown import actions, queries, services
from disrupt.hotline.takedown.complaint import making, wishes
from disrupt.hotline.takedown.complaint.grounds import broken
from disrupt.hotline.takedown.models import Check, Notice, Seen
from disrupt.hotline.takedown.notices.take_down import NoMandate
from disrupt.hotline.takedown.states import Decision, NoticeState, Step

Opened = Callable[..., list[Notice]]
ARCOM = "plaintes@arcom.example"
# As the packaged registry names it, with an address.
REGULATOR = {"name": "Arcom", "channel": "email", "address": ARCOM, "language": "fr"}


def seen(notice: Notice, what: Seen = Seen.LIVE) -> None:
    Check.objects.create(
        target=notice.target, at=clock.now(), seen=what, sign="status", rules="1", status=200
    )


def overdue(opened: Opened, url: str = URL) -> Notice:
    """The complaint that the plan has made, a week after a host that says nothing."""
    host = told(opened, url)
    later(days=8)
    go_round()
    seen(host)
    return Notice.objects.get(step=Step.REGULATOR, target=host.target)


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def test_no_file_without_a_mandate(opened: Opened, postmaster: Postmaster) -> None:
    complaint = overdue(opened)
    with pytest.raises(NoMandate):
        making.make(complaint, ALICE)
    sign(complaint.item, Allowed.TAKE_IT_DOWN)
    with pytest.raises(NoMandate):
        making.make(complaint, ALICE)
    sign(complaint.item, Allowed.REGULATOR)
    assert making.make(complaint, ALICE).data
    mandates.say(complaint.item.case, Allowed.REGULATOR, Wish.REFUSED)
    with pytest.raises(NoMandate):
        making.make(complaint, ALICE)


def test_the_file_is_whole_signed_and_says_what_was_not_kept(opened: Opened, postmaster: Postmaster) -> None:
    complaint = overdue(opened)
    sign(complaint.item, Allowed.REGULATOR)
    made = making.make(complaint, ALICE)
    parts = unzipped(made.data)
    sums = parts["SHA256SUMS"]
    VerifyKey(bytes(keys.evidence_key().verify_key)).verify(sums, base64.b64decode(parts["SHA256SUMS.sig"]))
    listed = dict(reversed(line.split("  ")) for line in sums.decode().splitlines())
    assert set(listed) == set(parts) - {"SHA256SUMS", "SHA256SUMS.sig"}
    assert all(hashlib.sha256(parts[name]).hexdigest() == digest for name, digest in listed.items())
    assert parts["complaint.pdf"].startswith(b"%PDF-")
    said = json.loads(parts["complaint.json"])
    assert [one["code"] for one in said["grounds"]] == ["receipt", "decision", "diligence", "priority"]
    assert "aucune confirmation" in said["grounds"][0]["said"].lower()
    assert (said["url"]["exact"], said["service"]["dsa_tier"]) == (URL, "platform")
    assert said["mandate"]["sha256"] == DOCUMENT
    assert [one["step"] for one in said["notices"]] == ["host", "reminder"]
    first = said["notices"][0]
    assert hashlib.sha256(parts[f"notices/{first['reference']}.eml"]).hexdigest() == first["message_sha256"]
    assert first["server_said"].startswith("250")
    assert [json.loads(line)["seen"] for line in parts["looks.jsonl"].splitlines()][-1] == "live"
    case = complaint.item.case
    events = [json.loads(line) for line in parts["ledger.jsonl"].splitlines()]
    assert {"notice.scheduled", "item.host_notified", "mandate.recorded"} <= {e["kind"] for e in events}
    known = dict(case.ledger.values_list("number", "digest"))
    assert all(known[event["number"]] == event["digest"] for event in events)
    written = case.ledger.order_by("number").last()
    assert written
    assert (written.kind, written.data["sha256sums"]) == ("complaint.made", made.digest)
    ledger.verify(case)


def test_what_was_kept_is_no_ground(opened: Opened, postmaster: Postmaster) -> None:
    host = told(opened)
    complaint = Notice.objects.get(step=Step.REGULATOR)
    assert {one.code for one in broken(complaint)} == {"receipt", "decision", "priority"}
    actions.record_receipt(host, ALICE)
    assert {one.code for one in broken(complaint)} == {"decision", "priority"}
    actions.record_decision(host, Decision.DECLINED, ALICE)
    assert {one.code for one in broken(complaint)} == {"reasons"}
    actions.record_decision(host, Decision.DECLINED, ALICE, reasons="Not illegal here; you may appeal to us.")
    assert broken(complaint) == []
    sign(complaint.item, Allowed.REGULATOR)
    with pytest.raises(making.NoGround):
        making.make(complaint, ALICE)


def test_a_complaint_is_about_nobody_else(opened: Opened, postmaster: Postmaster) -> None:
    """Two people's addresses went in one message: the file of one does not name the other's."""
    other = "https://www.images.example.net/of-somebody-else"
    opened(URL)
    opened(other)
    until_hosts_are_told()
    assert len(postmaster.to(HOST_ADDRESS)) == 1
    later(days=8)
    go_round()
    complaint = Notice.objects.get(step=Step.REGULATOR, target__url=URL)
    sign(complaint.item, Allowed.REGULATOR)
    parts = unzipped(making.make(complaint, ALICE).data)
    assert not any(name.startswith("notices/") for name in parts)
    assert all(b"somebody-else" not in data for data in parts.values())
    said = json.loads(parts["complaint.json"])
    assert len(said["notices"][0]["message_sha256"]) == 64, "it is told by its digest"


def test_one_key_sends_it_with_its_file(
    opened: Opened,
    postmaster: Postmaster,
    recipients: Callable[..., None],
    make_user: MakeUser,
    client: Client,
) -> None:
    recipients(regulator=REGULATOR)
    complaint = overdue(opened)
    assert (complaint.state, complaint.address) == (NoticeState.TASK, ARCOM)
    client.force_login(make_user("alice"))
    here = reverse("takedown:notice", args=[complaint.pk])
    assert 'data-key="c"' not in client.get(here).content.decode(), "nobody has signed"
    sign(complaint.item, Allowed.REGULATOR)
    assert 'data-key="c"' in client.get(here).content.decode()
    client.post(reverse("takedown:act", args=[complaint.pk, "complain"]))
    go_round()
    go_round()
    (mail,) = postmaster.to(ARCOM)
    complaint.refresh_from_db()
    assert complaint.state == NoticeState.SENT
    file = next(
        part for part in mail.message.iter_attachments() if part.get_content_type() == "application/zip"
    )
    said = json.loads(unzipped(file.get_content())["complaint.json"])
    assert said["reference"] == complaint.reference
    assert DOCUMENT in mail.text.replace("\n", "")


def test_who_refuses_stops_it_before_it_leaves(
    opened: Opened, postmaster: Postmaster, recipients: Callable[..., None], settings: Any
) -> None:
    recipients(regulator=REGULATOR)
    complaint = overdue(opened)
    sign(complaint.item, Allowed.REGULATOR)
    making.send(complaint, ALICE)
    mandates.say(complaint.item.case, Allowed.REGULATOR, Wish.REFUSED)
    go_round()
    complaint.refresh_from_db()
    assert (complaint.state, postmaster.to(ARCOM)) == (NoticeState.CANCELLED, [])


def test_a_complaint_to_another_address_waits_for_its_file(opened: Opened, postmaster: Postmaster) -> None:
    complaint = overdue(opened)
    actions.readdress(complaint, ARCOM, ALICE)
    go_round()
    complaint.refresh_from_db()
    assert (complaint.state, postmaster.to(ARCOM)) == (NoticeState.TASK, [])
    sign(complaint.item, Allowed.REGULATOR)
    making.send(complaint, ALICE)
    go_round()
    assert len(postmaster.to(ARCOM)) == 1


def test_what_everybody_refuses_is_cancelled_and_asked_for_again_is_opened(
    opened: Opened, accepted: Any, postmaster: Postmaster
) -> None:
    complaint = overdue(opened)
    first = complaint.item.case
    second = accepted(URL)
    assert list(wishes.due()) == []
    mandates.say(first, Allowed.REGULATOR, Wish.REFUSED)
    # The second person's item is about it as well, once its notices are opened.
    services.open_for_item(second, "NCII-DIF", ALICE)
    go_round()
    complaint.refresh_from_db()
    assert complaint.state == NoticeState.TASK, "one of two still wants it"
    mandates.say(second.case, Allowed.REGULATOR, Wish.REFUSED)
    go_round()
    complaint.refresh_from_db()
    assert complaint.state == NoticeState.CANCELLED
    assert complaint not in queries.needing_a_person()
    assert first.ledger.filter(kind="notice.cancelled").get().data["reason"] == "refused"
    later(minutes=1)
    mandates.say(first, Allowed.REGULATOR, Wish.ASKED)
    go_round()
    complaint.refresh_from_db()
    assert complaint.state == NoticeState.TASK
    assert complaint in queries.needing_a_person()
    assert list(wishes.due()) == []


def test_the_file_is_taken_on_the_page_and_not_without_ground(
    opened: Opened, postmaster: Postmaster, make_user: MakeUser, client: Client
) -> None:
    complaint = overdue(opened)
    client.force_login(make_user("alice"))
    here = reverse("takedown:complaint", args=[complaint.pk])
    assert client.post(here).status_code == 302
    mandates.say(complaint.item.case, Allowed.REGULATOR, Wish.ASKED)
    assert complaint.item.case.reference in client.get(reverse("takedown:list")).content.decode()
    sign(complaint.item, Allowed.REGULATOR)
    assert list(wishes.asked()) == []
    response = client.post(here)
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/zip", "no-store")
    assert "complaint.pdf" in unzipped(response.content)
