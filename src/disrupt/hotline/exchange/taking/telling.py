"""What is refused here is laid down for `disrupt relay`, which tells the list that it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import transaction

from disrupt.hotline.exchange.models import EntryWord
from disrupt.hotline.exchange.taking.models import TakenEntry, Telling
from disrupt.protocol.feedback import DISPUTING, Opinion, Why
from disrupt.protocol.taking.said import WORDS, Said
from disrupt.protocol.taking.sources import Source

_BY_HASH, _BY_NAME = frozenset({"stopncii"}), frozenset({"ncmec"})
_WAYS = {"disrupt"} | _BY_HASH | _BY_NAME
"""The protocols by which a reader can say what it found."""


def to_tell(folder: Path, names: Iterable[str]) -> Iterator[int]:
    """What of these lists is to be laid down, and what was and has been told since."""
    waiting = TakenEntry.objects.exclude(telling="").filter(telling__in=(Telling.DUE, Telling.LAID))
    waiting = waiting.filter(source__name__in=list(names)).order_by("pk")
    for pk, name, telling in waiting.values_list("pk", "source__name", "telling"):
        if telling == Telling.DUE or not _file(folder / name, pk).exists():
            yield pk


def _file(folder: Path, pk: int) -> Path:
    return folder / WORDS / f"{pk}.json"


@transaction.atomic
def tell(pk: int, wanted: Source | None, folder: Path) -> None:
    """One step for one entry; each can run twice."""
    row = TakenEntry.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None or wanted is None:
        return
    file = _file(folder, row.pk)
    if row.telling == Telling.LAID:
        if file.exists():
            return
        row.telling = Telling.TOLD
    else:
        said = _said(row, wanted.protocol)
        if said is not None:
            file.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
            _write(file, said.to_json())
        row.telling, row.waits = (Telling.LAID if said else Telling.NO_WAY), None
    row.save(update_fields=["telling", "waits"])


def _write(file: Path, text: str) -> None:
    part = file.with_suffix(".part")
    part.write_text(text)
    part.chmod(0o660)
    part.replace(file)


def _said(row: TakenEntry, protocol: str) -> Said | None:
    """None where that list has no way to be told."""
    hashes = row.waits if protocol in _BY_HASH else None
    pdq = tuple(one["hex"] for one in hashes["pdq"]) if hashes else ()
    md5 = str(hashes["md5"]) if hashes else ""
    unnamed = (protocol in _BY_NAME and not row.their_name) or (protocol in _BY_HASH and not (pdq or md5))
    if protocol not in _WAYS or unnamed:
        return None
    words = EntryWord.objects.filter(entry=row.entry, opinion__in=DISPUTING)
    word = words.only("opinion", "why").order_by("-changed_at").first()
    opinion = Opinion(word.opinion) if word else Opinion.NOT_BLOCKED
    return Said(
        entry=str(row.their_id),
        opinion=opinion,
        why=Why(word.why) if word else Why.NOT_SAID,
        name=row.their_name,
        kind=str((row.waits or {}).get("kind", "image")),
        pdq=pdq,
        md5=md5,
    )
