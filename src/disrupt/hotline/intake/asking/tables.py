"""Reads a table of persons and their addresses, as a spreadsheet saves it (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.models import AgeWhenTaken
from disrupt.hotline.intake.asking import pasted

MOST_PERSONS, MOST_BYTES = 50, 1024 * 1024
_NAMES = {
    "person": {"person", "personne"},
    "age": {"age", "âge"},
    "address": {"address", "adresse", "url"},
    "mandate": {"mandate", "mandat"},
}
_AGES = {
    AgeWhenTaken.MINOR: {"minor", "mineur", "mineure", "<18", "-18", "under 18"},
    AgeWhenTaken.ADULT: {"adult", "adulte", "majeur", "majeure", "18+", ">=18"},
}
_SHA256 = re.compile(r"[0-9a-f]{64}")

NO_COLUMNS = _("The first line names the columns: person, age, address, mandate.")
NO_PERSON = _("there is no reference for the person.")
NO_ADDRESS = _("there is no address in it.")
NO_MANDATE = _("the mandate is no SHA-256 (64 digits and letters).")
TOO_MANY = _("there are too many persons: make a second table.")


@dataclass
class Person:
    """One person of the table, under the reference that its writer gives them."""

    name: str
    age: AgeWhenTaken = AgeWhenTaken.UNSURE
    urls: list[str] = field(default_factory=list)
    mandate: str = ""


@dataclass(frozen=True)
class Wrong:
    """A line that cannot be used, and why."""

    line: int
    why: str | Promise


def read(text: str) -> tuple[list[Person], list[Wrong]]:
    """The persons, in their order, each with all their addresses; and the lines that are none."""
    lines = text.lstrip("\ufeff").splitlines()
    if not lines:
        return [], [Wrong(1, NO_COLUMNS)]
    rows = _rows(lines)
    head = [cell.strip().lower() for cell in next(rows) or ()]
    columns = {name: head.index(one) for name, said in _NAMES.items() for one in said if one in head}
    if not {"person", "address"} <= columns.keys():
        return [], [Wrong(1, NO_COLUMNS)]
    persons: dict[str, Person] = {}
    wrong: list[Wrong] = []
    for number, row in enumerate(rows, 2):
        if row is None:
            wrong.append(Wrong(number, NO_ADDRESS))
            continue
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        if any(cells.values()) and (why := _take(cells, persons)):
            wrong.append(Wrong(number, why))
    return list(persons.values()), wrong


def _rows(lines: list[str]) -> Iterator[list[str] | None]:
    """The cells of each line; None for one that is no line of a table (an endless cell)."""
    rows = csv.reader(lines, delimiter=max(",;\t", key=lines[0].count))
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield None


def _take(cells: dict[str, str], persons: dict[str, Person]) -> str | Promise:
    """Why the line cannot be used; "" when it was taken."""
    name, urls = cells["person"][:60], pasted.read(cells["address"]).good
    mandate = cells.get("mandate", "").lower()
    if not name:
        return NO_PERSON
    if not urls:
        return NO_ADDRESS
    if mandate and not _SHA256.fullmatch(mandate):
        return NO_MANDATE
    if name not in persons and len(persons) >= MOST_PERSONS:
        return TOO_MANY
    person = persons.setdefault(name, Person(name))
    said = cells.get("age", "").lower()
    person.age = next((age for age, words in _AGES.items() if said in words), person.age)
    person.urls += [url for url in urls if url not in person.urls]
    person.mandate = mandate or person.mandate
    return ""
