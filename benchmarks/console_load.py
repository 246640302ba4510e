"""The console and the worker's sweep on a filled database: how long each page and each listing takes.

`python -m benchmarks.console_load` in the environment of a hotline (DISRUPT_VAR, DISRUPT_DATABASE) that
`seed` and `console_fill` have filled prints a table of medians; docs/console-figures.md holds two. Every
address that the console answers to a GET is asked; those that answer otherwise are named at the end.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROUNDS = 5
# A listing that is read without end would be read as far as the sweep reads it.
MOST = 100
# What a page is asked with, beside as it is.
ASKED = {
    "review:queue": (
        "page=1000",
        "page=99999",
        *(f"kind={kind}" for kind in ("file", "url", "read", "held", "promised")),
        *(f"kind={kind}" for kind in ("asked", "back", "disputed")),
        "kind=file&minors=only",
        "minors=none",
        "threat=on",
        "late=on",
        "mine=on",
        "language=fr",
        "language=it",
        "host=host-7.example",
        "host=nowhere.example",
        "category=VOY",
        "category=EXT-SEX&late=on&kind=url",
    ),
    "review:precedents": ("category=VOY", "category=OUT"),
    "review:change": ("kind=setting&key=undo_minutes", "kind=category&key=VOY"),
    "takedown:list": (
        "state=person",
        "state=sent",
        "state=task",
        "recipient=host",
        "host=host-7",
        "host=nowhere",
        "page=99999",
    ),
    "takedown:host": ("name=host-7.example",),
}


def median_ms(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds by the clock, after one call that warms up."""
    return both_ms(call, rounds)[0]


def both_ms(call: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Medians by the clock, and of the processor (ours and the database's), which no busy machine changes.

    A call of more than two seconds is not made again.
    """
    took, worked = [], []
    for _ in range(rounds + 1):
        began, busy = time.perf_counter(), _worked()
        call()
        took.append((time.perf_counter() - began) * 1000)
        worked.append((_worked() - busy) * 1000)
        if took[0] > 2000:
            return took[0], worked[0]
    return statistics.median(took[1:]), statistics.fmean(worked[1:])


def _worked() -> float:
    """Seconds of processor so far, of this process and of a PostgreSQL that answers it."""
    from django.db import connection

    own = time.process_time()
    if connection.vendor != "postgresql" or connection.connection is None:
        return own
    # What its further workers do is not in it.
    fields = (
        Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    )
    return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def page(client: Any, path: str) -> Callable[[], Any]:
    """What asks for a page and finds it."""

    def get() -> Any:
        response = client.get(path, HTTP_HOST="127.0.0.1")
        assert response.status_code == 200, (path, response.status_code)
        return response

    return get


def addresses() -> Iterator[tuple[str, str]]:
    """Every address of the console with its name, about things that are there."""
    from django.urls import NoReverseMatch, get_resolver, reverse

    about = _about()
    for space in ("review", "takedown", "insight"):
        patterns = get_resolver("disrupt.hotline.processes.console.urls").namespace_dict[space][1]
        for name in {key for key in patterns.reverse_dict if isinstance(key, str)}:
            (_path, names), *_more = patterns.reverse_dict.getlist(name)[0][0]
            whole = f"{space}:{name}"
            try:
                path = reverse(whole, kwargs={one: about[one] for one in names})
            except (KeyError, NoReverseMatch):
                print(f"not asked: {whole} {names}")
                continue
            yield whole, path
            yield from ((f"{whole} {asked}", f"{path}?{asked}") for asked in ASKED.get(whole, ()))


def _about() -> dict[str, Any]:
    from disrupt.hotline.cases.models import Case, Item, SecondOpinion
    from disrupt.hotline.takedown.models import Notice

    case = Case.objects.filter(in_queue=True, priority=1).order_by("created_at").first()
    assert case
    item = Item.objects.filter(case=case, state="received").first() or Item.objects.filter(case=case).first()
    opinion, notice = SecondOpinion.objects.first(), Notice.objects.first()
    return {
        "case_id": case.pk,
        "item_id": item.pk if item else None,
        "notice_id": notice.pk if notice else None,
        "opinion_id": opinion.pk if opinion else 1,
        **dict.fromkeys(("jotting_id", "hold_id", "request_id", "number", "rule_id", "decision_id"), 1),
        **dict.fromkeys(
            ("note_id", "answer_id", "source_id", "hit_id", "halt_id", "report_id", "contact_id"), 1
        ),
        **dict.fromkeys(("secret", "token", "what", "action", "name"), "x"),
    }


def pages(wanted: str = "") -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each page, as a lead who also administers; and what is searched for."""
    from disrupt.hotline.cases.models import Case

    client, without = signed_in(), []
    for name, path in sorted(addresses()):
        if wanted and wanted not in name:
            continue
        status = client.get(path, HTTP_HOST="127.0.0.1").status_code
        if status == 200:
            yield name, page(client, path)
        else:
            without.append(f"{name} ({status})")
    case = Case.objects.filter(in_queue=True).order_by("pk").first()
    assert case
    address = case.items.exclude(url="").values_list("url", flat=True).first() or "https://host-7.example/1"
    for what, asked in {
        "reference": case.reference,
        "address": address,
        "SHA-256": "ab" * 32,
        "PDQ": "0f" * 32,
    }.items():
        if not wanted or wanted in "search":
            data = {"q": asked}
            yield f"search: {what}", lambda data=data: client.post("/search/", data, HTTP_HOST="127.0.0.1")
    print("without a page there:", ", ".join(without))


def signed_in() -> Any:
    """A browser of somebody who is signed in as a lead."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    user, _new = User.objects.get_or_create(username="trial-analyst")
    for role in ("lead", "minors"):
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    _second_factor(user)
    client = Client()
    client.force_login(user)
    return client


def _second_factor(user: Any) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    if not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, generate_totp_secret())


def listings() -> list[tuple[str, Callable[[], Any]]]:
    """What the worker, the checker and the taking in ask each time they go round."""
    from disrupt.hotline.exchange.taking.tasks import DUTIES as TAKING
    from disrupt.hotline.processes.worker.duties import DUTIES
    from disrupt.hotline.takedown.checks import looking
    from disrupt.hotline.takedown.tasks import CHECKER_DUTIES, WATCH_DUTIES

    def read(due: Callable[[], Any]) -> Callable[[], Any]:
        return lambda: list(itertools.islice(due(), MOST))

    every = (*DUTIES, *CHECKER_DUTIES, *WATCH_DUTIES, *TAKING)
    asked = [(f"sweep: {duty.name}", read(duty.due)) for duty in every if duty.name != "review.abandoned"]
    return [*asked, ("sweep: looks that are due", read(looking.due_keys))]


def main() -> None:
    """Print the table, and the pages that take longer than they may."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "disrupt.hotline.processes.all_in_one")
    import django

    django.setup()
    from django.db import connection

    from disrupt.hotline.cases.models import Case

    total, still = Case.objects.count(), Case.objects.filter(closed_at=None).count()
    print(f"{connection.vendor}: {still} open and {total - still} ended cases; medians of {ROUNDS}\n")
    print("| what | ms by the clock | ms of processor |\n|---|---|---|")
    sweeps = [] if asked.only else listings()
    for name, call in itertools.chain(pages(asked.only), sweeps):
        clock, worked = both_ms(call)
        print(f"| {name} | {clock:.0f} | {worked:.0f} |", flush=True)


if __name__ == "__main__":
    main()
