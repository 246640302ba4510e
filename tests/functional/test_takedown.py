"""The real worker, a real mail server, a moved clock, and SIGKILL at every stage of sending a notice."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.functional.servers import Hotline
from tests.hotline.takedown.postmaster import Mail, Postmaster, running

MakeHotline = Callable[..., Hotline]
PHAROS = "pharos@police.example"
WITHIN = 30.0

SEED = """
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.decisions.services import qualify
from disrupt.hotline.common.actors import analyst
urls = {urls!r}
report = Report({submission!r}, "fr", Reporter.SELF, AgeWhenTaken.ADULT, urls=tuple(urls))
for item in open_case(report).case.items.all():
    qualify(item, {category!r}, analyst(1))
"""
RESEND = """
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.takedown.actions import resend
from disrupt.hotline.takedown.models import Notice
resend(Notice.objects.get(recipient="pharos"), analyst(1))
"""
WITHDRAW = """
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.withdrawing import withdraw_case
withdraw_case(Case.objects.get())
"""


def seed(*urls: str, category: str = "NCII-DIF", submission: str = "s" * 32) -> str:
    return SEED.format(urls=urls, category=category, submission=submission)


@pytest.fixture
def mail() -> Iterator[Postmaster]:
    with running() as one:
        yield one


def begin(make: MakeHotline, mail: Postmaster, *urls: str, category: str = "NCII-DIF") -> Hotline:
    one = make(DISRUPT_SMTP_HOST="127.0.0.1", DISRUPT_SMTP_PORT=str(mail.port))
    shell(one, seed(*(urls or ("https://images.example.net/1",)), category=category))
    return one.start("worker")


def shell(one: Hotline, code: str) -> None:
    one.run("manage", "shell", "-v", "0", "-c", code)


def rows(one: Hotline, query: str) -> list[Any]:
    """Rows of the hotline's own database, which is only read."""
    database = sqlite3.connect(f"file:{one.var / 'disrupt.sqlite3'}?mode=ro", uri=True)
    try:
        return [row[0] if len(row) == 1 else row for row in database.execute(query)]
    finally:
        database.close()


def told(one: Mail) -> list[str]:
    """The addresses that a message is about."""
    data = json.loads(next(one.message.iter_attachments()).get_content())
    return [where["exact"] for where in data["urls"]]


def police_told(one: Hotline) -> int:
    """Of how many addresses it is written down that the police know: the host's wait begins then."""
    query = "SELECT COUNT(*) FROM takedown_notice WHERE step = 'police' AND state = 'sent'"
    return int(rows(one, query)[0])


def addresses(mail: Postmaster) -> int:
    return sum(len(told(one)) for one in mail.mails)


def states(one: Hotline) -> dict[str, str]:
    """The state of each notice by its recipient (of the last item, where there are several)."""
    return dict(rows(one, "SELECT recipient, state FROM takedown_notice"))


def eventually(true: Callable[[], bool], what: str, one: Hotline) -> None:
    limit = time.monotonic() + WITHIN
    while not true():
        assert time.monotonic() < limit, f"{what} did not happen:\n{one.log('worker')[-3000:]}"
        time.sleep(0.05)


def rest(seconds: float = 1.5) -> None:
    """Long enough for several rounds of the worker."""
    time.sleep(seconds)


def test_pharos_at_once_and_the_host_after_the_wait(hotline: MakeHotline, mail: Postmaster) -> None:
    one = begin(hotline, mail, "https://images.example.net/1?a=é", "https://forum.example.org/2")
    eventually(lambda: police_told(one) == 2, "two reports to the police", one)
    assert len(mail.to(PHAROS)) == 2
    one.move_clock(hours=5, minutes=50)
    rest()
    assert len(mail.mails) == 2
    one.move_clock(minutes=11)
    eventually(lambda: len(mail.mails) == 4, "two notices to hosts", one)
    (english,), (french,) = mail.to("legal@images.example.net"), mail.to("moderation@forum.example.org")
    assert "\nhttps://images.example.net/1?a=é\n" in english.text
    assert "\nhttps://images.example.net/1?a=%C3%A9\n" in english.text
    assert "French Criminal Code, art. 226-2-1, para. 2" in english.text
    assert "bona fide belief" in english.text
    assert "\nhttps://forum.example.org/2\n" in french.text
    assert "article 226-2-1, alinéa 2, du Code pénal" in french.text.replace("\n", " ")
    assert "croire de bonne foi" in french.text
    eventually(
        lambda: rows(one, "SELECT state FROM cases_item") == ["host_notified"] * 2, "host notified", one
    )
    kinds = rows(one, "SELECT kind FROM cases_ledgerevent ORDER BY number")
    assert kinds.count("item.police_notified") == kinds.count("item.host_notified") == 2
    rest()
    assert len(mail.mails) == 4
    one.stop()


@pytest.mark.parametrize("stage", ["ehlo", "rcpt"])
def test_killed_before_data_it_is_sent_once(hotline: MakeHotline, mail: Postmaster, stage: str) -> None:
    mail.stall_at = stage
    one = begin(hotline, mail)
    assert mail.reached.wait(WITHIN), one.log("worker")
    one.kill("worker")
    mail.stall_at = ""
    assert states(one)["pharos"] == "sending"
    one.start("worker")
    rest()
    assert mail.mails == []
    one.move_clock(minutes=6)
    eventually(lambda: states(one)["pharos"] == "sent", "the report to the police", one)
    one.move_clock(hours=1)
    rest()
    assert len(mail.to(PHAROS)) == 1
    one.stop()


@pytest.mark.parametrize(("stage", "arrived"), [("data", 0), ("accepted", 1)])
def test_killed_after_data_a_person_decides(
    hotline: MakeHotline, mail: Postmaster, stage: str, arrived: int
) -> None:
    mail.stall_at = stage
    one = begin(hotline, mail)
    assert mail.reached.wait(WITHIN), one.log("worker")
    one.kill("worker")
    mail.stall_at = "gone"
    assert states(one)["pharos"] == "transmitting"
    before = len(mail.mails)
    one.start("worker")
    one.move_clock(minutes=16)
    eventually(lambda: states(one)["pharos"] == "uncertain", "the doubt", one)
    one.move_clock(hours=2)
    rest()
    assert len(mail.mails) == before
    shell(one, RESEND)
    eventually(lambda: states(one)["pharos"] == "sent", "the report to the police", one)
    assert len(mail.mails) == before + 1
    assert before >= arrived
    assert len({m.raw for m in mail.mails}) == 1
    one.stop()


def test_two_workers_send_each_notice_once(hotline: MakeHotline, mail: Postmaster) -> None:
    urls = [f"https://images.example.net/{n}" for n in range(8)]
    one = begin(hotline, mail, *urls)
    other = subprocess.Popen(
        [sys.executable, "-m", "disrupt.hotline", "worker", "--pause", "0.05"],
        env=one.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: police_told(one) == 8, "eight addresses reported", one)
        one.move_clock(hours=7)
        eventually(lambda: addresses(mail) >= 16, "eight addresses notified", one)
        rest()
    finally:
        other.terminate()
        other.wait(20)
    # However the two shared them out among messages, each address was told once to each.
    assert addresses(mail) == 16
    for recipient in (PHAROS, "legal@images.example.net"):
        assert {url for m in mail.to(recipient) for url in told(m)} == set(urls)
    assert len({m.message["Message-ID"] for m in mail.mails}) == len(mail.mails)
    one.stop()


def test_a_mail_server_that_hangs_stops_only_the_mail(hotline: MakeHotline, mail: Postmaster) -> None:
    mail.stall_at = "ehlo"
    one = begin(hotline, mail)
    assert mail.reached.wait(WITHIN), one.log("worker")
    shell(one, seed("https://forum.example.org/2", category="DEEP-SEX", submission="t" * 32))
    eventually(
        lambda: rows(one, "SELECT COUNT(*) FROM takedown_notice WHERE category = 'DEEP-SEX'") == [2],
        "the notices of another case",
        one,
    )
    assert states(one)["pharos"] in {"sending", "scheduled"}
    assert mail.mails == []
    mail.stall_at = ""
    one.stop()


def test_a_withdrawn_case_notifies_nobody_more(hotline: MakeHotline, mail: Postmaster) -> None:
    one = begin(hotline, mail)
    eventually(lambda: states(one).get("pharos") == "sent", "the report to the police", one)
    shell(one, WITHDRAW)
    eventually(lambda: states(one)["host"] == "cancelled", "the cancellation", one)
    one.move_clock(hours=24)
    rest()
    assert len(mail.mails) == 1
    one.stop()
