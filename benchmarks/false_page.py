"""The paragraph of docs/robustness.md about other pictures taken for a banked one, from what was counted."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from benchmarks.rates import interval

COUNTED = Path(__file__).with_name("false_matches.json")
PAGE = Path(__file__).resolve().parents[1] / "docs" / "robustness.md"
_BEGIN, _END = "<!-- false matches, counted -->", "<!-- so far -->"


@dataclass
class Counted:
    """What was counted so far; `false` says of each upload with a false pair what it was an edit of."""

    rounds: int = 0
    uploads: int = 0
    pairs: int = 0
    within_31: int = 0
    probable: int = 0
    false: list[str] = field(default_factory=list)

    def with_more(self, other: Counted) -> Counted:
        """The sum of two counts of different draws."""
        names = [one.name for one in fields(self)]
        return Counted(**{name: getattr(self, name) + getattr(other, name) for name in names})


def kept(path: Path) -> Counted:
    """What an earlier run wrote."""
    return Counted(**json.loads(path.read_text())) if path.exists() else Counted()


def paragraph(counted: Counted) -> str:
    """What the page says of it."""
    near, far = (interval(events, counted.pairs) for events in (counted.within_31, counted.probable))
    photographs = len({one.split(",")[0] for one in counted.false})
    return f"""{_BEGIN}
`python -m benchmarks.false_matches` counts more pairs, at the thorough level with derived entries:
{counted.uploads:,} uploads, edits of every photograph drawn from all the lists, {counted.pairs:,} pairs,
{counted.within_31} within 31 bits ({near[0]:.1e} to {near[1]:.1e}, 95 %) and
{counted.probable} within the radius
({far[0]:.1e} to {far[1]:.1e}, 95 %). One in a million is aimed at. The false pairs are edits of
{photographs} photographs; several of one are not independent, so the true interval is wider. Two pairs of
photographs of the same thing from the same place (a circuit board, a castle) are left out: nine of
the 30 false pairs of an earlier count were these. What was mended by that count is told in
[the decision](adr/0179-light-bits.md); the tables above are of before it.
{_END}"""


def with_paragraph(text: str) -> str:
    """The page with what was counted last; as it is where nothing was."""
    if not COUNTED.exists():
        return text
    said = paragraph(kept(COUNTED))
    if _BEGIN in text:
        return re.sub(f"{_BEGIN}.*?{_END}", lambda _: said, text, flags=re.DOTALL)
    return text.replace("\n\n## Time", f"\n\n{said}\n\n## Time", 1)


def write(counted: Counted) -> None:
    """Keep the sum, and put it into the page."""
    COUNTED.write_text(json.dumps(asdict(counted)) + "\n")
    PAGE.write_text(with_paragraph(PAGE.read_text()))
