"""The console and the worker's sweep on a seeded database: how long each page and each listing takes.

`python -m benchmarks.console_load` in the environment of a hotline (DISRUPT_VAR, DISRUPT_DATABASE) that
`manage seed` has filled prints a table of medians; docs/console-figures.md holds one.
"""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 5
# A listing that is read without end would be read as far as the sweep reads it.
MOST = 100


def median_ms(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds, after one call that warms up."""
    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[1:])


def pages() -> list[tuple[str, Callable[[], Any]]]:
    """The pages that an analyst opens most, as somebody signed in."""
    from disrupt.hotline.cases.models import Case, Item

    client = signed_in()
    case = Case.objects.filter(closed_at=None).order_by("pk").first()
    item = Item.objects.filter(state="received", kind="url").order_by("pk").first()
    assert case
    assert item
    paths = {
        "queue": "/",
        "queue, far down": "/?page=1000",
        "queue, files of minors": "/?kind=file&minors=only",
        "queue, late": "/?late=on",
        "queue, of a host": "/?host=host-7.example",
        "queue, waiting for an answer": "/?kind=asked",
        "queue, decided in it": "/?category=VOY",
        "case": f"/cases/{case.pk}/",
        "item": f"/items/{item.pk}/",
        "messages": "/messages/",
        "accesses": "/accesses/",
        "ledger": f"/cases/{case.pk}/ledger/",
        "today": "/figures/",
        "second opinions": "/second/",
        "legal holds": "/holds/",
        "precedents": "/precedents/",
    }
    reference = case.reference
    found = [(name, page(client, path)) for name, path in paths.items()]
    search = ("search", lambda: client.post("/search/", {"q": reference}, HTTP_HOST="127.0.0.1"))
    return [*found, search]


def page(client: Any, path: str) -> Callable[[], Any]:
    """What asks for a page and finds it."""

    def get() -> Any:
        response = client.get(path, HTTP_HOST="127.0.0.1")
        assert response.status_code == 200, (path, response.status_code)
        return response

    return get


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
    """What the worker asks each time it goes round."""
    from disrupt.hotline.processes.worker.duties import DUTIES

    def read(due: Callable[[], Any]) -> Callable[[], Any]:
        return lambda: list(itertools.islice(due(), MOST))

    return [(f"sweep: {duty.name}", read(duty.due)) for duty in DUTIES if duty.name != "review.abandoned"]


def main() -> None:
    """Print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "disrupt.hotline.processes.all_in_one")
    import django

    django.setup()
    from django.db import connection

    from disrupt.hotline.cases.models import Case

    total, still = Case.objects.count(), Case.objects.filter(closed_at=None).count()
    print(f"{connection.vendor}: {still} open and {total - still} ended cases; medians of {ROUNDS}\n")
    print("| what | ms |\n|---|---|")
    for name, call in (*pages(), *listings()):
        print(f"| {name} | {median_ms(call, 2 if name.startswith('queue') else ROUNDS):.1f} |", flush=True)


if __name__ == "__main__":
    main()
