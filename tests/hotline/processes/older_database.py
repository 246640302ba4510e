"""Run in a hotline's environment: `make` a database as the first release did, `look` what became of it."""

from __future__ import annotations

import datetime as dt
import json
import sys
import uuid
from typing import Any

import django
from django.db import connection, transaction

OURS = ("bank", "cases", "exchange", "intake", "review", "takedown")
ITEMS = uuid.UUID(int=1), uuid.UUID(int=2)
THEN = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
WHOLE, PART = "7" * 64, "8" * 64


def make() -> dict[str, Any]:
    """Only the first migrations, and rows as their models were: a case with contact and mail, two entries."""
    from django.db.migrations.executor import MigrationExecutor

    from disrupt.hotline.common import codes
    from disrupt.hotline.common.store import vault

    executor = MigrationExecutor(connection)
    first = [(app, "0001_initial") for app in OURS]
    executor.migrate(first)
    old = executor.loader.project_state(first).apps
    code = codes.from_bits(b"\1" * 13)
    derived = codes.derive(code)
    sealed = vault.seal("somebody@example.org")
    with transaction.atomic():
        case = old.get_model("cases", "Case").objects.create(
            lookup=derived.lookup,
            submission="s" * 64,
            public_key=derived.public_key,
            language="fr",
            reporter="self",
            age_when_taken="adult",
            stated_at=THEN,
            created_at=THEN,
        )
        note = old.get_model("cases", "SealedNote").objects.create(
            case=case,
            kind="email",
            vault_id=sealed.vault_id,
            ciphertext=sealed.ciphertext,
            safe=True,
            created_at=THEN,
        )
        old.get_model("cases", "Letter").objects.create(
            case=case, note_id=note.pk, token="t" * 24, state="sent", due_at=THEN, created_at=THEN
        )
        for position, item in enumerate(ITEMS, 1):
            _item(old, case, item, position)
        old.get_model("bank", "BankSequence").objects.create(pk=1, last=3)
        _decided(old, case)
        partner = old.get_model("exchange", "Partner").objects.create(name="Old", created_at=THEN)
        old.get_model("exchange", "ApiKey").objects.create(
            partner=partner,
            prefix="0" * 12,
            digest="1" * 64,
            scopes=["exchange:stopncii:read"],
            created_at=THEN,
            expires_at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC),
        )
    return {"code": code}


def _item(old: Any, case: Any, item: uuid.UUID, position: int) -> None:
    """The first is still in the bank; the second was withdrawn, with every fingerprint left in its row."""
    gone = THEN if position == 2 else None
    old.get_model("cases", "Item").objects.create(
        id=item,
        case=case,
        position=position,
        kind="file",
        state="withdrawn" if gone else "protected",
        created_at=THEN,
        changed_at=THEN,
    )
    entry = old.get_model("bank", "BankEntry").objects.create(
        kind="image",
        state="withdrawn" if gone else "active",
        origin="examined",
        category="NCII-DIF",
        sha256=str(position) * 64,
        md5=str(position) * 32,
        prints={
            "pdq": [
                {"hex": WHOLE, "quality": 90, "role": "stored"},
                {"hex": PART, "quality": 90, "role": "derived"},
            ],
            "vpdq": [],
        },
        created_at=THEN,
        withdrawn_at=gone,
    )
    old.get_model("bank", "EntrySource").objects.create(
        entry=entry, item_id=item, added_at=THEN, withdrawn_at=gone
    )
    changes = old.get_model("bank", "BankChange").objects
    changes.create(seq=position, entry=entry, kind="added", at=THEN)
    if gone:
        changes.create(seq=3, entry=entry, kind="withdrawn", at=THEN)


def _decided(old: Any, case: Any) -> None:
    """An address that was decided on a moment ago, and that the worker has not seen yet."""
    address = old.get_model("cases", "Item").objects.create(
        case=case,
        position=3,
        kind="url",
        url="https://example.org/a",
        state="rejected",
        due_at=THEN,
        created_at=THEN,
        changed_at=THEN,
    )
    old.get_model("cases", "Qualification").objects.create(
        item=address,
        category="OUT",
        scheme="2026-11",
        person="adult",
        reason="NOT-INTIMATE",
        by="analyst:1",
        at=THEN,
    )


def look(code: str) -> dict[str, Any]:
    """What the release of today makes of it."""
    from disrupt.hotline.bank.models import BankEntry
    from disrupt.hotline.cases import finding, ledger
    from disrupt.hotline.cases.models import Letter, SealedNote
    from disrupt.hotline.cases.queries import current_qualification, read_note
    from disrupt.hotline.common.actors import WORKER
    from disrupt.hotline.common.running.sweep import Sweep
    from disrupt.hotline.exchange.door.sight import Sight
    from disrupt.hotline.exchange.models import ApiKey, ExchangeEvent
    from disrupt.hotline.exchange.queries import feed_page
    from disrupt.hotline.processes.worker.duties import DUTIES

    case = finding.find_case(code)
    note, letter = SealedNote.objects.get(), Letter.objects.get()
    with transaction.atomic():
        ledger.record(case, "note.read", WORKER)
    sweeping = Sweep(
        tuple(duty for duty in DUTIES if duty.name in {"wire-hashes", "review.withdrawn", "review.items"})
    )
    while sweeping.once():
        pass
    entries = BankEntry.objects.order_by("sha256", "md5")
    return {
        "contact": read_note(note),
        "any_hour": note.any_hour,
        "letter": [letter.knew, letter.tells],
        "verified": ledger.verify(case),
        "decided": getattr(current_qualification(case.items.get(position=3)), "category", None),
        "items": list(case.items.order_by("position").values_list("state", flat=True)),
        "feed": [[change.seq, type(change).__name__] for change in feed_page(0, 10, 0, Sight()).changes],
        "keys": [[key.scopes, key.saw_all_until] for key in ApiKey.objects.all()],
        "told": [[event.kind, event.data.get("without")] for event in ExchangeEvent.objects.all()],
        "prints": [[entry.sha256[:1], len(entry.prints.get("pdq", ()))] for entry in entries],
    }


if __name__ == "__main__":
    from disrupt.hotline.common.keys import create_all
    from disrupt.hotline.processes.base import KEYS_FOLDER, VAR

    VAR.mkdir(mode=0o700, exist_ok=True)
    create_all(KEYS_FOLDER)
    django.setup()
    print(json.dumps(make() if sys.argv[1] == "make" else look(sys.argv[2])))
