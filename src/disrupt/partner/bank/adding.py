"""What `disrupt bank add` puts into a bank: files that it fingerprints, lists of hashes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from disrupt.fingerprint import (
    FingerprintError,
    ImageFingerprint,
    Limits,
    Sandbox,
    VideoFingerprint,
    fingerprint_file,
)
from disrupt.matching import Add, Bank, BankEntry, BankMissing, FrameValue, PdqValue
from disrupt.matching.entries import check_entry
from disrupt.partner.bank.lists import BadLine, read_list
from disrupt.partner.bank.marks import told_count
from disrupt.partner.hash import in_order, progress, walk
from disrupt.partner.shared.said import complain

_BATCH, _LISTED = 500, 20_000  # entries written at a time: of files, of lists


def add(args: argparse.Namespace) -> int:
    """Do it; 1 where a file or a line could not be added, 2 where none is named. Raises BankError."""
    if not args.paths and not args.hashes:
        complain("name at least one PATH, or --hashes FILE", who="bank add", code="usage")
        return 2
    try:
        bank = Bank.open(args.bank)
    except BankMissing:
        status = 0
        if args.hashes:  # at once: a list may have millions
            listed = _List(args.hashes, args.category)
            bank = Bank.load(args.bank, listed)
            status |= listed.told(args)
        else:
            bank = Bank.create(args.bank)
    else:
        for problem in bank.problems:
            complain(problem)
        status = 1 if bank.problems else 0
        if args.hashes:
            status |= _add_list(bank, args)
    if args.paths:
        status |= _add_files(bank, args)
    return status


class _List:
    """The entries of a list; the lines that are none are told as they come."""

    def __init__(self, path: str, category: str) -> None:
        self._path, self._category = path, category
        self._added = self._bad = 0

    def __iter__(self) -> Iterator[BankEntry]:
        with Path(self._path).open(encoding="utf-8", errors="replace") as lines:
            for found in read_list(lines, category=self._category):
                if isinstance(found, BadLine):
                    complain(f"line {found.line}: {found.reason}", path=self._path, code="bad_line")
                    self._bad += 1
                else:
                    self._added += 1
                    yield found

    def told(self, args: argparse.Namespace) -> int:
        """Say how many there were; 1 where a line was none."""
        told_count(args, "added", self._added)
        return 1 if self._bad else 0


def _add_list(bank: Bank, args: argparse.Namespace) -> int:
    listed = _List(args.hashes, args.category)
    entries = iter(listed)
    while batch := [Add(entry) for entry in islice(entries, _LISTED)]:
        bank.apply(batch, keep_marks=True)
    bank.settle()
    return listed.told(args)


def _add_files(bank: Bank, args: argparse.Namespace) -> int:
    files = [*walk(args.paths)]
    pending: list[Add] = []
    added = status = 0

    with Sandbox(Limits(), workers=args.jobs) as sandbox, progress(len(files)) as advance:

        def outcome(path: str) -> ImageFingerprint | VideoFingerprint | FingerprintError:
            try:
                return fingerprint_file(path, sandbox=sandbox)
            except FingerprintError as error:
                return error

        for path, found in in_order(outcome, files, args.jobs):
            if isinstance(found, FingerprintError):
                complain(found, path=path)
                status = 1
            else:
                entry = own_entry(found, args.category)
                if entry.digest_only:
                    complain("too flat or blurred: only exact copies will be found", path=path, code="flat")
                print(json.dumps({"path": path, "entry": entry.id}))
                pending.append(Add(entry))
                added += 1
            if len(pending) >= _BATCH:
                bank.apply(pending, keep_marks=True)
                pending = []
            advance()
    bank.apply(pending, keep_marks=True)
    bank.settle()
    told_count(args, "added", added)
    return status


def own_entry(found: ImageFingerprint | VideoFingerprint, category: str = "") -> BankEntry:
    """A platform's own entry, whose id follows from the file's bytes: adding a file twice banks it once."""
    if isinstance(found, VideoFingerprint):
        frames = tuple(
            FrameValue(f.frame, f.timestamp, f.quality, f.hex) for f in (*found.vpdq, *found.upright)
        )
        pictures: tuple[PdqValue, ...] = ()
    else:
        frames = ()
        pictures = (PdqValue(found.pdq.hex, found.pdq.quality),)
        if found.upright is not None:
            pictures += (PdqValue(found.upright.hex, found.upright.quality, "upright"),)
        pictures += tuple(PdqValue(one.pdq.hex, one.pdq.quality, "shown") for one in found.shown)
    return check_entry(
        BankEntry(
            id=f"own:{found.sha256[:40]}",
            kind=found.kind,
            category=category,
            origin="own",
            sha256=found.sha256,
            md5=found.md5,
            pdq=pictures,
            vpdq=frames,
        )
    )
