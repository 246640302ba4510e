"""Lists that are no hotline's feed, page by page as one: StopNCII, NCMEC's hash sharing, ThreatExchange.

The last two are read by the library `threatexchange` (the extra `tx`), which keeps up with what they speak.
Such lists do not say through whom their entries came, nor of what quality a hash is: the least is taken.
"""

from __future__ import annotations

import datetime as dt
import importlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import time
from typing import Any

from disrupt.errors import DisruptError
from disrupt.extras import more_needed
from disrupt.partner.following.feed_client import SyncError, base_address
from disrupt.partner.following.ncmec_client import NcmecClient
from disrupt.partner.following.patience import fault_of
from disrupt.partner.following.stopncii_client import FIRST, StopNciiClient
from disrupt.partner.relay.laying import A_PAGE, State, asked_again, lay, make_folder
from disrupt.protocol.feed import SHARED, Added, BadChange, Change, PdqPrint, Withdrawn
from disrupt.protocol.stopncii import MIN_QUALITY, Signal, Status
from disrupt.protocol.taking.pages import Fetched
from disrupt.protocol.taking.sources import Source

STALE = 30 * 86_400
"""After so many seconds without a fetch what was deleted meanwhile may be told no more: all is read anew."""


class NotRead(SyncError):
    """The library that reads this list could not."""


@dataclass(frozen=True)
class Told:
    """One thing that a list says under a name of its own: an entry, or, without a hash, that it is gone."""

    name: str
    category: str = ""
    pdq: str = ""
    md5: str = ""
    minors: bool = False
    named: bool = False
    """Whether its name is needed to tell that list something of it."""

    def id(self, home: str) -> str:
        """What the entry is called here."""
        return str(uuid.uuid5(uuid.UUID(home), self.name))

    def change(self, home: str) -> Change:
        """As a change of a feed. Raises BadChange."""
        at, entry = dt.datetime.fromtimestamp(0, dt.UTC), self.id(home)
        if not (self.pdq or self.md5):
            return Withdrawn(1, at, entry)
        return Added(
            seq=1,
            at=at,
            id=entry,
            kind="image" if self.pdq else "video",
            category=self.category,
            origin=SHARED,
            sha256=None,
            md5=self.md5 or None,
            pdq=(PdqPrint(self.pdq, MIN_QUALITY, "stored"),) if self.pdq else (),
            minors="declared" if self.minors else None,
        )


Delta = tuple[list[Told], int, dict[str, Any]]
"""What one page of a list says, how much of it cannot be read, and where to go on from."""


def fetch(source: Source, key: str, folder: Path) -> State:
    """Lay down everything that is new of a list. Raises SyncError, OSError."""
    make_folder(folder)
    state = asked_again(folder, State.load(folder))
    if state.checkpoint and time() - state.fetched > STALE:
        state = replace(state, checkpoint={}, round=state.round + 1, anew=True).save(folder)
    home = str(uuid.uuid5(uuid.NAMESPACE_URL, base_address(source.url)))
    for told, malformed, checkpoint in _read(source, key, dict(state.checkpoint)):
        for part in range(0, max(len(told), 1), A_PAGE):
            state = _lay(folder, state, home, told[part : part + A_PAGE], 0 if part else malformed)
        state = replace(state, checkpoint=checkpoint).save(folder)
    if state.anew:
        state = lay(folder, state, Fetched(home, (), state.round, whole=True, traced=False), 0)
    return replace(state, fetched=time(), error="").save(folder)


def _read(source: Source, key: str, checkpoint: dict[str, Any]) -> Iterator[Delta]:
    """Page by page. Whatever a library, or what it calls, makes of a stranger's answer is NotRead."""
    deltas = _READ[source.protocol](source, key, checkpoint)
    try:
        yield from deltas
    except DisruptError:
        raise
    except Exception as error:  # those of `requests` are OSErrors
        answer = getattr(error, "response", None)
        why = type(error).__name__
        if answer is not None:
            why = fault_of(answer.status_code, answer.headers.get("Retry-After", ""))
        raise NotRead(f"{source.url} could not be read: {why}.") from None


def _lay(folder: Path, state: State, home: str, told: Iterable[Told], malformed: int) -> State:
    changes, names = [], {}
    for one in told:
        try:
            changes.append(one.change(home))
        except BadChange:
            malformed += 1
            continue
        if one.named:
            names[one.id(home)] = one.name
    page = Fetched(home, tuple(changes), state.round, False, malformed, traced=False, names=names)
    return lay(folder, state, page, 0)


def _stopncii(source: Source, key: str, checkpoint: dict[str, Any]) -> Iterator[Delta]:
    client = StopNciiClient(source.url, ",".join(key.split(",")[:2]))
    with client:
        for records, following in client.pages(max(FIRST, int(checkpoint.get("since", FIRST)))):
            told, malformed = [], 0
            for record in records:
                signal, value, status = (record.get(n) for n in ("signalType", "hashValue", "hashStatus"))
                if signal not in (Signal.IMAGE_PDQ, Signal.VIDEO_MD5):
                    continue
                if not isinstance(value, str) or not isinstance(status, str):
                    malformed += 1
                elif status in (Status.WITHDRAWN, "Deleted"):
                    told.append(Told(f"{signal}:{value}"))
                else:
                    picture = signal == Signal.IMAGE_PDQ
                    pdq, md5 = (value, "") if picture else ("", value)
                    told.append(Told(f"{signal}:{value}", "stopncii", pdq, md5))
            yield told, malformed, {"since": following}


def _ncmec(source: Source, key: str, checkpoint: dict[str, Any]) -> Iterator[Delta]:
    client = NcmecClient(source.url, key)
    with client:
        for updates, following in client.pages(int(checkpoint.get("since", 0))):
            yield [_of_ncmec(one) for one in updates], 0, {"since": following}


def _of_ncmec(entry: Any) -> Told:
    """Every entry there is of a minor: that is what the list is for."""
    prints: Mapping[str, str] = entry.fingerprints
    name, kind = f"{entry.member_id}-{entry.id}", str(entry.entry_type.value)
    if entry.deleted:
        return Told(name)
    pdq = str(prints.get("pdq", "")).lower() if kind == "image" else ""
    md5 = str(prints.get("md5", "")).lower() if kind == "video" else ""
    return Told(name, f"ncmec-{entry.classification or 'none'}", pdq, md5, minors=True, named=True)


def _threatexchange(source: Source, key: str, checkpoint: dict[str, Any]) -> Iterator[Delta]:
    library = _library("exchanges.impl.fb_threatexchange_api")
    client = _library("exchanges.clients.fb_threatexchange.api")
    config = library.FBThreatExchangeCollabConfig(name=source.name, privacy_group=source.group)
    api = library.FBThreatExchangeSignalExchangeAPI(
        client.ThreatExchangeAPI(key, endpoint_override=source.url), config
    )
    start = library.FBThreatExchangeCheckpoint(int(checkpoint["at"])) if checkpoint else None
    for delta in api.fetch_iter(_signals(), start):
        told = []
        for (kind, value), record in delta.updates.items():
            name, text = f"{kind}:{value}", str(value).lower()
            if kind not in ("HASH_PDQ", "HASH_VIDEO_MD5"):
                continue
            if record is None or not _is_meant(record):
                told.append(Told(name))
            elif kind == "HASH_PDQ":
                told.append(Told(name, "threatexchange", pdq=text))
            else:
                told.append(Told(name, "threatexchange", md5=text))
        yield told, 0, {"at": delta.checkpoint.update_time}


def _is_meant(record: Any) -> bool:
    """Whether somebody there says that it is what the group looks for, and nobody that it is not."""
    said = {opinion.category.name for opinion in record.opinions}
    return "POSITIVE_CLASS" in said and "NEGATIVE_CLASS" not in said


def _signals() -> list[Any]:
    return [
        _library("signal_type.pdq.signal").PdqSignal,
        _library("signal_type.md5").VideoMD5Signal,
    ]


def _library(module: str) -> Any:
    try:
        return importlib.import_module(f"threatexchange.{module}")
    except ImportError:
        raise SyncError(f"the protocol threatexchange {more_needed('tx')}") from None


_READ: Mapping[str, Callable[[Source, str, dict[str, Any]], Iterator[Delta]]] = {
    "stopncii": _stopncii,
    "ncmec": _ncmec,
    "threatexchange": _threatexchange,
}
"""How a list of each protocol is read: its source, our key, and where to go on from."""
