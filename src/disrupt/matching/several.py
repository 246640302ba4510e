"""Several banks looked up as one, so that an upload is decoded and its views made only once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disrupt.fingerprint.cancelling import go_on
from disrupt.matching._index._likely import Likely
from disrupt.matching.entries import BankEntry
from disrupt.matching.errors import EmptyBank
from disrupt.matching.index import RADIUS
from disrupt.matching.lookup import Findings, Match
from disrupt.matching.store import Bank, BankMatch

Banks = Bank | Iterable[Bank] | Mapping[str, Bank]


def named(banks: Banks) -> dict[str, Bank]:
    """Banks by their names: those given, or the names of their folders (numbered where two are the same)."""
    if isinstance(banks, Mapping):
        return dict(banks)
    several = [banks] if isinstance(banks, Bank) else list(banks)
    found: dict[str, Bank] = {}
    for bank in several:
        name, number = bank.path.name, 1
        while name in found:
            number += 1
            name = f"{bank.path.name}-{number}"
        found[name] = bank
    return found


class Several:
    """Answers as one `Bank` does; while it is asked, an entry's id begins with the number of its bank."""

    def __init__(self, banks: Mapping[str, Bank]) -> None:
        self._names, self._banks = list(banks), list(banks.values())
        if not any(len(bank) for bank in self._banks):
            raise EmptyBank("there are no entries, so nothing can be found: fetch or fill the bank first")

    def query_pdq(
        self, hashes: ArrayLike | Sequence[str], radius: ArrayLike = RADIUS, *, threads: int = 1
    ) -> tuple[BankMatch, ...]:
        """As `Bank.query_pdq`; bank by bank. Raises Cancelled too."""
        found: list[BankMatch] = []
        for number, bank in enumerate(self._banks):
            go_on()
            for match in bank.query_pdq(hashes, radius, threads=threads):
                found.append(replace(match, entry=_marked(number, match.entry)))
        return tuple(found)

    def near_pdq(
        self, hashes: NDArray[np.uint8], radius: ArrayLike, likely: Likely, *, most: int
    ) -> tuple[BankMatch, ...]:
        """As `Bank.near_pdq`; `most` of each bank."""
        found: list[BankMatch] = []
        for number, bank in enumerate(self._banks):
            go_on()
            for match in bank.near_pdq(hashes, radius, likely, most=most):
                found.append(replace(match, entry=_marked(number, match.entry)))
        return tuple(found)

    def find_digest(self, *, sha256: str | None = None, md5: str | None = None) -> tuple[BankEntry, ...]:
        """As `Bank.find_digest`; bank by bank."""
        return tuple(
            _marked(number, entry)
            for number, bank in enumerate(self._banks)
            for entry in bank.find_digest(sha256=sha256, md5=md5)
        )

    def told_apart(self, found: Findings, top: int | None) -> Findings:
        """The same, with ids as they are in their banks, the banks' names and the entries' labels."""
        return replace(found, matches=tuple(map(self._match, found.matches[:top])))

    def _match(self, match: Match) -> Match:
        number, _, entry_id = match.entry.partition(":")
        entry = self._banks[int(number)].get(entry_id)
        label = entry.label if entry is not None else ""
        return replace(match, entry=entry_id, bank=self._names[int(number)], label=label)


def _marked(number: int, entry: BankEntry) -> BankEntry:
    return replace(entry, id=f"{number}:{entry.id}")
