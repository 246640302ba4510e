"""What the process `taking` does: lists begin, change their rules and leave; their pages are taken in."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from disrupt.hotline.common.running.sweep import Duty, NowAndThen
from disrupt.hotline.exchange.taking import services, telling
from disrupt.hotline.exchange.taking.models import TakenEntry, TakenSource
from disrupt.protocol.taking import pages
from disrupt.protocol.taking.sources import Source, read_file

log = logging.getLogger(__name__)


def sources() -> dict[str, Source]:
    """The lists of the file of sources, by their names; none where there is no file. Raises BadSources."""
    path: Path | None = settings.TAKE_FROM
    return {one.name: one for one in read_file(path)} if path is not None else {}


def _folder(name: str) -> Path:
    folder: Path = settings.TAKEN_FOLDER / name
    return folder


def _changed() -> Iterator[str]:
    """The lists that begin, whose rules are others, or that leave."""
    wanted, known = sources(), dict(TakenSource.objects.values_list("name", "mark"))
    yield from (name for name, one in wanted.items() if known.get(name) != one.rules.mark)
    yield from (name for name in known if name not in wanted)


def _change(name: str) -> None:
    wanted = sources().get(name)
    if wanted is None:
        services.leaves(TakenSource.objects.get(name=name))
        return
    if TakenSource.objects.filter(name=name).exists():
        # What the older rules kept out left nothing behind: everything is read anew.
        _read_anew(name)
    services.begins(name, wanted.url, wanted.rules)


def _read_anew(name: str) -> None:
    _folder(name).mkdir(mode=0o770, parents=True, exist_ok=True)
    (_folder(name) / pages.AGAIN).touch(0o660)


def _with_pages() -> Iterator[str]:
    wanted = sources()
    known = TakenSource.objects.filter(name__in=wanted).values_list("name", flat=True)
    yield from (name for name in known if pages.waiting(_folder(name)))


def _take(name: str) -> None:
    """The next page of a list; what is no page is put aside, and the list is read anew."""
    wanted, source = sources().get(name), TakenSource.objects.get(name=name)
    waiting = pages.waiting(_folder(name))
    if wanted is None or wanted.rules.mark != source.mark or not waiting:
        return
    path = waiting[0]
    try:
        page = pages.read(path)
    except pages.NotAPage as error:
        log.error("a page of %s is put aside: %s", name, error)
        path.replace(path.with_suffix(".bad"))
        _read_anew(name)
        return
    services.take_in(source, page, wanted.rules)
    path.unlink()


def names() -> Iterator[str]:
    """Every list that is read; how that goes is written down every half minute, for the console."""
    yield from TakenSource.objects.values_list("name", flat=True)


def _hear(name: str) -> None:
    try:
        said = json.loads((_folder(name) / pages.STATE).read_bytes())
        fetched, problem = float(said["fetched"]), str(said["error"])[:300]
    except FileNotFoundError:
        return
    at = dt.datetime.fromtimestamp(fetched, dt.UTC) if fetched else None
    TakenSource.objects.filter(name=name).update(fetched_at=at, problem=problem)


def _to_tell() -> Iterator[int]:
    yield from telling.to_tell(settings.TAKEN_FOLDER, sources())


def _tell(pk: int) -> None:
    name = TakenEntry.objects.values_list("source__name", flat=True).get(pk=pk)
    telling.tell(pk, sources().get(name), _folder(name))


DUTIES: tuple[Duty, ...] = (
    Duty("taking.sources", _changed, _change),
    Duty("taking.pages", _with_pages, _take),
    Duty("taking.heard", NowAndThen(names, 30), _hear),
    Duty("taking.words", _to_tell, _tell),
)
