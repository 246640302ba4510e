"""A year against the year before, and the sentences of a press release, with figures that the field knows."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from typing import Any

import pytest
from benchmarks.years import Year, write
from django.utils import translation

from disrupt.hotline.insight import comparing, small, wording
from disrupt.hotline.insight.lasting import Lasting
from disrupt.hotline.tally.spans import HOURS

pytestmark = pytest.mark.django_db
SPACE, THIN = "\u00a0", "\u202f"


def plain(text: str) -> str:
    """With ordinary spaces, however wide the language's own are."""
    return text.replace(SPACE, " ").replace(THIN, " ")


@pytest.mark.slow
def test_the_years_that_were_counted_by_hand_give_their_text(settings: Any) -> None:
    settings.HOTLINE_NAME = "Alerte"
    write(
        [
            Year(2024, reported=42_000, processed=30_000, illegal=18_000, minors=13_000, large=1_800),
            Year(2025, reported=120_000, processed=80_000, illegal=46_000, minors=35_000, large=4_600),
        ],
        days=False,
    )
    as_of = dt.date(2026, 3, 1)
    now, before = comparing.in_year(2025, as_of), comparing.in_year(2024, as_of)
    english = comparing.press(now, before, "en")
    assert len(english) == 10
    assert english[:4] == [
        "In 2025, Alerte received 120,000 reports of content, against 42,000 in 2024: 186% more.",
        "80,000 contents were examined by our team.",
        "46,000 were found illegal, 58% of those examined.",
        "35,000 of them concern minors (76%), 11,000 concern adults.",
    ]
    assert english[5:7] == [
        "10% of the illegal contents were on large platforms, 90% on smaller sites and forums.",
        "46,000 notices were sent to hosts.",
    ]
    french = [plain(text) for text in comparing.press(now, before, "fr")]
    assert french[:4] == [
        "En 2025, Alerte a reçu 120 000 signalements de contenus, contre 42 000 en 2024 : 186 % de plus.",
        "80 000 contenus ont été examinés par notre équipe.",
        "46 000 ont été jugés illicites, soit 58 % des contenus examinés.",
        "35 000 d’entre eux concernent des mineurs (76 %), 11 000 des adultes.",
    ]
    assert french[5].startswith("10 % des contenus illicites étaient sur de grandes plateformes, 90 %")
    with translation.override("fr"):
        table = comparing.table(now, before)
    assert plain(" ".join(table.rows[0])).endswith("42 000 120 000 +186 %")
    assert table.columns[-1] == "Évolution", "not the word of a button"


def test_what_is_too_small_is_not_told(settings: Any) -> None:
    write([Year(2025, reported=30, processed=20, illegal=10, minors=7, large=2)], days=False, sites=3)
    as_of = dt.date(2026, 3, 1)
    said = comparing.press(comparing.in_year(2025, as_of), comparing.in_year(2024, as_of), "en")
    # Three adults and two on large platforms: neither they nor what they could be subtracted from.
    assert said[0] == f"In 2025, {settings.HOTLINE_NAME} received 30 reports of content."
    assert said[3] == "How many of them concern minors is too few, or too many, to be told."
    assert said[4] == "The offences against adults are too few to be told apart."
    assert said[5] == "How many of them were on large platforms is too few, or too many, to be told."


CODES = ("NCII-DIF", "NCII-CAP", "DEEP-SEX", "VOY", "EXT-SEX")
NOTHING = Lasting(0, 0, (1.0,) * (len(HOURS) + 1))


def made(found: dict[tuple[str, str], int], refused: int) -> comparing.InYear:
    """A year in which this was found illegal, by category and person."""
    offences = Counter({code: sum(n for (c, _p), n in found.items() if c == code) for code, _p in found})
    persons = Counter({who: sum(n for (_c, p), n in found.items() if p == who) for who in ("adult", "minor")})
    illegal = sum(found.values())
    tiers: Counter[str] = Counter()
    return comparing.InYear(
        2025, 2 * illegal, illegal + refused, 0, illegal, persons, tiers, tuple(small.parts(found)),
        offences, NOTHING, NOTHING,
    )  # fmt: skip


def numbers(sentence: str) -> list[int]:
    return [int(one) for one in re.findall(r"(?<![\d%])\d+(?![\d%])", sentence)]


@pytest.mark.parametrize("seed", range(4))
def test_an_attacker_who_subtracts_finds_no_small_number(seed: int) -> None:
    """Whoever has the sentences and the report of the year subtracts what is part of something else."""
    chance = random.Random(seed)
    told = 0
    for _ in range(60):
        sizes = (0, 0, 1, 2, 4, 5, 6, 9, 30)
        found = {(code, who): chance.choice(sizes) for code in CODES for who in ("adult", "minor")}
        year = made({key: n for key, n in found.items() if n}, chance.choice((0, 3, 8)))
        _reported, examined, illegal, persons, offences, *_rest = comparing.press(year, year, "en")
        left = []
        if numbers(examined) and numbers(illegal) and "fewer" not in illegal:
            left.append(numbers(examined)[0] - numbers(illegal)[0])
        alone = {who: [p for p in year.printed if p.labels[1] == who] for who in ("adult", "minor")}
        if numbers(persons):
            minors, adults = numbers(persons)
            left += [minors, adults, minors - sum(p.n for p in alone["minor"])]
            left.append(adults - sum(p.n for p in alone["adult"]))
            told += 1
        if three := numbers(offences):
            assert {(p.labels[0], p.n) for p in alone["adult"]} >= {
                (code, n) for code, n in zip(_codes(offences), three, strict=True)
            }, "the report prints the same numbers"
            if numbers(persons):
                left.append(numbers(persons)[1] - sum(three))
        assert not [n for n in left if 0 < n < small.LEAST], (found, left)
    assert told > 5, "now and then there is something to tell"


def _codes(sentence: str) -> list[str]:
    """The categories of the sentence on offences, in its order."""
    with translation.override("en"):
        places = {code: sentence.find(f"{wording.category(code)} (") for code in CODES}
    return sorted((code for code, at in places.items() if at >= 0), key=places.__getitem__)
