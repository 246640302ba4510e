"""Entries of a bank, each made from a number."""

from __future__ import annotations

import numpy as np

from disrupt.matching import Bank, BankEntry, FrameValue, PdqValue


def pdq(number: int) -> str:
    return np.random.default_rng(number).bytes(32).hex()


def picture(number: int, **more: object) -> BankEntry:
    return BankEntry(
        id=f"e{number}",
        kind="image",
        category="sexual",
        sha256=f"{number:064x}",
        md5=f"{number:032x}",
        pdq=(PdqValue(pdq(number), 90),),
        **more,  # type: ignore[arg-type]  # passed through
    )


def film(number: int, frames: int = 3) -> BankEntry:
    return BankEntry(
        id=f"film{number}",
        kind="video",
        md5=f"{number:032x}",
        vpdq=tuple(FrameValue(25 * n, n * 1.001, 80, pdq(1000 * number + n)) for n in range(frames)),
    )


def content(bank: Bank) -> dict[str, BankEntry]:
    return {entry.id: entry for entry in bank.entries()}
