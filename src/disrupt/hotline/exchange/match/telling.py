"""The words in which look-ups are answered, whoever answers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from disrupt import __version__


def told(seq: int, said: Sequence[dict[str, Any]], *, several: bool) -> dict[str, Any]:
    """The whole answer, in the form in which was asked."""
    head = {"version": __version__, "seq": seq}
    return head | ({"answers": list(said)} if several else said[0])


def certain(said: Sequence[dict[str, Any]]) -> list[str]:
    """The entries that matched for certain, as often as they did."""
    return [match["entry"] for one in said for match in one["matches"] if match["certainty"] == "match"]
