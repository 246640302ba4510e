"""A year against the year before, and the sentences of a press release, with figures that the field knows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from benchmarks.years import Year, write
from django.utils import translation

from disrupt.hotline.insight import comparing

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


def test_what_is_too_small_is_not_told(settings: Any) -> None:
    write([Year(2025, reported=30, processed=20, illegal=10, minors=7, large=2)], days=False, sites=3)
    as_of = dt.date(2026, 3, 1)
    said = comparing.press(comparing.in_year(2025, as_of), comparing.in_year(2024, as_of), "en")
    # Three adults and two on large platforms: neither they nor what they could be subtracted from.
    assert said[0] == f"In 2025, {settings.HOTLINE_NAME} received 30 reports of content."
    assert said[3] == "How many of them concern minors is too few, or too many, to be told."
    assert said[4] == "The offences against adults are too few to be told apart."
    assert said[5] == "How many of them were on large platforms is too few, or too many, to be told."
