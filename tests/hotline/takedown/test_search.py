"""Search engines are asked beside the host: a task with its words and form, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import checks
from tests.hotline.takedown.conftest import ALICE, go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.takedown import actions, queries
from disrupt.hotline.takedown.channels import prefilled
from disrupt.hotline.takedown.models import Check, Notice, Presence, Seen, Target
from disrupt.hotline.takedown.notices import particulars
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.planning import history, plans, timeline
from disrupt.hotline.takedown.recipients import BadRegistry, parse, registry
from disrupt.hotline.takedown.states import Decision, NoticeState, Step
from disrupt.hotline.takedown.system_checks import recipients_are_usable

Opened = Callable[..., list[Notice]]
FORM = "https://look.example/form?u={url}&r={reference}"
ENGINES = [
    {
        "name": "Look",
        "form": "https://look.example/form?u={url}&r={reference}",
        "language": "en",
        "tested": "",
    },
    {"name": "Cherche", "form": "", "language": "fr", "tested": "2026-11-01"},
]


@pytest.fixture
def host(opened: Opened, postmaster: Postmaster, recipients: Callable[..., None]) -> Notice:
    recipients(search=ENGINES)
    _, found = opened()
    go_round()
    assert not Notice.objects.filter(step=Step.SEARCH).exists(), "not before the host is told"
    later(hours=6, minutes=1)
    go_round()
    found.refresh_from_db()
    assert found.state == NoticeState.SENT
    return found


def test_each_engine_is_a_task_beside_the_host(host: Notice) -> None:
    particulars.describe(host, ALICE, particulars.said(media="https://img.example.net/1.jpg"))
    look, cherche = Notice.objects.filter(step=Step.SEARCH).order_by("number")
    assert {look, cherche} <= set(queries.needing_a_person())
    assert (look.name, look.language, cherche.name, cherche.language) == ("Look", "en", "Cherche", "fr")
    assert prefilled.form_of(look) == (
        "https://look.example/form?u=https%3A%2F%2Fwww.images.example.net%2Fa%3Fb%3Dc&r=" + look.reference
    )
    assert prefilled.form_of(cherche) == ""
    said = compose(look, look.created_at).body
    assert host.target.url in said
    assert "https://img.example.net/1.jpg" in said
    assert "filter identical copies" in said.replace("\n", " ")
    assert "Article 16" not in said
    assert "dereferencement" in compose(cherche, look.created_at).subject


def test_what_an_engine_did_is_evidence_and_no_look(host: Notice) -> None:
    look = Notice.objects.get(step=Step.SEARCH, number=1)
    actions.record_filed(look, "L-1", ALICE)
    actions.record_decision(look, Decision.REMOVED, ALICE)
    check = Check.objects.get()
    assert (check.seen, check.sign, check.rules) == (Seen.DELISTED, "Look", "person")
    target = Target.objects.get()
    assert target.presence == Presence.UNKNOWN, "the content may still be there"
    reminder = Notice.objects.get(step=Step.REMINDER)
    assert history.still_seen(reminder, host.sent_at) is None
    entries = [entry for entry in timeline.of_target(target, host.category) if entry.detail == "Look"]
    assert any(entry.done and entry.what == str(Seen.DELISTED.label) for entry in entries)
    assert look.counted_at is None


def test_a_plan_that_was_under_way_gets_no_new_step(opened: Opened, postmaster: Postmaster) -> None:
    opened()
    Notice.objects.update(plan="2026-11")
    for _ in range(2):
        go_round()
        later(hours=6, minutes=1)
    go_round()
    assert Notice.objects.filter(step=Step.REMINDER).exists()
    assert not Notice.objects.filter(step=Step.SEARCH).exists()
    assert [plan.version for plan in plans.plans()] == sorted(plan.version for plan in plans.plans())


def test_an_untested_form_is_warned_of(recipients: Callable[..., None]) -> None:
    recipients(search=ENGINES)
    found = [one for one in recipients_are_usable(None) if one.id == "takedown.W005"]
    assert [type(one) for one in found] == [checks.Warning]
    assert "Look" in found[0].msg
    assert "Cherche" not in found[0].msg


@pytest.mark.parametrize("change", [{"form": "http://look.example"}, {"language": "de"}, {"tested": "soon"}])
def test_a_bad_engine_is_named(change: dict[str, str]) -> None:
    raw: dict[str, Any] = {
        "version": "1",
        "notifier": {},
        "police": {"name": "Police", "channel": "form", "language": "fr"},
        "hosts": [],
        "search": [{**ENGINES[0], **change}],
    }
    with pytest.raises(BadRegistry):
        parse(raw, "")


def test_the_packaged_engines_say_that_nobody_tested_them() -> None:
    assert {one.name: one.tested for one in registry().search} == {"Google": None, "Bing": None}
