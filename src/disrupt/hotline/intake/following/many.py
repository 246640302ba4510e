"""How many reports stand, for who holds their codes: each address, or how many by site."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from disrupt.hotline.cases import finding
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common.codes import MalformedCode
from disrupt.hotline.intake.asking.recognise import described
from disrupt.hotline.intake.following.queries import Followed, followed

MOST_CODES = 50
_CODE = re.compile(r"\b[0-9A-Za-z]{4}(?:[- ][0-9A-Za-z]{4}){4}\b")


@dataclass(frozen=True)
class Held:
    """A line of the table that holds a code; `case` is None where no report answers to it."""

    name: str
    case: Case | None


def held(text: str) -> list[Held]:
    """Every line with a code; what stands before it is the reference of the person."""
    lines = [(line, found) for line in text.splitlines() if (found := _CODE.search(line))]
    named = [(line[: found.start()].strip(' ,;\t"'), found[0]) for line, found in lines[:MOST_CODES]]
    return [Held(name, _case(code)) for name, code in named]


def _case(code: str) -> Case | None:
    try:
        return finding.find_case(code)
    except (MalformedCode, finding.UnknownCode):
        return None


def site(item: Followed) -> str:
    """The site of an address; "" for anything else."""
    return described((item.url,))[0].site if item.url else ""


def each(cases: list[Held], language: str) -> list[tuple[str, str, str, str, str]]:
    """Of each thing: reference, name or address, site, how it stands, since when."""
    return [
        (one.name, item.url or item.name, site(item), str(item.meaning.word), f"{item.steps[-1].at:%Y-%m-%d}")
        for one in cases
        if one.case is not None
        for item in followed(one.case, language)
    ]


def by_site(cases: list[Held], language: str) -> list[tuple[str, str, int]]:
    """How many stand where: site, how it stands, count; the largest first."""
    items = [item for one in cases if one.case is not None for item in followed(one.case, language)]
    counted = Counter((site(item), str(item.meaning.word)) for item in items)
    return [(where, how, count) for (where, how), count in counted.most_common()]
