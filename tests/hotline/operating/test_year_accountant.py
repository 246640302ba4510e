"""The simulated year's accountant finds what is lost, double, late or false, with no code of the hotline."""

from __future__ import annotations

import ast
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest

from disrupt.hotline.demo.year import accountant, books, diary
from disrupt.hotline.demo.year.accountant import Accountant, Findings
from disrupt.hotline.demo.year.diary import Diary, Line
from disrupt.hotline.demo.year.plan import people, picture

URL = "http://host.example/p/1-7"
OURS = {"disrupt.hotline.demo.year.diary"}


def page(*items: tuple[str, str]) -> str:
    return "".join(
        f'<li class="item"><h2 id="x">{name}</h2><p><strong>{heading}</strong></p></li>'
        for name, heading in items
    )


def judge(
    line: Line, shown: str | None, *, listed: Counter[str] | None = None, letters: str = URL
) -> Findings:
    return Accountant(Diary({7: line}), letters, listed or Counter(), lambda _line: shown).judge()


def a_file(**changes: object) -> Line:
    line = Line(7, code="C", sha256="ab", verdicts={"file": True})
    for name, value in changes.items():
        setattr(line, name, value)
    return line


def an_address(**changes: object) -> Line:
    line = Line(7, code="C", urls=[URL], verdicts={"address": True})
    for name, value in changes.items():
        setattr(line, name, value)
    return line


LISTED = Counter({"ab": 1})
READY = page(("Photo or video no. 1", "Ready for our partners"))
TOLD = page(("Address no. 1", "Site notified"))


def test_what_is_right_is_clean() -> None:
    assert judge(a_file(), READY, listed=LISTED).clean
    assert judge(an_address(), TOLD).clean
    assert judge(a_file(withdrew=True), page(("Photo or video no. 1", "Cancelled"))).clean
    assert judge(a_file(erased=True), None).clean


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("lost", judge(a_file(), None, listed=LISTED)),
        ("lost", judge(a_file(), "", listed=LISTED)),
        ("lost", judge(a_file(), READY)),
        ("double", judge(an_address(), TOLD + TOLD)),
        ("double", judge(a_file(), READY, listed=Counter({"ab": 3}))),
        ("late", judge(a_file(erased=True), READY)),
        ("late", judge(a_file(withdrew=True), page(("Photo or video no. 1", "Cancelled")), listed=LISTED)),
        (
            "late",
            judge(
                a_file(verdicts={"file": False}),
                page(("Photo or video no. 1", "We cannot act")),
                listed=LISTED,
            ),
        ),
        ("false", judge(a_file(withdrew=True), READY)),
        ("false", judge(a_file(), page(("Photo or video no. 1", "We cannot act")), listed=LISTED)),
        ("false", judge(an_address(), TOLD, letters="")),
        ("false", judge(an_address(verdicts={}), TOLD)),
    ],
)
def test_each_fault_is_found(kind: str, found: Findings) -> None:
    assert [name for name, said in vars(found).items() if said] == [kind]


def test_a_letter_that_came_twice() -> None:
    message = EmailMessage()
    message["To"], message["Message-ID"] = "abuse@host.example", "<1@example>"
    assert list(accountant.mail_twice([message])) == []
    assert len(list(accountant.mail_twice([message, message]))) == 1


def test_the_list_as_a_partner_reads_it() -> None:
    added = [{"action": "added", "id": n, "sha256": "ab"} for n in (1, 2)]
    assert accountant.active([*added, {"action": "withdrawn", "id": 1}]) == Counter({"ab": 1})


@pytest.mark.parametrize("module", [accountant, books, diary])
def test_it_shares_no_code(module: object) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))  # type: ignore[attr-defined]
    froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {name for name in froms | plain if name.startswith("disrupt")} <= OURS


def test_the_same_seed_brings_the_same_people() -> None:
    one, two = people(300, 10, 4), people(300, 10, 4)
    assert one == two
    assert one != people(300, 10, 5)
    burst = sum(5 * 24 <= person.hour < 7 * 24 for person in one)
    assert burst > 300 / 2, "two days bring ten times as many"
    assert all(person.file or person.address for person in one)
    assert picture(3) == picture(3) != picture(4)
