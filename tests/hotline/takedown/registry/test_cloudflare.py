"""Cloudflare's interface as a way of a line: for what it has a type; in the recipient's language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.hotline.takedown.conftest import HOST_ADDRESS
from tests.hotline.takedown.notices.test_languages import german

from disrupt.hotline.common import clock, keys
from disrupt.hotline.takedown.channels.ways import way
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.states import Channel, NoticeState
from disrupt.protocol import notice

LINE = {
    "pattern": "*.images.example.net", "name": "I", "language": "en", "scope": "cdn",
    "channels": [
        {"kind": "cloudflare", "tested_on": "2026-11-01"},
        {"kind": "email", "address": HOST_ADDRESS, "for_category": ["HAR-CYB"], "tested_on": "2026-11-01"},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("category", "channel", "address", "state"),
    [
        ("NCII-DIF", Channel.CLOUDFLARE, "", NoticeState.SCHEDULED),
        ("MIN-CSAM", Channel.CLOUDFLARE, "", NoticeState.SCHEDULED),
        ("HAR-CYB", Channel.EMAIL, HOST_ADDRESS, NoticeState.SCHEDULED),
        ("HAR-SEX", Channel.FORM, "", NoticeState.TASK),
    ],
)
def test_each_category_goes_a_way_that_has_a_place_for_it(
    recipients: Any, opened: Any, category: str, channel: Channel, address: str, state: NoticeState
) -> None:
    recipients(hosts=[LINE])
    _police, host = opened(category=category)
    assert (host.channel, host.address, host.state) == (channel, address, state)


def test_it_is_told_the_category_in_the_language_that_it_reads(
    recipients: Any, opened: Any, settings: Any, tmp_path: Path
) -> None:
    settings.NOTICE_LANGUAGES = tmp_path / "languages"
    settings.NOTICE_LANGUAGES.mkdir()
    words = german(categories={"NCII-DIF": {"facts": "Ein intimes Bild.", "article": "Art. 226-2-1"}})
    (settings.NOTICE_LANGUAGES / "de.json").write_text(json.dumps(words))
    recipients(hosts=[{**LINE, "language": "de"}])
    host: Notice = opened()[1]
    now = clock.now()
    report = json.loads(way(Channel.CLOUDFLARE).prepare(host, compose(host, now), now))
    assert report["comments"] == f"{host.reference}: Ein intimes Bild. Art. 226-2-1"
    signed = way(Channel.GUARD).prepare(host, compose(host, now), now)
    key = keys.notice_key()
    known = {keys.name_of(key): bytes(key.verify_key)}
    told = notice.verified(signed, keys=known, host="www.images.example.net", now=now)
    assert (told.explanation, told.law) == ("Ein intimes Bild.", ("Art. 226-2-1",))
