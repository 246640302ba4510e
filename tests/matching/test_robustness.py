"""The robustness benchmark's own arithmetic, and that its edits edit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks import false_page
from benchmarks.edits import SUITE, Edit
from benchmarks.film_edits import EVERY
from benchmarks.further_edits import FURTHER
from benchmarks.held_out import HELD_OUT
from benchmarks.our_edits import OURS
from benchmarks.rates import interval
from benchmarks.tallies import Tally, keep, kept
from PIL import Image
from tests.matching.pictures import photo

EDITS: dict[str, Edit] = {**SUITE, **OURS, **FURTHER, **HELD_OUT}


@pytest.mark.parametrize(
    ("events", "trials", "low", "high"),
    [  # Poisson's exact limits for 0 (one-sided), 1, 5 and 20 events
        (0, 3_000_000, 0.0, 3.0),
        (1, 1_000_000, 0.0253, 5.572),
        (5, 1_000_000, 1.623, 11.668),
        (20, 1_000_000, 12.217, 30.888),
    ],
)
def test_the_interval_is_the_published_one(events: int, trials: int, low: float, high: float) -> None:
    found = interval(events, trials)
    assert [bound * trials for bound in found] == pytest.approx([low, high], rel=1e-3)


@pytest.mark.parametrize(("name", "edit"), [*EDITS.items()], ids=[*EDITS])
def test_every_edit_changes_the_picture_and_is_repeatable(name: str, edit: Edit) -> None:
    picture = Image.fromarray(photo(1, 160, 120))
    others = [Image.fromarray(photo(seed, 160, 120)) for seed in range(2, 10)]
    first = np.asarray(edit(picture, others, np.random.default_rng(3)).convert("RGB"))
    again = np.asarray(edit(picture, others, np.random.default_rng(3)).convert("RGB"))
    assert first.shape == again.shape
    assert (first == again).all()
    assert first.shape != (120, 160, 3) or (first != np.asarray(picture)).any()


@pytest.mark.parametrize("name", EVERY)
def test_every_edit_of_films_changes_them(name: str) -> None:
    frames, others = ([photo(seed + k, 160, 120) for k in range(20)] for seed in (1, 51))
    edit = EVERY[name]
    made = list(edit.of(frames, others, 2.0))
    assert len(made) == (10 if edit.seconds else 20)
    assert edit.speed != 1.0 or made[0].shape != (120, 160, 3) or (made[0] != frames[0]).any()


def test_what_was_counted_is_gone_on_with(tmp_path: Path) -> None:
    counted = {"ours": {"negative": {"fast": Tally(uploads=3, found=2), "thorough": Tally(3, pairs=9)}}}
    keep(tmp_path / "tallies", counted, 3)  # type: ignore[arg-type]  # some levels
    assert kept(tmp_path / "tallies") == (counted, 3)
    assert kept(tmp_path / "none") == ({}, 0)


def test_the_page_says_what_was_counted_and_keeps_saying_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put in before the times, replaced by the next count, and put in again when the page is made anew."""
    monkeypatch.setattr(false_page, "COUNTED", tmp_path / "counted.json")
    monkeypatch.setattr(false_page, "PAGE", tmp_path / "page.md")
    made = "# Page\n\ntable\n\n## Time\n\nfast\n"
    assert false_page.with_paragraph(made) == made
    false_page.PAGE.write_text(made)
    one = false_page.Counted(1, 10, 1_000_000, 0, 1, ["7, mirrored"])
    for counted in (one, one.with_more(one)):
        false_page.write(counted)
        text = false_page.PAGE.read_text()
        assert text.count("python -m benchmarks.false_matches") == 1
        assert f"{counted.pairs:,} pairs" in text
        assert text.endswith("## Time\n\nfast\n")
        assert false_page.with_paragraph(made) == text
    assert "edits of\n1 photographs" in text
