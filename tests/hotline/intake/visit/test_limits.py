"""Limits slow and never refuse: networks without names, work that grows, a queue that moves, fair lanes."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import logging
import re
import threading
import time
from typing import Any

import pytest
from django.test import RequestFactory
from tests.hotline.intake.asking.steps import send, to, until_check
from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.common.networks import Networks
from disrupt.hotline.common.running.limits import LANE, Turnstile
from disrupt.hotline.intake.visit import limits
from disrupt.hotline.intake.visit.limits import (
    APART,
    AT_ONCE,
    BUSY,
    FORGOTTEN_AFTER,
    GATE,
    LONGEST_WAIT,
    MOST_BITS,
    NORMAL_BITS,
    ORDINARY,
    Gate,
    Network,
    network_of,
)
from disrupt.hotline.intake.visit.work import VALID_SECONDS, WORK, Work

HERE, THERE = Network(b"here"), Network(b"there")


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def solve(challenge: str) -> str:
    """What the browser does."""
    bits = int(challenge.split(".")[1])
    for number in itertools.count():
        proof = f"{challenge}:{number}"
        if int.from_bytes(hashlib.sha256(proof.encode()).digest()) >> (256 - bits) == 0:
            return proof
    raise AssertionError


def test_a_network_is_a_prefix_under_a_key_of_the_day(settings: Any) -> None:
    networks = Networks()
    assert networks.of("192.0.2.1") == networks.of("192.0.2.254") == networks.of("::ffff:192.0.2.7")
    assert networks.of("192.0.2.1") != networks.of("192.0.3.1")
    assert networks.of("2001:db8:1::1") == networks.of("2001:db8:1:ffff::2") == networks.of("[2001:db8:1::1]")
    assert networks.of("2001:db8:1::1") != networks.of("2001:db8:2::1")
    assert networks.of("") == networks.of("nonsense") != networks.of("192.0.2.1")
    today = networks.of("192.0.2.1")
    assert b"192" not in today
    assert today != Networks().of("192.0.2.1"), "the key is each process's own"
    clock.move(dt.timedelta(days=1))
    assert networks.of("192.0.2.1") != today


def test_what_a_client_says_counts_only_behind_our_proxy(settings: Any) -> None:
    def request(said: str, peer: str = "198.51.100.1") -> Any:
        return RequestFactory().get("/", headers={"x-forwarded-for": said}, REMOTE_ADDR=peer)

    settings.PROXIES = ["127.0.0.1", "198.51.100.0/24", "2001:db8::/32"]

    settings.BEHIND_PROXY = False
    assert network_of(request("192.0.2.1")) == network_of(request("203.0.113.1"))
    settings.BEHIND_PROXY = True
    assert network_of(request("192.0.2.1")) != network_of(request("203.0.113.1"))
    # The client may write what it likes at the beginning; our proxy adds the truth at the end.
    assert network_of(request("203.0.113.9, 192.0.2.1")) == network_of(request("192.0.2.1"))
    assert network_of(request("")) == limits.NETWORKS.of("198.51.100.1")
    assert network_of(request("192.0.2.1", "2001:db8::7")) == network_of(request("192.0.2.1"))
    assert network_of(request("192.0.2.1", "::ffff:198.51.100.9")) == network_of(request("192.0.2.1"))
    assert network_of(request("192.0.2.1", "")) == network_of(request("192.0.2.1")), "a Unix socket"
    # Whoever reaches the portal past the proxy cannot choose a name.
    past = network_of(request("192.0.2.1", "203.0.113.5"))
    assert past == network_of(request("192.0.2.99", "203.0.113.5")) == limits.NETWORKS.of("203.0.113.5")


def test_the_work_is_nothing_when_calm_and_grows_with_the_load() -> None:
    watch = Watch()
    gate = Gate(watch)
    for _ in range(ORDINARY):
        assert gate.bits(HERE) == 0
        assert gate.ask(HERE, 0) == 0
    seen = [gate.bits(HERE)]
    while gate.bits(HERE) < MOST_BITS:
        gate.ask(HERE, 0)
        seen.append(gate.bits(HERE))
    assert seen[0] == NORMAL_BITS
    assert seen == sorted(seen)
    assert len(seen) > ORDINARY * 2 ** (MOST_BITS - NORMAL_BITS - 1), "one bit more for twice the load"
    for _ in range(10_000):
        gate.ask(HERE, 0)
    assert gate.bits(HERE) == MOST_BITS
    # The flood has passed: so has the work.
    watch.at += 10_000 * FORGOTTEN_AFTER * 2
    assert gate.bits(HERE) == 0


def test_everybody_works_a_little_while_everything_is_busy() -> None:
    watch = Watch()
    gate = Gate(watch)
    for number in range(BUSY + 2):
        with gate.place(Network(str(number).encode())):
            pass
    assert gate.bits(THERE) == NORMAL_BITS
    watch.at += 60
    assert gate.bits(THERE) == 0


def test_a_flood_makes_nobody_else_wait_and_nobody_long() -> None:
    watch = Watch()
    gate = Gate(watch)
    waits = [gate.ask(HERE, 0) for _ in range(10_000)]
    assert waits[:ORDINARY] == [0.0] * ORDINARY
    first = [wait for wait in waits if wait]
    assert first[:3] == pytest.approx([APART, 2 * APART, 3 * APART])
    assert max(waits) <= LONGEST_WAIT
    watch.at += 30
    assert gate.ask(THERE, 0) == 0, "from elsewhere: at once, without any work"
    assert gate.ask(HERE, MOST_BITS) == 0, "in the midst of it: at once, with work"


def test_memory_stays_bounded() -> None:
    gate = Gate(Watch())
    for number in range(limits._MOST_NETWORKS + 500):
        gate.ask(Network(number.to_bytes(4)), 99)
    assert len(gate._levels) == limits._MOST_NETWORKS


def test_a_network_has_only_so_many_places_and_others_have_theirs() -> None:
    gate = Gate(Watch())
    held = [gate.place(HERE) for _ in range(AT_ONCE + 1)]
    assert [place.__enter__() for place in held] == [True] * AT_ONCE + [False]
    with gate.place(THERE) as free:
        assert free
    for place in reversed(held):
        place.__exit__(None, None, None)
    with gate.place(HERE) as free:
        assert free
    assert not gate._busy


def test_a_proof_counts_once_and_only_if_it_is_ours_and_true() -> None:
    work = Work()
    assert work.challenge(0) == ""
    challenge = work.challenge(8)
    assert len(challenge) + 11 <= 55, "one block of SHA-256"
    proof = solve(challenge)
    wrong = next(f"{challenge}:{n}" for n in itertools.count() if not _is_proof(f"{challenge}:{n}"))
    head, counter = proof.split(":")
    other = head[:-1] + ("y" if head.endswith("x") else "x")
    for false in ("", "x", wrong, f"{other}:{counter}", proof.replace(".8.", ".1."), f"{proof} "):
        assert work.worked(false) == 0, false
    assert Work().worked(proof) == 0, "another process's"
    assert work.worked(proof) == 8
    assert work.worked(proof) == 0, "a second time"


def test_a_late_proof_counts_for_nothing() -> None:
    proof = solve(WORK.challenge(4))
    clock.move(dt.timedelta(seconds=VALID_SECONDS + 1))
    assert WORK.worked(proof) == 0


def _is_proof(proof: str) -> bool:
    return hashlib.sha256(proof.encode()).digest()[0] == 0


def _crowd() -> None:
    """So many reports have just come from the test's own network."""
    for _ in range(ORDINARY + 1):
        GATE.ask(limits.NETWORKS.of("127.0.0.1"), 99)


def test_a_report_that_must_wait_goes_by_itself(somebody: Person) -> None:
    until_check(somebody, description="my words")
    _crowd()
    assert to(send(somebody)) == "wait"
    response = somebody.get("steps/wait/")
    assert 1 <= int(response.headers["Refresh"]) <= 30
    assert re.search(r"(?:in about|dans)[ \u00a0]\d+", somebody.html)
    assert f'href="/{somebody.language}/steps/stop/"' in somebody.html
    assert to(somebody.get("steps/who/")) == "wait"
    assert not Case.objects.exists()
    clock.move(dt.timedelta(seconds=APART + 1))
    assert to(somebody.get("steps/wait/")) == "code"
    somebody.code()
    assert Case.objects.count() == 1


def test_the_one_page_form_waits_in_the_same_way(person: Person) -> None:
    _crowd()
    person.open_form()
    assert person.send(b"content", description="my words").headers["Location"] == "/en/steps/wait/"
    clock.move(dt.timedelta(seconds=APART + 1))
    assert to(person.get("steps/wait/")) == "code"
    case = Case.objects.get()
    assert [item.kind for item in case.items.order_by("position")] == ["url", "file"]
    assert case.notes.count() == 1


def test_a_proof_of_work_goes_at_once(person: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "NORMAL_BITS", 6)
    until_check(person)
    _crowd()
    person.get("steps/check/")
    found = re.search(r'data-challenge="([^"]+)"', person.html)
    assert found
    response = person.post("steps/check/", {"statement": "on", "action": "send", "proof": solve(found[1])})
    assert to(response) == "code"


def test_a_proof_on_the_waiting_page_ends_the_wait(person: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "NORMAL_BITS", 6)
    until_check(person)
    _crowd()
    assert to(send(person)) == "wait"
    person.get("steps/wait/")
    assert person.post("steps/wait/").status_code == 200, "without a proof it waits on"
    found = re.search(r'data-challenge="([^"]+)"', person.html)
    assert found
    assert to(person.post("steps/wait/", {"proof": solve(found[1])})) == "code"


def test_nothing_that_was_not_sent_goes_by_itself(person: Person) -> None:
    until_check(person)
    assert to(person.get("steps/wait/")) == "check"
    assert not Case.objects.exists()


def test_no_address_is_written_or_logged(person: Person, settings: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    _crowd()
    until_check(person)
    person.client.get("/en/steps/check/", REMOTE_ADDR="192.0.2.77")
    send(person)
    kept = b"".join(path.read_bytes() for path in settings.VAR.rglob("*") if path.is_file())
    assert b"192.0.2" not in kept
    assert limits.NETWORKS.of("127.0.0.1").hex().encode() not in kept
    assert limits.NETWORKS.of("127.0.0.1") not in kept
    assert "192.0.2" not in caplog.text


def test_lanes_are_served_in_turn() -> None:
    """Fifty of one network wait; one of another comes last and is served second."""
    turnstile, order = Turnstile(1), list[bytes]()

    def visit(lane: bytes) -> None:
        LANE.set(lane)
        with turnstile.place():
            order.append(lane)

    threads = []
    with turnstile.place():
        for number, lane in enumerate([b"crowd"] * 50 + [b"person"]):
            threads.append(threading.Thread(target=visit, args=(lane,)))
            threads[-1].start()
            while turnstile.waiting <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    assert order.index(b"person") == 1
    assert len(order) == 51
