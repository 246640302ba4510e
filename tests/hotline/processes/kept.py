"""Opening a kept database: what the code of today reads in it, and how its rows get into PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

# Run in the hotline's environment, with the codes as its argument.
LOOK = """
import json, sys, django
django.setup()
from disrupt.hotline.cases import finding, ledger
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.queries import read_note
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.exchange.models import Partner

codes = json.loads(sys.argv[1])
cases, texts = {}, {}
for name, code in codes.items():
    case = finding.find_case(code)
    cases[name] = {
        "items": list(case.items.order_by("position").values_list("state", flat=True)),
        "notes": sorted(case.notes.values_list("kind", flat=True)),
        "messages": case.messages.count(),
        "events": ledger.verify(case),
    }
    texts[name] = [read_note(note) for note in case.notes.order_by("kind")]
print(json.dumps({
    "cases": cases, "texts": texts, "states": [state.value for state in ItemState],
    "partners": list(Partner.objects.values_list("name", flat=True)),
}))
"""

# Run as the portal: what each person reads with the code, in French and in English.
PAGES = """
import json, sys, django
django.setup()
from django.conf import settings
from django.test import Client

codes = json.loads(sys.argv[1])
pages = {}
for name, code in codes.items():
    pages[name] = []
    for language in ("fr", "en"):
        person = Client(HTTP_HOST="127.0.0.1")
        answer = person.post(f"/{language}/follow/", {"code": code}, follow=True)
        shown = answer.content.decode().count('<li class="item')
        pages[name].append([answer.status_code, shown])
print(json.dumps(pages))
"""


def copy_rows(source: Path, target: str) -> None:
    """Every row of a SQLite database into the same tables of an empty PostgreSQL database."""
    old = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    with old, psycopg.connect(target) as new:
        new.execute("SET TIME ZONE 'UTC'")
        new.execute("SET session_replication_role = replica")  # foreign keys are whole again at the end
        names = [row[0] for row in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if name.startswith("sqlite_") or name == "django_migrations":
                continue
            new.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            _copy_table(old, new, name)
    old.close()


def _copy_table(old: sqlite3.Connection, new: psycopg.Connection[Any], name: str) -> None:
    types = dict(
        new.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [name]
        ).fetchall()
    )
    rows = old.execute(f'SELECT * FROM "{name}"')
    columns = [column[0] for column in rows.description]
    insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
        sql.Identifier(name),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(sql.SQL("%s::" + types[column]) for column in columns),  # type: ignore[arg-type]
    )
    for row in rows:
        new.execute(
            insert, [_value(value, types[column]) for value, column in zip(row, columns, strict=True)]
        )
    if types.get("id") in {"bigint", "integer"}:
        new.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {}").format(
                sql.Identifier(name)
            ),
            [name],
        )


def _value(value: Any, kind: str) -> Any:
    return bool(value) if kind == "boolean" and value is not None else value
