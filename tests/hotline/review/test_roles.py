"""One table: every address of the console, and which roles it answers to. An address without a row fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review.pages import item_path, page
from tests.hotline.review.test_permissions import ALL

from disrupt.hotline.common.permissions import ROLES
from disrupt.hotline.common.store import vault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

ANALYST, SENIOR, LEAD, ADMIN = "analyst", "senior", "lead", "administrator"
AUDITOR, MINORS, NOBODY = "auditor", "minors", ""
ROLES_TRIED = (ANALYST, SENIOR, LEAD, ADMIN, AUDITOR, MINORS, NOBODY)
DECIDES = {ANALYST, SENIOR, LEAD}
READS = DECIDES | {AUDITOR}
OVERSEES = {LEAD, AUDITOR}
RUNS = {LEAD, ADMIN}
COUNTS = READS | {ADMIN}

TABLE: dict[str, set[str]] = {
    "review:queue": READS,
    "review:search": READS,
    "review:case": READS,
    "review:ledger": READS,
    "review:partners": READS,
    "review:lists": READS,
    "review:disputed": READS,
    "review:decide-disputed": {LEAD, SENIOR},
    "review:proposals": READS,
    "review:decide-proposals": {LEAD, SENIOR},
    "review:accesses": OVERSEES,
    "review:today": COUNTS,
    "review:mine": COUNTS,
    "insight:time": COUNTS,
    "insight:years": COUNTS,
    "insight:reports": COUNTS,
    "insight:report": COUNTS,
    "insight:file": COUNTS,
    "insight:new": {LEAD},
    "insight:words": {LEAD},
    "insight:anew": {LEAD},
    "insight:sign": {LEAD},
    "insight:publish": {LEAD},
    "review:switches": RUNS,
    "review:keys": RUNS,
    "review:revoke-key": RUNS,
    "review:people": RUNS,
    "review:take-back": RUNS,
    # For people who have no account yet.
    "review:invited": set(),
    "review:in-force": RUNS | {AUDITOR},
    "review:change": RUNS,
    "review:audit": RUNS | {AUDITOR},
    # Whoever is signed in ends their own sessions: tried last, in test_admin.py.
    "review:begin-anew": set(ROLES_TRIED),
    "review:precedents": DECIDES,
    "review:ask": DECIDES,
    "review:second": DECIDES,
    "review:second-item": DECIDES,
    "review:agreement": OVERSEES | {SENIOR},
    "review:settle": {LEAD, SENIOR},
    "review:holds": READS,
    "review:hold": DECIDES,
    "review:confirm-hold": {LEAD},
    "review:end-hold": {LEAD},
    "review:rules": READS,
    "review:rule-off": {LEAD},
    "review:preferences": DECIDES,
    "review:stop": DECIDES,
    "review:stopped": DECIDES,
    "review:evidence": DECIDES,
    "review:allow-evidence": {LEAD},
    "review:take-evidence": DECIDES,
    "review:begin": DECIDES,
    "review:open": DECIDES,
    "review:correspondence": DECIDES,
    "review:messages": DECIDES,
    "review:answer": DECIDES,
    "review:called": DECIDES,
    "review:draft-of-case": DECIDES,
    "review:draft-of-item": DECIDES,
    "review:jot": DECIDES,
    "review:promise": DECIDES,
    "review:take-jotting-away": DECIDES,
    "review:have-read": DECIDES,
    "review:take-off-case": DECIDES,
    "review:let-case-through": DECIDES,
    "review:let-through": DECIDES,
    "review:keep-off": DECIDES,
    "review:prolong": DECIDES,
    "review:hand-over": DECIDES,
    "review:skip": DECIDES,
    "review:take-over": {LEAD, SENIOR},
    "review:item": DECIDES,
    "review:words": DECIDES,
    "review:show": DECIDES,
    "review:hold-look": DECIDES,
    "review:let-go": DECIDES,
    "review:take-off": DECIDES,
    "review:keep-as-proof": DECIDES,
    "review:undo": DECIDES,
    "review:hurry": DECIDES,
    "review:hold-decision": {LEAD},
    "review:note": DECIDES,
    "review:preview": DECIDES,
    "takedown:list": READS,
    "takedown:answers": READS,
    "takedown:answer": DECIDES,
    "takedown:hosts": READS,
    "takedown:host": READS,
    "takedown:stops": READS,
    "takedown:lift": DECIDES,
    "takedown:notice": READS,
    "takedown:mandates": DECIDES,
    "takedown:mandate_end": DECIDES,
    "takedown:message": READS,
    "takedown:watch": READS,
    "takedown:watch_add": {LEAD},
    "takedown:watch_end": {LEAD},
    "takedown:hit": DECIDES,
    "takedown:paper": READS,
    "takedown:complaint": DECIDES,
    "takedown:tell": DECIDES,
    "takedown:act": DECIDES,
}
OURS = [(name, path) for name, path in ALL if ":" in name]


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert {name for name, _path in OURS} == set(TABLE)
    assert set(ROLES) <= set(ROLES_TRIED)


@pytest.mark.parametrize("role", ROLES_TRIED)
def test_each_address_answers_to_its_roles_only(client: Client, make_user: MakeUser, role: str) -> None:
    client.force_login(make_user("somebody", role, minors=False))
    wrong = []
    for name, path in OURS:
        if name == "review:begin-anew":
            continue
        for method in ("get", "post"):
            status = getattr(client, method)(path).status_code
            allowed = role in TABLE[name]
            if name == "takedown:stops" and method == "post":
                allowed = role in DECIDES
            if (status == 403) if allowed else (status not in {403, 405}):
                wrong.append((name, method, status))
    assert wrong == []


def test_an_auditor_reads_what_was_done_and_no_content(
    client: Client, as_alice: Client, make_user: MakeUser, make_case: Any
) -> None:
    words = "nobody but an analyst reads this"
    case = make_case(urls=("https://example.org/a",), files=(b"a picture",), description=vault.seal(words))
    as_alice.post(f"{item_path(case)}words/")
    auditor = signed_in(make_user("olga", "auditor"))
    ledger = page(auditor, f"/cases/{case.pk}/ledger/")
    assert "Sealed text read" in ledger
    assert "alice" in ledger
    html = page(auditor, f"/cases/{case.pk}/")
    for thing in (words, "<img", 'action="/notes/', "/items/", "Take the first", "Undo"):
        assert thing not in html, thing
    assert "Sealed text read" in page(auditor, "/accesses/")
    for path in (item_path(case), f"/notes/{case.notes.get().pk}/", "/messages/"):
        assert auditor.get(path).status_code == 403


def test_an_account_is_made_an_auditor_by_command() -> None:
    call_command("analyst", "add", "olga", "--role", "auditor", "--no-totp")
    from django.contrib.auth.models import User

    assert list(User.objects.get(username="olga").groups.values_list("name", flat=True)) == ["auditor"]
