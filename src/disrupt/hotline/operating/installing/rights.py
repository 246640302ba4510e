"""What each process may do with each table: the least with which it does its work.

Letters as PostgreSQL's own: r reads, a adds, w changes, d removes. Columns narrow w, and r where they are
named so. A name may end in *, for tables that have no row of their own; what has none is not touched. On
PostgreSQL the suites of the portal, the exchange and the answers run under these rights: what is missing here
fails there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class May:
    """What may be done with one table; columns are named where not all may be read or changed."""

    verbs: str
    change: tuple[str, ...] = ()
    read: tuple[str, ...] = ()

    def privileges(self) -> list[str]:
        """As GRANT writes them."""
        found = []
        for letter, verb, columns in (
            ("r", "SELECT", self.read),
            ("a", "INSERT", ()),
            ("w", "UPDATE", self.change),
            ("d", "DELETE", ()),
        ):
            if letter in self.verbs:
                quoted = ", ".join(f'"{column}"' for column in columns)
                found.append(f"{verb} ({quoted})" if columns else verb)
        return found


_READ, _ALL = May("r"), May("rawd")
# Each process looks whether the tables are those of its version.
_VERSION = {"django_migrations": _READ}
# The ledger and the log of the exchange are added to, by whom it may be; nobody's role can rewrite them.
_APPEND = {"cases_ledgerevent": May("ra"), "exchange_exchangeevent": May("ra")}
# What pins the ledgers (cases/anchoring.py): the worker adds to it, the exchange hands out its head.
_PINS = {"cases_ledgeranchor": May("ra"), "cases_ledgermark": May("ra")}
# What a line in a case's ledger takes with it.
_NEWS = ("ledger_length", "ledger_head", "to_tell", "to_call", "in_queue", "priority", "unread")
_LEDGER = {
    **_APPEND,
    "cases_case": May("rw", _NEWS),
    "cases_sealednote": May("r", read=("id", "case_id", "kind", "safe", "bounced_at")),
    "tally_fresh": May("ra", read=("id",)),
}
_SIGNS = {"common_pulse": _ALL}
# What a page changed, and what is stopped just now: every process asks, the console alone says so.
_CHANGES = {"common_amendment": _READ}
_STOPS = {"common_switch": _READ, **_CHANGES}

PORTAL: Mapping[str, May] = {
    **_LEDGER,
    **_STOPS,
    "cases_case": May("raw"),
    "cases_item": May("raw"),
    # The copies for who has the code are sealed anew under another pepper.
    "cases_sealednote": May("rawd", ("aside", "bounced_at", "safe", "copy_id", "copy_text")),
    "cases_message": May("rawd", ("read_at", "reporter_id", "reporter_text")),
    "cases_letter": May("rd"),
    # Erased with the case; the dossier says when each was written, and no words.
    "cases_jotting": May("rd", read=("id", "case_id", "kind", "at", "vault_id")),
    "cases_likeness": May("rd", read=("id", "item_id", "other_id")),
    "cases_qualification": May("rd"),
    # What its holder says of a step; what was signed is the console's to write.
    "cases_mandate": May("rawd", ("wish", "wished_at")),
    "cases_secondopinion": May("rd", read=("id", "decision_id")),
    "cases_sketch": May("rd", read=("id", "item_id")),
    "cases_stoprequest": May("ra", read=("id",)),
    "intake_upload": _ALL,
    # A person is shown the fingerprints of her own content, and who has fetched a withdrawal.
    "bank_bankentry": _READ,
    "bank_entrysource": May("r", read=("id", "entry_id", "item_id", "withdrawn_at")),
    "bank_bankchange": May("r", read=("seq", "entry_id", "kind")),
    "bank_bankreader": _READ,
    "bank_readername": _READ,
    "bank_readon": _READ,
    "bank_blockedcopies": _READ,
    "insight_*": _READ,
}
EXCHANGE: Mapping[str, May] = {
    "bank_*": _ALL,
    "exchange_*": _ALL,
    **_LEDGER,
    **_STOPS,
    # A key is made by an operator, or by its partner in the place of another (scope exchange:key:rotate).
    "exchange_partner": _READ,
    "exchange_apikey": May(
        "raw", ("last_used_on", "saw_all_until", "sees", "expires_at", "revoked_at", "made_with_id")
    ),
    "cases_item": May("rw", ("changed_at", "due_at", "held_for")),
    "cases_ledgerevent": May("ra"),
    "cases_ledgeranchor": _READ,
    "tally_fresh": May("ra"),
    "tally_daily": _READ,
    "tally_monthly": _READ,
}
ANSWERS: Mapping[str, May] = {
    **_LEDGER,
    **_STOPS,
    "cases_item": May("rw", ("asked_until", "changed_at", "due_at", "held_for", "state")),
    # A refusal makes the step that the plan has after it.
    "takedown_notice": May("raw"),
    "takedown_target": May("rw", ("look_at", "read_at")),
    "takedown_concern": _READ,
    "takedown_halt": _READ,
    "takedown_answer": May("ra"),
}
CHECKER: Mapping[str, May] = {
    **_LEDGER,
    **_STOPS,
    **_SIGNS,
    "common_visited": _ALL,
    "takedown_*": _ALL,
    "cases_item": May("rw", ("asked_until", "changed_at", "due_at", "held_for", "state")),
    "cases_qualification": _READ,
    "cases_letter": May("ra"),
    "bank_bankentry": _READ,
    "bank_entrysource": _READ,
}
TAKING: Mapping[str, May] = {
    **_STOPS,
    **_SIGNS,
    "bank_*": _ALL,
    "exchange_takensource": _ALL,
    "exchange_takenentry": _ALL,
    # Whether a fingerprint is, or was, on the hotline's own list.
    "exchange_wirehash": _READ,
    # Why an entry was disputed, which its list is told.
    "exchange_entryword": May("r", read=("id", "entry_id", "opinion", "why", "changed_at")),
}
WATCH: Mapping[str, May] = {
    **_SIGNS,
    **_CHANGES,
    "cases_case": May("r", read=("id", "priority", "created_at", "closed_at", "in_queue", "unread")),
    "cases_item": May("r", read=("id", "case_id", "due_at", "held_for", "state")),
    "cases_letter": May("r", read=("id", "due_at", "state")),
    "bank_bankentry": May("r", read=("id", "state")),
    "bank_banksequence": _READ,
    "takedown_notice": May(
        "r",
        read=(
            "id",
            "state",
            "step",
            "due_at",
            "waits_for_police",
            "held",
            "within_id",
            "category",
            "channel",
            "decision",
            "transmitting_at",
            "target_id",
            "sent_at",
            "stays_told_at",
            "action",
        ),
    ),
    "takedown_target": May("r", read=("id", "failing_since", "look_at", "presence")),
    "exchange_apikey": May("r", read=("id", "partner_id", "created_at", "revoked_at", "last_used_on")),
    "exchange_partner": May("r", read=("id", "name", "active")),
}
_HOUSE = ("common_*", "tally_*", "cases_*", "bank_*", "takedown_*", "exchange_*", "insight_*", "review_*")
CONSOLE: Mapping[str, May] = {
    **dict.fromkeys(_HOUSE, _ALL),
    **_APPEND,
    **dict.fromkeys(_PINS, _READ),
    **dict.fromkeys(("auth_*", "account_*", "mfa_*", "django_session"), _ALL),
    "django_content_type": _READ,
    # The audit log is added to, and nobody's role can rewrite it.
    "common_auditevent": May("ra"),
    "common_audithead": May("raw"),
    # An invitation makes an account with its roles; only an operator changes or ends them. What is
    # left is a password and the time of a sign-in.
    "auth_user": May("raw", ("password", "last_login")),
    "auth_user_groups": May("ra"),
    "auth_user_user_permissions": _READ,
    "auth_group": May("ra"),
    "auth_group_permissions": _READ,
    "auth_permission": _READ,
    "exchange_partner": _READ,
    # A key is made and ended on a page (review/admin.py); what it may do is never changed.
    "exchange_apikey": May("raw", ("revoked_at",)),
}
WORKER: Mapping[str, May] = {
    **dict.fromkeys((*_HOUSE, "intake_*"), _ALL),
    **_APPEND,
    **_PINS,
    **_STOPS,
    **dict.fromkeys(("common_auditevent", "common_audithead"), _READ),
    "auth_user": May("r", read=("id", "username", "is_active")),
    "django_content_type": _READ,
    "django_session": May("rd"),
    "exchange_partner": _READ,
    "exchange_apikey": _READ,
}

PROCESSES: Mapping[str, Mapping[str, May]] = {
    "portal": PORTAL,
    "console": CONSOLE,
    "exchange": EXCHANGE,
    "worker": WORKER,
    "answers": ANSWERS,
    "checker": CHECKER,
    "taking": TAKING,
    "watch": WATCH,
}


def rights(process: str, tables: Iterable[str]) -> dict[str, May]:
    """What a process may do with each of these tables, where it may do anything."""
    found = {}
    for table in tables:
        rows = {**_VERSION, **PROCESSES[process]}
        patterns = [may for pattern, may in rows.items() if fnmatchcase(table, pattern)]
        may = rows.get(table) or (patterns[0] if patterns else None)
        if may is not None:
            found[table] = may
    return found
