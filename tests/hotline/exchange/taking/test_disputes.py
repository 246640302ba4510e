"""A partner disputes an entry of another list: set aside by rule, decided by a person, its list told."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from tests.hotline.exchange.hearing.test_secondlook import say
from tests.hotline.exchange.taking.lists import TAKEN, gone, page, told
from tests.hotline.exchange.taking.test_taking import active, source, verdict

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.exchange.hooks import gathering
from disrupt.hotline.exchange.models import EntryWord
from disrupt.hotline.exchange.stopncii.wirehashes import step
from disrupt.hotline.exchange.taking import disputes, services, telling
from disrupt.hotline.exchange.taking.models import TakenEntry, TakenSource, Telling, Verdict
from disrupt.protocol.taking import said
from disrupt.protocol.taking.sources import STAYS, Rules, Source

pytestmark = pytest.mark.django_db
ALICE = analyst(1)


def take(name: str, *entries: Any, rules: Rules = TAKEN, **more: Any) -> TakenSource:
    made = source(name, rules)
    services.take_in(made, page(name, *entries, **more), rules)
    return made


def dispute(client: Client, secret: str) -> EntryWord:
    (entry,) = active()
    say(client, secret, entry=str(entry.pk), opinion="false_match", why="other_picture")
    return EntryWord.objects.get(entry=entry)


def answers() -> list[int]:
    due = list(gathering.answered())
    for pk in due:
        gathering.gather_answer(pk)
    return due


def only() -> TakenEntry:
    return disputes.to_decide().get()


def test_it_is_set_aside_and_comes_back_when_a_person_says_so(client: Client, secret: str) -> None:
    b = take("b", told("x"))
    before = active()[0]
    word = dispute(client, secret)
    assert active() == []
    assert (verdict(b, "x"), answers()) == (Verdict.DISPUTED, [])
    services.take_in(b, page("b", told("x"), round=1, whole=True), TAKEN)
    assert active() == [], "read anew it stays set aside"
    clock.move(dt.timedelta(hours=5))
    assert disputes.keep([only().pk], ALICE, "that list has seen it") == 1
    (after,) = active()
    assert (after.prints, after.category, after.came) == (before.prints, before.category, before.came)
    assert answers() == [word.pk]
    assert (gathering._answer(word), disputes.to_decide().count()) == ("stays", 0)
    word.refresh_from_db()
    assert word.answered_at is not None
    assert dt.timedelta(hours=5) <= word.answered_at - word.changed_at < dt.timedelta(hours=5, minutes=1)
    event = AuditEvent.objects.get(kind="exchange.taken-kept")
    assert event.data["motive"] == "that list has seen it"
    services.take_in(b, page("b", gone("x")), TAKEN)
    assert active() == []


def test_what_is_refused_stays_away_by_every_way_and_each_list_is_told(
    client: Client, secret: str, tmp_path: Path
) -> None:
    b, c = take("b", told("b1", "a", first="x")), take("c", told("c1", "a", first="x"))
    word = dispute(client, secret)
    assert active() == []
    assert {verdict(b, "b1"), verdict(c, "c1")} == {Verdict.DISPUTED}
    d = take("d", told("d1", "a", first="x"))
    assert (verdict(d, "d1"), active()) == (Verdict.DISPUTED, [])
    assert disputes.refuse([only().pk], ALICE, "a famous picture") == 1
    e = take("e", told("e1", "a", first="x"))
    services.take_in(b, page("b", told("b1", "a", first="x"), round=1, whole=True), TAKEN)
    assert (verdict(e, "e1"), active(), answers()) == (Verdict.REFUSED, [], [word.pk])
    names = ["b", "c", "d", "e"]
    for pk in telling.to_tell(tmp_path, names):
        row = TakenEntry.objects.select_related("source").get(pk=pk)
        telling.tell(pk, Source(row.source.name, "https://x", Path("key")), tmp_path / row.source.name)
    assert list(telling.to_tell(tmp_path, names)) == [], "nothing to do until somebody has told it"
    (file,) = said.waiting(tmp_path / "b")
    told_b = said.read(file)
    assert (told_b.entry, told_b.opinion, told_b.why) == (
        str(b.entries.get().their_id), "false_match", "other_picture"
    )  # fmt: skip
    assert not told_b.pdq, "where a list knows its entries by a number, no hash lies about"
    file.unlink()
    (pk,) = telling.to_tell(tmp_path, names)
    telling.tell(pk, Source("b", "https://x", Path("key")), tmp_path / "b")
    assert b.entries.get().telling == Telling.TOLD
    assert not said.waiting(tmp_path / "e"), "which nobody here has disputed"


def test_by_rule_it_stays_while_a_person_decides(client: Client, secret: str, tmp_path: Path) -> None:
    b = take("b", told("x"), rules=replace(TAKEN, on_dispute=STAYS))
    word = dispute(client, secret)
    assert len(active()) == 1
    assert answers() == []
    assert disputes.keep([only().pk], ALICE, "weighed") == 1
    assert (len(active()), answers()) == (1, [word.pk])
    say(client, secret, entry=str(active()[0].pk), opinion="matched")
    clock.move(dt.timedelta(minutes=1))
    dispute(client, secret)
    assert disputes.refuse([only().pk], ALICE, "weighed anew") == 1
    assert (active(), verdict(b, "x"), answers()) == ([], Verdict.REFUSED, [word.pk])
    row = b.entries.get()
    telling.tell(row.pk, Source("b", "https://x", Path("key"), "stopncii"), tmp_path)
    (file,) = said.waiting(tmp_path)
    assert said.read(file).pdq == (told("x").pdq[0].hex,), "a list that knows its entries by their hash"
    row.refresh_from_db()
    assert (row.telling, row.waits) == (Telling.LAID, None)


def test_a_protocol_without_a_way_is_said(client: Client, secret: str, tmp_path: Path) -> None:
    b = take("b", told("x"))
    dispute(client, secret)
    disputes.refuse([only().pk], ALICE, "weighed")
    row = b.entries.get()
    telling.tell(row.pk, Source("b", "https://x", Path("key"), "threatexchange", group=1), tmp_path)
    row.refresh_from_db()
    assert (row.telling, said.waiting(tmp_path), row.waits) == (Telling.NO_WAY, [], None)


def test_one_partner_sets_so_many_aside_and_further_ones_stay(client: Client, secret: str) -> None:
    django_settings.SET_ASIDE_A_DAY, before = 2, django_settings.SET_ASIDE_A_DAY
    try:
        take("b", *(told(n) for n in range(4)))
        for entry in active():
            say(client, secret, entry=str(entry.pk), opinion="not_blocked", why="lawful")
        assert (len(active()), disputes.to_decide().count()) == (2, 4)
    finally:
        django_settings.SET_ASIDE_A_DAY = before


def test_rules_that_changed_meanwhile_are_kept(client: Client, secret: str) -> None:
    rules = replace(TAKEN, minors=True)
    b = take("b", told("x", minors="declared"), rules=rules)
    dispute_key = active()[0].pk
    say(client, secret, 200, entry=str(dispute_key), opinion="false_match")
    assert verdict(b, "x") == Verdict.DISPUTED
    services.take_in(b, page("b", told("x", minors="declared"), round=1, whole=True), TAKEN)
    assert (verdict(b, "x"), disputes.to_decide().count()) == (Verdict.MINORS, 0)


def test_a_list_takes_back_what_is_disputed(client: Client, secret: str) -> None:
    b = take("b", told("x"))
    word = dispute(client, secret)
    services.take_in(b, page("b", gone("x")), TAKEN)
    assert (disputes.to_decide().count(), answers()) == (0, [word.pk])
    assert gathering._answer(word) == "withdrawn"
    assert disputes.keep([uuid.uuid4().int % 2**31], ALICE, "none") == 0


def test_a_dispute_by_hash_opens_it_too(client: Client, secret: str) -> None:
    b = take("b", told("x"))
    while step():
        pass
    value = active()[0].prints["pdq"][0]["hex"]
    body = {"count": 1, "hashFeedbacks": [{"hashValue": value, "feedbackValue": "NotBlocked", "tags": []}]}
    path, headers = "/stopncii/v1/SubmitFeedback", {"x-functions-key": secret}
    response = client.post(path, json.dumps(body), content_type="application/json", headers=headers)
    assert response.status_code == 200
    assert (active(), verdict(b, "x"), disputes.to_decide().count()) == ([], Verdict.DISPUTED, 1)
