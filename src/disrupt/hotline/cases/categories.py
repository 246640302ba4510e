"""The classification scheme as versioned data: categories, articles of law, penalties, priorities (D12).

Files `data/categories-<version>.json`; each is valid from its date until the next one's. What the hotline
made on a page (own_categories.py) stands in every version.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib import resources
from typing import Any

from disrupt.hotline.cases import own_categories
from disrupt.hotline.cases.schemes import Category, Reason, Scheme, Text, UnknownCategory, read_scheme
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.protocol import sample_picture

__all__ = ["Category", "Reason", "Scheme", "Text", "UnknownCategory"]


def for_the_bank(scheme: Scheme, codes: Iterable[str]) -> str | None:
    """The first of these categories whose content may be offered to partners; None when none may."""
    return next((code for code in codes if code in scheme.categories and scheme[code].bank), None)


DECLARED_MINOR = Category(
    code="MIN-DEC",
    name=Text("Image d’un mineur, déclarée, vue par personne", "Image of a minor, declared, seen by nobody"),
    facts=Text(
        "La personne qui signale dit qu’elle montre un mineur ; personne ne l’a vue.",
        "Whoever reports it says that it shows a minor; nobody has seen it.",
    ),
    article=Text("article 227-23 du Code pénal", "French Criminal Code, art. 227-23"),
    penalty=Text("selon ce qu’elle montre", "depends on what it shows"),
    priority=0,
    illegal=True,
    minors=True,
    bank=True,
    host_wait_hours=3,
)
"""Of fingerprints only: no analyst decides it, so that no version of the scheme holds it."""


TEST_PICTURE = Category(
    code=sample_picture.CATEGORY,
    name=Text("Image d’essai, qui ne montre personne", "Test picture, which shows nobody"),
    facts=Text(
        "Une image faite de nombres, que les plateformes envoient pour éprouver leur chaîne.",
        "A picture made of numbers, which platforms upload to prove their chain.",
    ),
    article=Text("aucun", "none"),
    penalty=Text("aucune", "none"),
    priority=3,
    illegal=False,
    minors=False,
    bank=True,
    host_wait_hours=24,
)
"""Of the test entry only (exchange/testentry.py)."""


@functools.cache
def packaged() -> tuple[Scheme, ...]:
    """Every version as it came along, oldest first."""
    folder = resources.files("disrupt.hotline.cases") / "data"
    raw = [json.loads(f.read_text("utf-8")) for f in folder.iterdir() if f.name.startswith("categories-")]
    return tuple(sorted((read_scheme(r) for r in raw), key=lambda s: s.valid_from))


class _Memory:
    """The versions with the hotline's own categories, as they were made from the rows last."""

    rows: Mapping[str, Mapping[str, Any]] | None = None
    found: tuple[Scheme, ...] = ()


def schemes() -> tuple[Scheme, ...]:
    """Every version, oldest first; each with all categories of the hotline's own."""
    rows = own_categories.rows()
    if _Memory.rows is None or _Memory.rows != rows:
        own = {code: own_categories.read(code, said) for code, said in rows.items()}
        _Memory.found = tuple(replace(one, categories={**one.categories, **own}) for one in packaged())
        _Memory.rows = rows
    return _Memory.found


def scheme_at(moment: dt.datetime) -> Scheme:
    """The version in force at a moment; the oldest one for anything before it. Without what has not begun."""
    valid = [s for s in schemes() if s.valid_from <= moment.date()]
    whole = valid[-1] if valid else schemes()[0]
    return _without(whole, own_categories.rows().keys() - set(own_categories.begun(moment.date())))


def days() -> Mapping[str, Mapping[str, Any]]:
    """Between which days a category can be chosen, of those for which a page says so."""
    own = {
        code: {name: said[name] for name in ("since", "until")}
        for code, said in own_categories.rows().items()
    }
    return {**amendments.of(Kind.CATEGORY), **own}


def to_choose(moment: dt.datetime) -> Scheme:
    """The version in force with the categories that a new decision may have: those that are not closed.

    What was decided under a category that is closed since stays as it is.
    """
    day = moment.date().isoformat()
    closed = {
        code
        for code, said in days().items()
        if (said.get("since") and day < said["since"]) or (said.get("until") and day > said["until"])
    }
    return _without(scheme_at(moment), closed)


def _without(whole: Scheme, codes: Iterable[str]) -> Scheme:
    gone = set(codes)
    if not gone:
        return whole
    left = {code: one for code, one in whole.categories.items() if code not in gone}
    return replace(whole, categories=left)


def scheme(version: str) -> Scheme:
    """A version by its name. Raises UnknownCategory."""
    for candidate in schemes():
        if candidate.version == version:
            return candidate
    raise UnknownCategory(f"There is no version “{version}” of the classification scheme.")
