"""The simulated year's accountant finds what is lost, double, late or false, with no code of the hotline."""

from __future__ import annotations

import ast
import datetime as dt
import sqlite3
import uuid
from collections import Counter
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from disrupt.fingerprint import ImageFingerprint, fingerprint_file
from disrupt.hotline.demo.year import accountant, books, diary, opinions
from disrupt.hotline.demo.year.accountant import Accountant, Findings
from disrupt.hotline.demo.year.diary import Diary, Line, Opinion
from disrupt.hotline.demo.year.plan import altered, people, picture
from disrupt.hotline.review.work import agreement

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
    return Accountant(Diary({7: line}), [letters], listed or Counter(), lambda _line: shown).judge()


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
    assert judge(an_address(), TOLD, letters=f"<p>It is at {URL}.</p>").clean
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
        ("false", judge(an_address(), TOLD, letters=f"{URL}2 was reported to us.")),
        ("false", judge(an_address(verdicts={}), TOLD)),
    ],
)
def test_each_fault_is_found(kind: str, found: Findings) -> None:
    assert [name for name, said in vars(found).items() if said] == [kind]


SAID = [
    Opinion(1, "file", 0.0, first=True, second=True),
    Opinion(2, "file", 0.0, first=False, second=False),
    Opinion(3, "file", 6.0, first=True, second=False, lead=False),
    Opinion(4, "address", 6.0, first=False, second=True, lead=False),
    Opinion(5, "file", 6.0, first=True, second=True),
]
TOGETHER = "<h1>Agreement <small>0 second opinions wait</small></h1>"
TOGETHER += "All together</th><td>5</td><td>3</td><td>0.17</td>"
KEPT = [
    ("NCII-DIF", "NCII-DIF", "NCII-DIF"),
    ("OUT", "OUT", "OUT"),
    ("NCII-DIF", "OUT", "OUT"),
    ("OUT", "NCII-DIF", "OUT"),
    ("NCII-DIF", "NCII-DIF", "NCII-DIF"),
]


def those_who_disagree() -> Diary:
    lines = {n: Line(n, priority="other") for n in range(1, 6)}
    return Diary(lines, [replace(one) for one in SAID], TOGETHER, 48.0)


def test_second_opinions_that_are_kept_as_they_were_given() -> None:
    theirs = those_who_disagree()
    assert not [*opinions.page(theirs), *opinions.rows(theirs, KEPT)]
    assert opinions.kappa([(one.first, one.second) for one in SAID]) == pytest.approx(
        agreement.kappa((str(one.first), str(one.second)) for one in SAID)
    )
    theirs.lines[2].priority = "threat"
    assert list(opinions.page(theirs)), "an urgent refusal is seen twice in any case, and measures nothing"
    theirs = those_who_disagree()
    theirs.ended = 365 * 24.0
    assert list(opinions.page(theirs)), "the page measures a year"
    theirs = those_who_disagree()
    theirs.lines[5].erased = True
    assert len([*opinions.page(theirs), *opinions.rows(theirs, KEPT)]) == 2, "it went with the report"
    assert not list(opinions.rows(theirs, KEPT[:-1]))


def test_a_lead_who_had_not_the_last_word_is_found() -> None:
    theirs = those_who_disagree()
    theirs.agreement = TOGETHER.replace("0.17", "0.18")
    assert len(list(opinions.page(theirs))) == 1
    theirs.agreement = TOGETHER.replace(">0 second", ">1 second")
    assert len(list(opinions.page(theirs))) == 1
    assert len(list(opinions.rows(theirs, [*KEPT[:-1], ("NCII-DIF", "NCII-DIF", "OUT")]))) == 1
    assert len(list(opinions.rows(theirs, [*KEPT[:2], ("NCII-DIF", "OUT", "NCII-DIF"), *KEPT[3:]]))) == 1
    theirs.opinions[2].lead = None
    assert len(list(opinions.rows(theirs, KEPT))) == 2


def test_a_letter_that_came_twice() -> None:
    message = EmailMessage()
    message["To"], message["Message-ID"] = "abuse@host.example", "<1@example>"
    assert list(accountant.mail_twice([message])) == []
    assert len(list(accountant.mail_twice([message, message]))) == 1


def test_the_list_as_a_partner_reads_it() -> None:
    added = [{"action": "added", "id": n, "sha256": "ab"} for n in (1, 2)]
    assert accountant.active([*added, {"action": "withdrawn", "id": 1}]) == Counter({"ab": 1})


@pytest.mark.parametrize("module", [accountant, books, diary, opinions])
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
    assert any(person.altered for person in one)
    assert not any(person.altered for person in one if person.picture == person.number)


def test_who_comes_in_the_form_of_each_change_and_who_only_in_the_long_one() -> None:
    """As docs/scale.md says of the two seeds of tests/functional/test_year.py."""
    few, many = people(8, 2, 44), people(150, 28, 7)
    for form in (few, many):
        for kind in ("file", "address", "minor", "threat", "erases"):
            assert any(getattr(person, kind) for person in form), kind
    rare = ("junk", "altered", "adds", "withdraws")
    assert not any(getattr(person, kind) for person in few for kind in rare)
    assert all(person.picture == person.number for person in few)
    assert all(any(getattr(person, kind) for person in many) for kind in rare)


def test_a_copy_is_altered_and_is_still_the_same_picture(tmp_path: Path) -> None:
    def fingerprint(name: str, data: bytes) -> ImageFingerprint:
        (tmp_path / name).write_bytes(data)
        found = fingerprint_file(tmp_path / name)
        assert isinstance(found, ImageFingerprint)
        return found

    mine, another = fingerprint("mine", picture(3)), fingerprint("another", picture(4))
    copy = fingerprint("copy", altered(picture(3)))
    assert mine.sha256 != copy.sha256
    assert mine.pdq.quality >= 50
    assert _bits(mine, copy) <= 31 < _bits(mine, another)


def _bits(one: ImageFingerprint, other: ImageFingerprint) -> int:
    return (int(one.pdq.hex, 16) ^ int(other.pdq.hex, 16)).bit_count()


def test_what_was_taken_back_is_read_from_the_rows(tmp_path: Path) -> None:
    item, case = uuid.uuid4(), uuid.uuid4()
    with closing(sqlite3.connect(tmp_path / "disrupt.sqlite3")) as rows:
        rows.execute("CREATE TABLE cases_ledgerevent (kind TEXT, item_id TEXT, case_id TEXT, at TEXT)")
        for kind, day in (
            ("item.withdrawn", 3),
            ("case.erased", 3),
            ("item.decided", 3),
            ("item.withdrawn", 1),
        ):
            place = (kind, item.hex, case.hex, f"2026-01-0{day} 00:00:00.000000")
            rows.execute("INSERT INTO cases_ledgerevent VALUES (?, ?, ?, ?)", place)
        rows.commit()
    found = books.Books(tmp_path, tmp_path, "").taken_back(dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
    assert found == {f"item.withdrawn:{item}", f"case.erased:{case}"}


def test_a_doubted_item_that_nobody_looked_at_is_found(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "disrupt.sqlite3")) as rows:
        rows.execute("CREATE TABLE cases_item (held_for TEXT)")
        rows.execute("INSERT INTO cases_item VALUES ('')")
        rows.commit()
        read = books.Books(tmp_path, tmp_path, "")
        assert list(read.unheard()) == []
        rows.execute("INSERT INTO cases_item VALUES ('disputed')")
        rows.commit()
        assert len(list(read.unheard())) == 1
