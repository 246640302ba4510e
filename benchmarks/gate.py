"""A crowd at the portal's gate: 10,000 reports, 10,000 declared hashes (`python -m benchmarks.gate`).

Django's test client: a browser would add nothing. A crowd from a few networks sends reports by the one-page
form, some twice and all without a proof of work; then reports of fifty fingerprints that nobody has seen.
Prints what the limits made of it; ends with status 1 where something was lost, doubled, refused, or offered
further than it may be. With DISRUPT_TEST_VAR a run adds to the hotline that the run before has left there.
`tests/promises/test_the_gate.py` does it small.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import itertools
import json
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# Addresses of the crowd's networks, and of a person who is of none of them.
CROWD, ELSEWHERE = "10.0.{}.1", "198.51.100.7"
AT_ONCE = 50


@dataclass
class Seen:
    """What became of a crowd's reports; `wrong`: what should not be."""

    sent: int = 0
    at_once: int = 0
    waited: int = 0
    elsewhere: list[float] = field(default_factory=list)
    offered: int = 0
    held: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


@contextmanager
def served_as(name: str) -> Iterator[None]:
    """Requests are answered as this process answers them, behind a proxy that says who comes."""
    from importlib import import_module

    from django.test import override_settings

    served = import_module(f"disrupt.hotline.processes.{name}.settings")
    names = [one for one in dir(served) if one.isupper() and one not in _OURS]
    with override_settings(**{one: getattr(served, one) for one in names}, BEHIND_PROXY=True):
        yield


# What a process's settings must not bring along here: the run has a database and costs of its own.
_OURS = frozenset(
    {"DATABASES", "INSTALLED_APPS", "ALLOWED_HOSTS", "CODE_ARGON2_OPS", "CODE_ARGON2_BYTES", "LOGGING"}
    | {"STATICFILES_STORAGE", "STORAGES", "OFFER_EVERY", "BEHIND_PROXY"}
)


def _person(address: str) -> Any:
    from django.test import Client
    from tests.hotline.intake.conftest import Person

    return Person(Client(enforce_csrf_checks=True, headers={"X-Forwarded-For": address}))


def reports(number: int, networks: int) -> Seen:
    """Reports by the one-page form, from so many networks; a person elsewhere sends some meanwhile."""
    from disrupt.hotline.cases.models import Case, Item
    from disrupt.hotline.common import clock
    from disrupt.hotline.intake.visit.limits import GATE, LONGEST_WAIT

    GATE.clear()
    seen, waiting, codes = Seen(), list[Any](), list[str]()
    began, before = time.perf_counter(), Case.objects.count()
    with served_as("portal"):
        for n in range(number):
            person = _person(CROWD.format(n % networks))
            person.open_form()
            page = person.html
            # Some press the button twice, or “back” and once more.
            for _ in range(1 + (n % 10 == 0)):
                person.html = page
                answer = person.send()
            _count(seen, person, answer, waiting, codes)
            if n % max(number // 10, 1) == 0:
                seen.elsewhere.append(_elsewhere(seen, codes))
        clock.move(dt.timedelta(seconds=LONGEST_WAIT))
        for person in waiting:
            _come_back(seen, person, codes)
    seen.sent = number + len(seen.elsewhere)
    opened = Case.objects.count() - before
    if not opened == len(codes) == len(set(codes)) == seen.sent:
        seen.wrong.append(f"{seen.sent} sent, {opened} cases, {len(set(codes))} codes")
    if Item.objects.filter(kind="url").count() < seen.sent:
        seen.wrong.append("an address is missing")
    seen.seconds = time.perf_counter() - began
    return seen


def _count(seen: Seen, person: Any, answer: Any, waiting: list[Any], codes: list[str]) -> None:
    if answer.status_code != 302:
        seen.wrong.append(f"a report was answered with {answer.status_code}")
    elif answer["Location"].endswith("/wait/"):
        seen.waited += 1
        waiting.append(person)
    else:
        seen.at_once += 1
        codes.append(person.code())


def _come_back(seen: Seen, person: Any, codes: list[str]) -> None:
    """The waiting page, whose turn has come."""
    answer = person.get("steps/wait/")
    if answer.status_code != 302 or not answer["Location"].endswith("/code/"):
        seen.wrong.append("a report still waits after its turn")
        return
    codes.append(person.code())


def _elsewhere(seen: Seen, codes: list[str]) -> float:
    """A person of another network: seconds that the gate asks them to wait."""
    from disrupt.hotline.common import clock

    person = _person(ELSEWHERE)
    person.open_form()
    if person.send()["Location"].endswith("/code/"):
        codes.append(person.code())
        return 0.0
    wait = float(person.get("steps/wait/").headers.get("Refresh", 0))
    clock.move(dt.timedelta(seconds=wait))
    _come_back(seen, person, codes)
    return wait


def _print(number: int) -> dict[str, Any]:
    """A fingerprint of nothing, as a browser would send it; half of the bits of its PDQ are set."""
    digest = hashlib.sha256(f"{number}".encode())
    bits = digest.digest()[:16]
    pdq = bits.hex() + bytes(255 - byte for byte in bits).hex()
    return {
        "kind": "image",
        "sha256": digest.hexdigest(),
        "md5": digest.hexdigest()[:32],
        "pdq": [{"hex": pdq, "quality": 100, "role": "stored"}],
        "vpdq": [],
    }


def declared(number: int, networks: int) -> Seen:
    """So many fingerprints from devices, fifty of a report; a tenth of them was declared before."""
    from tests.hotline.intake.asking import steps
    from tests.hotline.processing.working import work

    from disrupt.hotline.bank import queries as bank
    from disrupt.hotline.cases.models import Item
    from disrupt.hotline.cases.queries import queue
    from disrupt.hotline.common import clock
    from disrupt.hotline.intake.visit.limits import GATE, LONGEST_WAIT

    GATE.clear()
    seen, waiting, codes = Seen(), list[Any](), list[str]()
    items, began = Item.objects.filter(kind="declared"), time.perf_counter()
    before = items.count()
    numbers = itertools.count(2 * before)
    with served_as("portal"):
        for n in range(-(-number // AT_ONCE)):
            # Each tenth is of a file that the report before has declared as well.
            rows = [_print(next(numbers) - (AT_ONCE if n and i % 10 == 9 else 0)) for i in range(AT_ONCE)]
            person = _person(CROWD.format(n % networks))
            steps.answer(person, "ways", ways=["device"])
            steps.answer(person, "device", prints=json.dumps(rows[: number - n * AT_ONCE]))
            steps.answer(person, "who", reporter="self", age="adult")
            _count(seen, person, steps.send(person), waiting, codes)
        clock.move(dt.timedelta(seconds=LONGEST_WAIT))
        for person in waiting:
            _come_back(seen, person, codes)
    while work():
        pass
    seen.sent = items.count() - before
    seen.held = Counter(items.exclude(held_for="").values_list("held_for", flat=True))
    seen.offered = items.filter(state="protected").count()
    if seen.sent != number or seen.offered + sum(seen.held.values()) != before + seen.sent:
        seen.wrong.append(f"{number} declared, {seen.sent} kept, {seen.offered} offered, {seen.held} held")
    offered = bank.active().values_list("sha256", flat=True)
    if len(offered) != len(set(offered)):
        seen.wrong.append("an entry stands there twice")
    holding = set(items.exclude(held_for="").values_list("case", flat=True))
    if not holding <= set(queue().values_list("pk", flat=True)):
        seen.wrong.append("what waits is in no analyst's queue")
    seen.wrong += _partners(bank.active().count())
    seen.seconds = time.perf_counter() - began
    return seen


def _partners(active: int) -> Iterator[str]:
    """What partners are given that they should not be: by the feed and in the other format."""
    from django.test import Client

    from disrupt.hotline.exchange.door.scopes import Scope
    from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key
    from disrupt.protocol.feed import Added, parse_page

    reading = (Scope.FEED_READ, Scope.STOPNCII_READ)
    partner, client = create_partner(f"Platform {secrets.token_hex(4)}", OPERATOR), Client()
    for name, scopes in (("examined", reading), ("all", (*reading, Scope.DECLARED_READ))):
        key = issue_key(partner, scopes, OPERATOR)[1]
        bearer = {"Authorization": f"Bearer {key}"}
        with served_as("exchange"):
            page = parse_page(client.get("/v1/feed", {"limit": 5000}, headers=bearer).json())
            given = [change for change in page.changes if isinstance(change, Added)]
            other = client.get("/stopncii/v1/FetchHashes", headers={"x-functions-key": key}).json()
        wanted = active if name == "all" else 0
        if len(given) != wanted or any(change.origin != "declared" for change in given):
            yield f"a key for {name} was given {len(given)} entries"
        if name != "all" and other["count"]:
            yield f"a key for {name} gets {other['count']} hashes in the other format"


def told(name: str, seen: Seen) -> str:
    """The figures of a crowd, a line."""
    said = f"{name}: {seen.sent} in {seen.seconds:.0f} s, {seen.at_once} at once, {seen.waited} told to wait"
    if seen.elsewhere:
        said += f"; a person elsewhere waits {max(seen.elsewhere):.0f} s at most"
    if seen.offered:
        said += f"; in all {seen.offered} offered, held: {dict(seen.held)}"
    return f"{said}. Wrong: {'; '.join(seen.wrong) or 'nothing'}."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--declared", type=int, default=10_000)
    parser.add_argument("--networks", type=int, default=3)
    args = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    crowds = {"reports": reports, "declared": declared}
    wrong = 0
    for name, crowd in crowds.items():
        number = getattr(args, name)
        if number:
            seen = crowd(number, args.networks)
            print(told(name, seen), flush=True)
            wrong += len(seen.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
