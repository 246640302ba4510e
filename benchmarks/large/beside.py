"""What many cases have led to, as statements that a database runs by itself: notices, entries, opinions.

Every row is made up from an item's or a decision's; columns that are not named here hold their defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Statement = tuple[str, str, list[Any]]


def beside(*, postgresql: bool) -> Iterator[Statement]:
    """The table, the statement that fills it, and its values."""
    from disrupt.hotline.bank.models import BankChange, BankEntry, EntrySource
    from disrupt.hotline.cases.models import Message, SecondOpinion
    from disrupt.hotline.takedown.models import Concern, Notice, Target

    hexes = "replace({}::text, '-', '')" if postgresql else "{}"

    def hexed(column: str) -> str:
        return hexes.format(column)

    def other(column: str, letter: str) -> str:
        """Another key made of one: its version's digit is a letter, which no random one has."""
        if postgresql:
            return f"overlay({column}::text placing '{letter}' from 15 for 1)::uuid"
        return f"substr({column}, 1, 12) || '{letter}' || substr({column}, 14)"

    host = (
        "split_part(split_part(i.url, '//', 2), '/', 1)"
        if postgresql
        else ("substr(i.url, 9, instr(substr(i.url, 9), '/') - 1)")
    )
    yes, no = ("true", "false") if postgresql else ("1", "0")
    told = "i.kind = 'url' AND i.state IN ('host_notified', 'removed')"
    number = "row_number() OVER (ORDER BY i.id) AS n"
    numbered = f"(SELECT {number}, i.*, {host} AS host FROM cases_item i WHERE {told}) i"
    gone = "CASE WHEN i.state = 'removed' THEN 'gone' ELSE 'live' END"
    yield _fill(
        Target,
        {
            "id": "i.n",
            "digest": f"{hexed('i.id')} || {hexed('i.id')}",
            "url": "i.url",
            "host": "i.host",
            "site": "i.host",
            "created_at": "i.created_at",
            "presence": gone,
            "leaning": gone,
            "anchor_at": "i.created_at",
        },
        numbered,
    )
    decided = f"{numbered} JOIN cases_qualification q ON q.item_id = i.id"
    yield _fill(
        Concern,
        {"target_id": "i.n", "item_id": "i.id", "category": "q.category", "created_at": "i.created_at"},
        decided,
    )
    for step, letter in (("police", "a"), ("host", "b")):
        # One in two hundred notices to hosts waits for a person, some have not left yet.
        state = (
            "'sent'"
            if step == "police"
            else ("CASE WHEN i.n % 200 = 0 THEN 'task' WHEN i.n % 201 = 0 THEN 'scheduled' ELSE 'sent' END")
        )
        key = other("i.id", letter)
        short = f"substr({hexed('i.id')}, 1, 12) || substr({hexed('i.id')}, 25)"
        yield _fill(
            Notice,
            {
                "id": key,
                "reference": f"'N-' || {short} || '{letter}'",
                "message_id": f"'<' || {hexed('i.id')} || '{letter}@hotline.example>'",
                "target_id": "i.n",
                "step": f"'{step}'",
                "recipient": "'pharos'" if step == "police" else "'host'",
                "channel": "'email'",
                "name": "'Police'" if step == "police" else "i.host",
                "scope": "'police'" if step == "police" else "'host'",
                "registry": "'2026-11'",
                "host": "i.host",
                "language": "'fr'",
                "category": "q.category",
                "scheme": "q.scheme",
                "state": state,
                "action": "CASE WHEN i.state = 'removed' THEN 'removed' ELSE '' END"
                if step == "host"
                else "''",
                # What stays for a month was said to whoever reported it, but for one in a hundred.
                "stays_told_at": "CASE WHEN i.state <> 'removed' AND i.n % 100 <> 0 THEN q.at END",
                "action_at": "CASE WHEN i.state = 'removed' THEN i.changed_at END"
                if step == "host"
                else "NULL",
                "due_at": "q.at",
                "sent_at": "q.at",
                "created_at": "q.at",
                "changed_at": "q.at",
                "regime": "'dsa'",
                "plan": "'2026-11'",
                "waits_for_police": no,
                "held": no,
            },
            decided,
        )
    banked = f"(SELECT {number}, i.* FROM cases_item i WHERE i.kind = 'file' AND i.state = 'protected') i"
    yield _fill(
        BankEntry,
        {
            "id": other("i.id", "c"),
            "kind": "'image'",
            "origin": "'examined'",
            "category": "q.category",
            "identity": f"{hexed('i.id')} || {hexed('i.id')}",
            "sha256": f"{hexed('i.id')} || {hexed('i.id')}",
            "md5": hexed("i.id"),
            "created_at": "q.at",
        },
        f"{banked} JOIN cases_qualification q ON q.item_id = i.id",
    )
    yield _fill(
        EntrySource, {"entry_id": other("i.id", "c"), "item_id": "i.id", "added_at": "i.created_at"}, banked
    )
    yield _fill(
        BankChange,
        {"seq": "i.n", "entry_id": other("i.id", "c"), "kind": "'added'", "at": "i.created_at"},
        banked,
    )
    # Two decisions in a hundred had a second opinion; of those some are asked for still, some are disputed.
    asked = "(SELECT row_number() OVER (ORDER BY id) AS n, * FROM cases_qualification WHERE id % 50 = 0) q"
    yield _fill(
        SecondOpinion,
        {
            "decision_id": "q.id",
            "why": "'sample'",
            "asked_at": "q.at",
            "category": "q.category",
            "person": "q.person",
            "by": "CASE WHEN q.n % 100 = 0 THEN '' ELSE 'analyst:99' END",
            "at": "CASE WHEN q.n % 100 = 0 THEN NULL ELSE q.at END",
            "agrees": f"CASE WHEN q.n % 100 = 0 THEN NULL WHEN q.n % 150 = 0 THEN {no} ELSE {yes} END",
        },
        asked,
    )
    wrote = "(SELECT row_number() OVER (ORDER BY id) AS n, * FROM cases_case WHERE lookup < '2') c"
    empty = "''::bytea" if postgresql else "x''"
    yield _fill(
        Message,
        {
            "case_id": "c.id",
            "author": "'reporter'",
            "submission": f"{hexed('c.id')} || {hexed('c.id')}",
            "review_id": hexed(other("c.id", "a")) if not postgresql else hexed(f"({other('c.id', 'a')})"),
            "reporter_id": hexed(f"({other('c.id', 'b')})"),
            "review_text": empty,
            "reporter_text": empty,
            "at": "c.created_at",
            "read_at": "CASE WHEN c.n % 100 = 0 THEN NULL ELSE c.created_at END",
        },
        wrote,
    )


def _fill(model: Any, said: Mapping[str, str], rows: str) -> Statement:
    """One INSERT ... SELECT; what is not said is the column's default."""
    from django.db import connection

    columns, expressions, values = [], [], []
    for field in model._meta.concrete_fields:
        if field.attname in said:
            # `%` is doubled: the driver reads the statement as a format.
            expressions.append(said[field.attname].replace("%", "%%"))
        elif field.primary_key:
            continue
        else:
            expressions.append("%s")
            values.append(field.get_db_prep_save(field.get_default(), connection))
        columns.append(f'"{field.column}"')
    table = model._meta.db_table
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(expressions)} FROM "  # own names
    )
    return table, statement + rows.replace("%", "%%"), values
