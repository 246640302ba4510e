"""A day without mail: everything is sent after it, the most urgent first, each once, nothing in a heap."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.hotline.takedown.conftest import PHAROS_ADDRESS, go_round, later
from tests.hotline.takedown.postmaster import Mail, Postmaster

from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import NoticeState, Step

Opened = Callable[..., list[Notice]]
# In the order in which they were reported; the last one is urgent.
REPORTED = ("IDT", "HAR-CYB", "NCII-DIF", "VIO-REC")


def about(mail: Mail) -> list[str]:
    data = json.loads(next(mail.message.iter_attachments()).get_content())
    return [str(where["exact"]) for where in data["urls"]]


def test_a_day_without_mail(opened: Opened, postmaster: Postmaster, settings: Any) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    urls = {}
    for code in REPORTED:
        urls[code] = f"https://www.images.example.net/{code}"
        opened(urls[code], code)
        later(minutes=10)
    for _ in range(24):
        go_round()
        later(hours=1)
    assert postmaster.mails == []
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SCHEDULED}
    settings.EMAIL_PORT = port
    # The longest pause between two tries is four hours.
    later(hours=4)
    go_round()
    police = [url for mail in postmaster.to(PHAROS_ADDRESS) for url in about(mail)]
    assert police == [urls[code] for code in (REPORTED[-1], *REPORTED[:-1])]
    assert len(postmaster.mails) == len(REPORTED), "no host is told before the police had their time"
    for _ in range(7):
        later(hours=1)
        go_round()
    told = Counter(url for mail in postmaster.mails for url in about(mail))
    assert told == dict.fromkeys(urls.values(), 2), "the police and the host, once each"
    later(hours=23)
    for _ in range(3):
        go_round()
    reminded = Notice.objects.filter(step=Step.REMINDER, state=NoticeState.SENT)
    assert {(one.category, one.number) for one in reminded} == {("NCII-DIF", 1), ("VIO-REC", 1)}
    assert len({str(mail.message["Message-ID"]) for mail in postmaster.mails}) == len(postmaster.mails)
