"""What a feed says, as changes of a bank: what cannot be understood is counted and named, the rest counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from disrupt.matching import Add, BadEntry, Bank, BankEntry, Change, FrameValue, PdqValue, Withdraw
from disrupt.matching.entries import check_entry
from disrupt.partner.following.summary import Summary
from disrupt.protocol import feed
from disrupt.protocol.generic import is_generic


def entry_of(added: feed.Added, source: str = "") -> BankEntry:
    """A change of the feed as a bank keeps it; roles that this version does not know count as derived."""
    roles = {role: role for role in ("stored", "upright", "shown")}
    pdq = tuple(PdqValue(p.hex, p.quality, roles.get(p.role, "derived")) for p in added.pdq)  # type: ignore[arg-type]
    vpdq = tuple(FrameValue(f.frame, f.timestamp, f.quality, f.hex) for f in added.vpdq)
    return check_entry(
        BankEntry(
            id=added.id,
            kind=added.kind,  # type: ignore[arg-type]  # the feed's own words, checked as it was parsed
            category=added.category,
            origin=added.origin,  # type: ignore[arg-type]
            sha256=added.sha256,
            md5=added.md5,
            pdq=pdq,
            vpdq=vpdq,
            source=source,
        )
    )


def bank_changes(
    changes: Iterable[feed.Change | feed.Malformed], summary: Summary, source: str
) -> list[Change]:
    """What of these a bank of this source takes in.

    Hashes that would match anything are left out, with a warning: `summary` counts what was not taken.
    """
    taken: list[Change] = []
    for change in changes:
        try:
            if isinstance(change, feed.Malformed):
                raise BadEntry(change.reason)
            if isinstance(change, feed.Added):
                taken.append(Add(entry_of(_without_generic(change, summary), source)))
            else:
                taken.append(Withdraw(change.id))
        except BadEntry as error:
            summary.skipped += 1
            summary.warn(f"change {change.seq} is malformed and was skipped: {error}")
    return taken


def _without_generic(added: feed.Added, summary: Summary) -> feed.Added:
    """An entry without hashes that would match anything flat or striped, whatever quality they claim."""
    pdq = tuple(p for p in added.pdq if not is_generic(p.hex))
    vpdq = tuple(f for f in added.vpdq if not is_generic(f.hex))
    left_out = len(added.pdq) + len(added.vpdq) - len(pdq) - len(vpdq)
    if not left_out:
        return added
    summary.quarantined += left_out
    summary.warn(f"change {added.seq}: {left_out} hashes describe no picture, and were left out")
    return replace(added, pdq=pdq, vpdq=vpdq)


def of_this_source(changes: Iterable[Change], bank: Bank, source: str, summary: Summary) -> list[Change]:
    """What a source may change: its own entries, and those of which nobody said whose they are.

    One source can neither withdraw nor replace what another has offered: that is skipped, with a warning.
    """
    allowed: list[Change] = []
    for change in changes:
        key = change.entry.id if isinstance(change, Add) else change.id
        there = bank.get(key)
        if there is None or there.source in ("", source):
            allowed.append(change)
        else:
            summary.skipped += 1
            summary.warn(f"{source} has no say in entry {key}, which is of {there.source}")
    return allowed
