"""The page on which a host answers: by the link of its notice only, by sending it only, for each address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.hotline.as_role import AsRole
from tests.hotline.as_role import as_role as as_role
from tests.hotline.as_role import roles as roles
from tests.hotline.takedown.conftest import HOST_ADDRESS, URL, later, until_hosts_are_told
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import clock, switches
from disrupt.hotline.common.actors import OPERATOR, WORKER
from disrupt.hotline.takedown import queries, services
from disrupt.hotline.takedown.answers import page
from disrupt.hotline.takedown.models import Notice, Target
from disrupt.hotline.takedown.states import NoticeState, Step


@pytest.fixture(autouse=True)
def _as_the_process(settings: Any, as_role: AsRole) -> None:
    from disrupt.hotline.processes.answers import settings as own

    as_role("answers")
    settings.ROOT_URLCONF, settings.MIDDLEWARE = own.ROOT_URLCONF, own.MIDDLEWARE
    settings.CSRF_FAILURE_VIEW, settings.STILL_VIEW = own.CSRF_FAILURE_VIEW, own.STILL_VIEW
    settings.ANSWERS_URL = "https://answers.hotline.example"


@pytest.fixture
def link(accepted: Callable[..., Item], postmaster: Postmaster) -> str:
    """The path that the notice of two addresses names."""
    for n in (1, 2):
        services.open_for_item(accepted(f"https://images.example.net/{n}"), "NCII-DIF", WORKER)
    until_hosts_are_told()
    (mail,) = postmaster.to(HOST_ADDRESS)
    found = re.search(r"https://answers.hotline.example(/a/\S+)", mail.text)
    assert found
    assert "answers.hotline.example" not in postmaster.mails[0].text, "the police are not asked there"
    return found[1]


def rows() -> list[Notice]:
    return list(Notice.objects.filter(step=Step.HOST).order_by("created_at", "pk"))


def test_looking_changes_nothing(link: str) -> None:
    before = [vars(row) | {"_state": None} for row in rows()]
    for method in ("get", "head"):
        assert getattr(Client(), method)(link).status_code == 200
    assert [vars(row) | {"_state": None} for row in rows()] == before


def test_it_says_whose_it_is_and_has_its_style(link: str, settings: Any) -> None:
    text = Client().get(link).content.decode()
    assert f">{settings.HOTLINE_NAME}</header>" in text
    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', text)
    answer = Client().get(style)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert Client().post(style).status_code == 405


def test_each_address_has_its_answer(link: str) -> None:
    first, second = rows()
    text = Client().get(link).content.decode()
    assert "https://images.example.net/1" in text
    for secret in (first.item.case.reference, str(first.item.pk), "NCII"):
        assert secret not in text
    answer = Client().post(
        link,
        {
            f"choice-{first.reference}": "removed",
            f"choice-{second.reference}": "refused",
            f"why-{first.reference}": "lawful",
            f"why-{second.reference}": "lawful",
            f"words-{second.reference}": "<b>not illegal</b>" + "x" * 5000,
        },
    )
    said = answer.content.decode()
    assert "Recorded for 2 addresses." in said
    assert said.count("Answered:") == 2
    assert 'type="radio"' not in said
    first, second = rows()
    assert (first.decision, second.decision) == ("removed", "declined")
    assert (first.refusal, second.refusal) == ("", "lawful")
    assert "<b>not illegal</b>" in second.decision_note
    assert len(second.decision_note) < 2100
    event = first.item.ledger.get(kind="notice.decided")
    assert event.actor == "recipient"
    # What is said to be removed is looked at now; who has refused is not reminded.
    assert Target.objects.get(pk=first.target_id).look_at <= clock.now()  # type: ignore[operator]
    assert Notice.objects.get(step=Step.REMINDER, target=second.target_id).state == NoticeState.CANCELLED
    # Said once, it stands: a second post changes nothing.
    Client().post(link, {f"choice-{first.reference}": "refused"})
    assert rows()[0].decision == "removed"


@pytest.mark.parametrize("choice", ["more", "not_ours"])
def test_a_question_reaches_a_person(link: str, choice: str) -> None:
    first, _ = rows()
    Client().post(link, {f"choice-{first.reference}": choice, f"words-{first.reference}": "Which post?"})
    assert rows()[0].decision_note == f"[{choice}] Which post?"
    assert first in queries.needing_a_person()


def test_nobody_else_gets_in(link: str) -> None:
    reference, _, mac = link.removeprefix("/a/").rstrip("/").partition(".")
    other = rows()[1].reference
    for key in (reference, f"{reference}.", f"{reference}.{'0' * len(mac)}", f"{other}.{mac}", "x.é", "."):
        assert Client().get(f"/a/{key}/").status_code == 404
        assert Client().post(f"/a/{key}/", {}).status_code == 404
    assert Client().get("/").status_code == 404
    assert Client(enforce_csrf_checks=True).post(link, {}).status_code == 403
    later(days=91)
    assert Client().get(link).status_code == 404


def test_a_loop_gone_wild_is_told_to_wait_and_nobody_else_is(link: str) -> None:
    page.ALLOWANCE._buckets.clear()
    answers = [Client().get(link) for _ in range(page.ALLOWANCE.burst + 1)]
    assert {one.status_code for one in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1
    first, second = rows()
    assert Client().post(link, {f"choice-{first.reference}": "removed"}).status_code == 429
    assert rows()[0].decision == ""
    assert Client().get(f"/a/{second.reference}.0/").status_code == 404
    page.ALLOWANCE._buckets.clear()
    assert Client().get(link).status_code == 200


def test_nonsense_is_no_answer(link: str) -> None:
    first, _ = rows()
    Client().post(link, {f"choice-{first.reference}": "x\0", "choice-N-000": "removed", "words-": "y"})
    assert [row.decision for row in rows()] == ["", ""]
    Client().post(link, {f"choice-{first.reference}": "refused", f"why-{first.reference}": "x\0"})
    assert (rows()[0].decision, rows()[0].refusal) == ("declined", "")


def test_words_that_a_database_would_not_take_are_recorded_without_them(link: str) -> None:
    first, _ = rows()
    words = "first\0 line\x1b[2J\r\nsecond line\ud800"
    form = {f"choice-{first.reference}": "more", f"words-{first.reference}": words}
    answer = Client(raise_request_exception=False).post(
        link, urlencode(form, errors="surrogatepass"), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    note = rows()[0].decision_note
    assert note.startswith("[more] first")
    assert not set(note) & {"\0", "\x1b", "\r", "\ud800"}
    assert "\nsecond" in note


def test_without_such_a_process_no_notice_names_it(
    opened: Callable[..., list[Notice]], postmaster: Postmaster, settings: Any
) -> None:
    settings.ANSWERS_URL = ""
    opened(URL)
    until_hosts_are_told()
    assert "on this page" not in postmaster.to(HOST_ADDRESS)[0].text


def test_read_only_no_answer_is_taken(link: str) -> None:
    first, _ = rows()
    switches.put(switches.Stop.WRITING, True, OPERATOR, "a restore is under way")
    assert Client().get(link).status_code == 200
    answer = Client().post(link, {f"choice-{first.reference}": "removed"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "600")
    assert "Nothing was recorded" in answer.content.decode()
    assert Client().post("/mail/", b"a mail", content_type="message/rfc822").status_code == 503
    assert not rows()[0].decision
