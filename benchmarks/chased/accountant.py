"""What every address came to, against what its host did; messages as the receiving server counted them.

It shares nothing with the hotline: it reads the rows, the mails, and the hosts.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from benchmarks.chased.hosts import POLICE, Host, Post, urls_of

_ROWS = """
SELECT t.url, i.state, t.presence,
  (SELECT COUNT(*) FROM takedown_notice n
   WHERE n.target_id = t.id AND n.step = 'regulator' AND n.state = 'task'),
  (SELECT MAX(n.round) FROM takedown_notice n WHERE n.target_id = t.id),
  (SELECT COUNT(*) FROM takedown_check c WHERE c.target_id = t.id),
  (SELECT COUNT(*) FROM takedown_check c WHERE c.target_id = t.id AND c.seen = 'unknown')
FROM takedown_target t JOIN takedown_concern k ON k.target_id = t.id JOIN cases_item i ON i.id = k.item_id
"""


def account(folder: Path, hosts: list[Host], of: dict[str, Host], post: Post) -> dict[str, object]:
    """The figures of a run; `wrong` names each address that came to another end than it should."""
    rows = {url: rest for url, *rest in _read(folder / "disrupt.sqlite3")}
    told: dict[str, Counter[str]] = defaultdict(Counter)
    names = Counter(str(mail.message["Message-ID"]) for mail in post.mails)
    for mail in post.mails:
        words = str(mail.message["Subject"]).split()
        kind = f"reminder {words[2].rstrip(':')}" if words[1] == "Reminder" else "notice"
        (recipient,) = mail.recipients
        who = "police" if recipient == POLICE else "second" if recipient.startswith("second@") else "host"
        for url in urls_of(mail):
            told[url][f"{who}: {kind}"] += 1
    wrong = [f"{of[url].name}: {url}: {why}" for url in of for why in _why(rows.get(url), of[url], told[url])]
    wrong += [f"{name} came {n} times" for name, n in names.items() if n > 1]
    by_kind: dict[str, dict[str, object]] = {}
    for name in dict.fromkeys(host.name for host in hosts):
        mine = [url for url in of if of[url].name == name]
        by_kind[name] = {
            "addresses": len(mine),
            "ends": dict(Counter(rows[url][0] for url in mine if url in rows)),
            "messages for an address": dict(sum((told[url] for url in mine), Counter[str]())),
            "looks": sum(rows[url][4] for url in mine if url in rows),
            "complaint prepared": sum(bool(rows[url][2]) for url in mine if url in rows),
        }
    return {"addresses": len(of), "messages": len(post.mails), "kinds": by_kind, "wrong": wrong}


def _read(database: Path) -> list[tuple[str, str, str, int, int, int, int]]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(_ROWS).fetchall()
    finally:
        connection.close()


def _why(row: list[Any] | None, host: Host, told: Counter[str]) -> list[str]:
    """In what an address did not end as it should."""
    if row is None:
        return ["it is nowhere"]
    state, presence, complaint, rounds, _looks, unseen = row
    kind, found = host.kind, []
    if (state == "removed") != kind.ends_gone or (presence == "gone") != kind.ends_gone:
        found.append(f"it is {state}, {presence}")
    if rounds != (2 if kind.returns else 1):
        found.append(f"{rounds} rounds")
    if not kind.ends_gone and not complaint:
        found.append("no complaint is prepared")
    wanted = Counter({"police: notice": 1, "host: notice": 1})
    if kind.returns:
        wanted += Counter({"police: notice": 1, "host: notice": 1})
    if kind.second:
        wanted += Counter({"second: notice": 1, "host: reminder 1": 1})
    reminders = 0 if kind.second else min(kind.after, 4) - 1
    wanted += Counter({f"host: reminder {n}": 1 for n in range(1, reminders + 1)})
    # The clock goes on by days at once: what was removed, and not looked at yet, may be reminded of once, and
    # once more for each look that came to nothing.
    first = _reminders(wanted) + 1
    following = Counter({f"host: reminder {n}": 1 for n in range(first, first + 1 + unseen)})
    # A reminder waits while the last look did not see it: how many a host that flaps has had is chance.
    least = Counter({k: n for k, n in wanted.items() if "reminder" not in k}) if kind.flaps else wanted
    if least - told or told - (wanted + following if kind.ends_gone else wanted):
        found.append(f"told {dict(told)}, not {dict(wanted)}")
    return found


def _reminders(wanted: Counter[str]) -> int:
    return sum("reminder" in what for what in wanted)
