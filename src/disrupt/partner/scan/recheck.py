"""New entries compared with a catalogue's kept fingerprints: minutes for what took days to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from disrupt.matching import RADIUS, Bank, Findings, Match
from disrupt.matching._bank._tables import items_of, key_of
from disrupt.matching.entries import BankEntry
from disrupt.matching.lookup import best_of, certainty_of
from disrupt.partner.answers import as_json
from disrupt.partner.scan.prints import compare, known
from disrupt.partner.scan.results import rows_of

KEPT = "kept print"
"""The view's name: of the file as it is, or as one of its seven turned or mirrored forms."""


def new_entries(folder: Path, banks: Mapping[str, Bank]) -> list[tuple[str, BankEntry]]:
    """The entries that the catalogue was not compared with yet, each with the name of its bank."""
    before = known(folder)
    return [
        (name, entry)
        for name, bank in banks.items()
        for entry in bank.entries()
        if not _is_in(before, key_of(entry.id))
    ]


def _is_in(keys: np.ndarray[Any, np.dtype[np.uint64]], key: int) -> bool:
    place = int(np.searchsorted(keys, np.uint64(key)))
    return place < len(keys) and int(keys[place]) == key


def recheck(
    folder: Path, results: Path, banks: Mapping[str, Bank], radius: int | None = None
) -> Iterator[dict[str, Any]]:
    """A row for each file of the catalogue, whose scan wrote `results`, that a new entry is found in."""
    hashes: list[str] = []
    owners: list[tuple[str, BankEntry]] = []
    for name, entry in new_entries(folder, banks):
        for _, text in items_of(entry):
            hashes.append(text)
            owners.append((name, entry))
    queries = np.frombuffer(bytes.fromhex("".join(hashes)), np.uint8).reshape(-1, 32)
    found: dict[int, list[Match]] = defaultdict(list)
    for query, place, distance, _ in compare(folder, queries, RADIUS if radius is None else radius):
        name, entry = owners[query]
        found[place].append(
            Match(
                entry.id,
                distance,
                KEPT,
                entry.category,
                certainty_of(distance),
                hex=hashes[query],
                origin=entry.origin,
                bank=name,
                label=entry.label,
            )
        )
    if not found:
        return
    for number, row in enumerate(rows_of(results)):
        if number in found:
            matches = best_of(found[number])
            yield as_json(row["path"], Findings(matches, 100, (0, 0)), banked=True)
