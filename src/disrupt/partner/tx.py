"""A plugin for `tx` and HMA (threatexchange) that reads our feed, withdrawals included: `TX_MANIFEST`.

    tx config extensions add disrupt.partner.tx
    tx config collab edit disrupt --create NAME --url https://exchange.example --key-file FILE
    tx fetch

The public client's own StopNCII exchange looks for withdrawals in the wrong field and so never deletes; here
each bank entry is a record under its own identifier, and its withdrawal deletes it. Pictures become `pdq`,
videos `video_md5`, `video_sha256` and `vpdq` (see tx_vpdq.py); what `tx` has no signal type for is left out.
Interfaces: facebook/ThreatExchange, exchanges/signal_exchange_api.py and extensions/manifest.py (1.2.17).
"""

# No `from __future__ import annotations`: `tx` reads the types of the settings' fields at run time.

import json
import logging
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from threatexchange.exchanges import fetch_state as state
from threatexchange.exchanges.collab_config import CollaborationConfigBase, CollaborationConfigWithDefaults
from threatexchange.exchanges.signal_exchange_api import SignalExchangeAPI
from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest
from threatexchange.signal_type.signal_base import SignalType

from disrupt.partner.following.feed_client import FeedClient
from disrupt.partner.shared.keyfile import read_key
from disrupt.partner.shared.words import printable
from disrupt.protocol.feed import DERIVED, Added, Malformed, Withdrawn
from disrupt.protocol.generic import is_generic

NAME = "disrupt"
MIN_QUALITY = 50
log = logging.getLogger(__name__)


@dataclass
class _Needed:
    url: str = field(metadata={"help": "the exchange, for example https://exchange.example"})
    key_file: str = field(metadata={"help": "the file that holds the API key"})


@dataclass
class DisruptConfig(CollaborationConfigWithDefaults, _Needed):  # type: ignore[misc]  # an untyped base
    """One hotline: several can be read side by side, each with its own key."""

    api: str = field(init=False, default=NAME)


@dataclass
class DisruptCheckpoint(state.FetchCheckpointBase):  # type: ignore[misc]  # as above
    """The number of the last change that was applied, and where it was read."""

    seq: int
    url: str


@dataclass
class DisruptRecord(state.FetchedSignalMetadata):  # type: ignore[misc]  # as above
    """A bank entry: its category, its origin, and its signals by the name of their type."""

    category: str
    origin: str
    signals: dict[str, list[str]]

    def get_as_opinions(self) -> t.Sequence[state.SignalOpinion]:
        """What an analyst examined is of the category; what a person declared is to be looked at."""
        examined = self.origin == "examined"
        opinion = state.SignalOpinionCategory
        category = opinion.POSITIVE_CLASS if examined else opinion.INVESTIGATION_SEED
        return [state.SignalOpinion(False, category, {self.category, self.origin})]


def signals_of(added: Added) -> dict[str, list[str]]:
    """The entry's fingerprints under the names of `tx`'s signal types; never those of parts of a picture.

    `tx` could not tell them from those of whole pictures (docs/adr/0004).
    """
    if added.kind == "image":
        whole = (
            p.hex
            for p in added.pdq
            if p.quality >= MIN_QUALITY and p.role != DERIVED and not is_generic(p.hex)
        )
        return {"pdq": list(dict.fromkeys(whole))}
    signals = {"video_sha256": [added.sha256]} if added.sha256 else {}
    if added.md5:
        signals["video_md5"] = [added.md5]
    frames = [
        f"{f.hex},{f.quality},{f.timestamp:.3f}"
        for f in added.vpdq
        if f.quality >= MIN_QUALITY and not is_generic(f.hex)
    ]
    if frames:
        signals["vpdq"] = [json.dumps(frames)]
    return signals


class DisruptExchangeAPI(
    SignalExchangeAPI[DisruptConfig, DisruptCheckpoint, DisruptRecord, str, DisruptRecord]  # type: ignore[misc]
):
    """Reads a Disrupt feed; records are keyed by the bank entry's identifier."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__()
        self._url, self._key = url, key

    @classmethod
    def get_name(cls) -> str:
        return NAME

    @staticmethod
    def get_config_cls() -> type[DisruptConfig]:
        return DisruptConfig

    @staticmethod
    def get_checkpoint_cls() -> type[DisruptCheckpoint]:
        return DisruptCheckpoint

    @staticmethod
    def get_record_cls() -> type[DisruptRecord]:
        return DisruptRecord

    @classmethod
    def for_collab(cls, collab: DisruptConfig) -> "DisruptExchangeAPI":
        """Raises SyncError when the address or the key file cannot be used."""
        return cls(collab.url, read_key(Path(collab.key_file).expanduser()))

    def fetch_iter(
        self,
        supported_signal_types: t.Sequence[type[SignalType]],
        checkpoint: DisruptCheckpoint | None,
    ) -> t.Iterator["state.FetchDelta[str, DisruptRecord, DisruptCheckpoint]"]:
        """One delta a page of the feed; None deletes. Raises SyncError."""
        with FeedClient(self._url, self._key) as client:
            if checkpoint is not None and checkpoint.url != client.base:
                raise ValueError(f"fetched from {checkpoint.url} so far: run `tx fetch --clear` first")
            seq, more = (checkpoint.seq if checkpoint else 0), True
            end: int | None = None
            while more:
                page = client.page(seq)
                if page is None:
                    return
                updates: dict[str, DisruptRecord | None] = {}
                for change in page.changes:
                    if isinstance(change, Withdrawn):
                        updates[change.id] = None
                    elif isinstance(change, Added):
                        updates[change.id] = DisruptRecord(change.category, change.origin, signals_of(change))
                    elif isinstance(change, Malformed):
                        log.warning(
                            "change %d is malformed and was skipped: %s", change.seq, printable(change.reason)
                        )
                end = page.last if end is None else end  # a feed that grows for ever is not read for ever
                seq, more = page.next, page.more and page.next < end
                yield state.FetchDelta(updates, DisruptCheckpoint(seq, client.base))

    @classmethod
    def naive_convert_to_signal_type(
        cls,
        signal_types: t.Sequence[type[SignalType]],
        collab: CollaborationConfigBase,
        fetched: t.Mapping[str, DisruptRecord | None],
    ) -> dict[type[SignalType], dict[str, DisruptRecord]]:
        """The signals that the caller can match; of two entries with the same one, an examined one speaks."""
        by_name = {kind.get_name(): kind for kind in signal_types}
        found: dict[type[SignalType], dict[str, DisruptRecord]] = {}
        for record in fetched.values():
            for name, signals in record.signals.items() if record is not None else ():
                kind = by_name.get(name)
                if kind is None or record is None:
                    continue
                for signal in signals:
                    known = found.setdefault(kind, {}).get(signal)
                    if known is None or known.origin != "examined":
                        found[kind][signal] = record
        return found


TX_MANIFEST = ThreatExchangeExtensionManifest(apis=(DisruptExchangeAPI,))
