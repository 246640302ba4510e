"""XARF reports go to who takes them, in the published shape, of minors' content only, and never with it."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from tests.hotline.takedown.conftest import ALICE, HOST_ADDRESS, later, until_hosts_are_told
from tests.hotline.takedown.postmaster import Mail, Postmaster

from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices import particulars
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.posting.letters import letter
from disrupt.hotline.takedown.states import Step

Opened = Callable[..., list[Notice]]
SCHEMAS = Path(__file__).parents[2] / "vendor" / "xarf"
HOST = {
    "pattern": "*.images.example.net", "name": "I", "channel": "email", "address": HOST_ADDRESS,
    "language": "en", "scope": "host", "tested_on": "2026-11-01", "dsa_tier": "platform", "xarf": True,
}  # fmt: skip


def valid(report: dict[str, Any]) -> None:
    """By the published schema of its type. Raises ValidationError."""
    loaded = [json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")]
    registry: Registry[Any] = Registry().with_resources(
        (one["$id"], Resource.from_contents(one)) for one in loaded
    )
    schema = {"$ref": f"https://xarf.org/schemas/v4/types/content-{report['type']}.json"}
    Draft202012Validator(schema, registry=registry, format_checker=FormatChecker()).validate(report)


def told(opened: Opened, postmaster: Postmaster, *urls: str, category: str = "MIN-CSAM") -> Mail:
    for url in urls or ("https://www.images.example.net/a?b=é",):
        opened(url, category)
    until_hosts_are_told()
    (mail,) = postmaster.to(HOST_ADDRESS)
    return mail


def reports(mail: Mail) -> list[dict[str, Any]]:
    named = [part for part in mail.message.walk() if (part.get_filename() or "").startswith("xarf-")]
    return [json.loads(part.get_content()) for part in named]


@pytest.mark.parametrize(("category", "kind"), [("MIN-CSAM", "csam"), ("MIN-SOL", "csem")])
def test_a_report_has_the_published_shape(
    opened: Opened, postmaster: Postmaster, recipients: Callable[..., None], category: str, kind: str
) -> None:
    recipients(hosts=[HOST])
    urls = [f"https://www.images.example.net/{n}" for n in range(2)]
    mail = told(opened, postmaster, *urls, category=category)
    found = reports(mail)
    assert [one["url"] for one in found] == urls
    assert {str(n.pk) for n in Notice.objects.filter(step=Step.HOST)} == {one["report_id"] for one in found}
    for one in found:
        valid(one)
        assert (one["category"], one["type"], one["evidence"]) == ("content", kind, [])
        assert one["source_identifier"] == "www.images.example.net"


def test_the_message_is_a_feedback_report_with_its_words_first(
    opened: Opened, postmaster: Postmaster, recipients: Callable[..., None]
) -> None:
    recipients(hosts=[HOST])
    message = told(opened, postmaster).message
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "feedback-report"
    types = [part.get_content_type() for part in message.iter_parts()]
    assert types == [
        "text/plain", "message/feedback-report", "application/json", "application/json", "application/pdf",
    ]  # fmt: skip
    raw = message.as_bytes()
    assert b"\nFeedback-Type: xarf\r\n" in raw or b"\nFeedback-Type: xarf\n" in raw
    assert b"\nVersion: 1\r\n" in raw or b"\nVersion: 1\n" in raw
    # What opens it again reads the same parts: nothing was lost in the fields.
    again = email.message_from_bytes(raw, policy=email.policy.default)
    assert [part.get_content_type() for part in again.iter_parts()] == types


def test_adults_are_never_passed_off_as_what_has_a_type(
    opened: Opened, postmaster: Postmaster, recipients: Callable[..., None]
) -> None:
    recipients(hosts=[HOST])
    mail = told(opened, postmaster, category="NCII-DIF")
    assert (reports(mail), mail.message.get_content_type()) == ([], "multipart/mixed")


@pytest.mark.parametrize(
    "changed", [{"hosts": [{**HOST, "xarf": False}]}, {"notifier": {"omit_for": ["MIN-CSAM"]}}]
)
def test_who_does_not_take_them_or_must_not_know_us_gets_none(
    opened: Opened, postmaster: Postmaster, recipients: Callable[..., None], changed: dict[str, Any]
) -> None:
    recipients(**{"hosts": [HOST], **changed})
    assert reports(told(opened, postmaster)) == []


def test_the_police_get_none(opened: Opened, postmaster: Postmaster, recipients: Callable[..., None]) -> None:
    recipients(hosts=[HOST])
    told(opened, postmaster)
    assert all(not reports(mail) for mail in postmaster.to("pharos@police.example"))


def test_a_retry_gives_the_same_bytes_and_a_look_its_time(
    opened: Opened, recipients: Callable[..., None]
) -> None:
    recipients(hosts=[HOST])
    _, host = opened(category="MIN-CSAM")
    seen = host.created_at
    particulars.describe(host, ALICE, particulars.said(place="second post", seen_at=seen))
    later(hours=7)
    at = host.due_at
    assert len({letter(host, compose(host, at), at, anonymous=False) for _ in range(2)}) == 1
    (report,) = compose(host, at).xarf
    assert report["timestamp"] == report["verified_at"] == seen.isoformat(timespec="seconds")
