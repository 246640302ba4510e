"""Entries that a member submits and retracts: proposals like any others, all of a body or none."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import hex_of
from tests.hotline.exchange.door.test_access import code_of
from tests.hotline.exchange.hearing.test_proposed import active, offered
from tests.hotline.exchange.ncmec.test_ncmec import NS, basic

from disrupt.hotline.bank import lawful
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import Partner, ProposalState, SubmittedHash
from disrupt.hotline.exchange.services import create_partner, issue_key
from disrupt.protocol import ncmec

PATH = "/ncmec/v2/entries"


def image(name: str, pdq: str, classification: str = "A1") -> str:
    about = f"<classification>{classification}</classification>" if classification else ""
    return f"<image><id>{name}</id>{about}<fingerprints><pdq>{pdq}</pdq></fingerprints></image>"


def gone(name: str, kind: str = "Image") -> str:
    return f"<deleted{kind}><id>{name}</id></deleted{kind}>"


def body(images: str = "", videos: str = "") -> str:
    inside = f"<images>{images}</images>" * bool(images) + f"<videos>{videos}</videos>" * bool(videos)
    return f'<entries xmlns="{ncmec.NAMESPACE}">{inside}</entries>'


def send(client: Client, key: str, text: Any) -> Any:
    return client.post(PATH, text, content_type="application/xml", headers=basic(key, key))


def told(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.content
    root = ET.fromstring(answer.content)
    return [(one.tag.removeprefix(NS), one.findtext(f"{NS}id") or "") for listed in root for one in listed]


def test_what_is_submitted_is_proposed_and_retracted_in_bulk(
    client: Client, secret: str, partner: Partner
) -> None:
    film = f"<video><id>f</id><fingerprints><md5>{hex_of('f', 32)}</md5><sha1>1</sha1></fingerprints></video>"
    said = told(send(client, secret, body(image("1", hex_of(1)) + image("2", hex_of(2), ""), film)))
    assert said == [("image", "1"), ("image", "2"), ("video", "f")]
    rows = {row.their_id: row for row in SubmittedHash.objects.filter(partner=partner)}
    assert (rows["1"].signal, rows["1"].opinion, rows["1"].tags) == ("ImagePDQ", "Blocked", ["A1"])
    assert (rows["f"].signal, rows["f"].tags) == ("VideoMD5", [])
    assert active() == [], "nothing is offered before an analyst has said so"
    offered(hex_of(1))
    offered(hex_of("f", 32))
    assert len(active()) == 2
    said = told(send(client, secret, body(gone("1") + gone("never"), gone("f", "Video"))))
    assert said == [("deletedImage", "1"), ("deletedVideo", "f")]
    assert active() == []
    states = SubmittedHash.objects.exclude(their_id="2").values_list("state", "opinion")
    assert set(states) == {(ProposalState.WAITING, "Withdrawn")}


def test_a_hash_that_is_submitted_under_another_id_stays(client: Client, secret: str) -> None:
    told(send(client, secret, body(image("1", hex_of(1)))))
    offered(hex_of(1))
    send(client, secret, body(image("new", hex_of(1)) + gone("1")))
    assert len(active()) == 1
    assert SubmittedHash.objects.get().their_id == "new"


def test_nobody_retracts_what_is_anothers(client: Client, secret: str) -> None:
    told(send(client, secret, body(image("1", hex_of(1)))))
    offered(hex_of(1))
    other = issue_key(create_partner("Another", OPERATOR), (Scope.HASHES_SUBMIT,), OPERATOR)[1]
    assert told(send(client, other, body(gone("1")))) == []
    assert len(active()) == 1


def test_what_is_not_kept_is_not_told_to_be(client: Client, secret: str) -> None:
    lawful.add("a painting", OPERATOR, pdqs=[hex_of("lawful")])
    both = image("1", hex_of("lawful")) + image("2", "0" * 64) + image("3", hex_of(3))
    assert told(send(client, secret, body(both))) == [("image", "3")]


def test_what_became_lawful_can_still_be_retracted(client: Client, secret: str) -> None:
    told(send(client, secret, body(image("1", hex_of(1)))))
    offered(hex_of(1))
    lawful.add("a painting", OPERATOR, pdqs=[hex_of(1)])
    assert told(send(client, secret, body(gone("1")))) == [("deletedImage", "1")]
    assert active() == []


@pytest.mark.parametrize(
    "wrong",
    [
        "", "<a", "<a/>", body(), body("<image/>"), body(image("a b", hex_of(1))), body(image("1", "0" * 63)),
        body(image("1", hex_of(1), "two words")), body(gone("1", "Video")), body("<image><id>1</id></image>"),
        "<!DOCTYPE a [<!ENTITY b 'c'>]>" + body(image("1", "&b;")), body(image("1", hex_of(1)) * 5001),
        body(image("1", hex_of(1))).encode("utf-16"), body(image("1", hex_of(1))) + "<more/>",
        body(image("1", hex_of(1)) + image("2", "")),
    ],
)  # fmt: skip
def test_a_bad_body_stores_nothing(client: Client, secret: str, wrong: Any) -> None:
    assert code_of(send(client, secret, wrong)) == (400, "bad_body")
    assert not SubmittedHash.objects.exists()


def test_it_needs_its_scope_and_takes_so_much(client: Client, partner: Partner, secret: str) -> None:
    reads = issue_key(partner, (Scope.FEED_READ,), OPERATOR)[1]
    assert code_of(send(client, reads, body(image("1", hex_of(1))))) == (403, "missing_scope")
    assert code_of(send(client, secret, "x" * 3_000_000)) == (413, "body_too_large")
