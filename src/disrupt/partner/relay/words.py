"""A list is told what was refused of it: the words in its folder, by what its protocol has for that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from disrupt.partner.following.feed_client import FeedClient, SyncError
from disrupt.partner.following.ncmec_client import NcmecClient
from disrupt.partner.following.stopncii_client import StopNciiClient
from disrupt.protocol.stopncii import Opinion as HashOpinion
from disrupt.protocol.taking.said import NotSaid, Said, read, waiting
from disrupt.protocol.taking.sources import Source


def tell(source: Source, key: str, folder: Path) -> int:
    """Tell what waits, and remove it; how many. Told twice changes nothing. Raises SyncError, OSError."""
    told = 0
    for path in waiting(folder):
        try:
            said = read(path)
        except NotSaid as error:
            raise SyncError(str(error)) from None
        _TELL[source.protocol](source, key, said)
        path.unlink()
        told += 1
    return told


def _disrupt(source: Source, key: str, said: Said) -> None:
    word = {"entry": said.entry, "opinion": said.opinion.value, "seen": 0}
    if said.why:
        word["why"] = said.why.value
    with FeedClient(source.url, key) as client:
        client.tell("/v1/feedback", {"feedback": [word]})


def _stopncii(source: Source, key: str, said: Said) -> None:
    values = [*said.pdq, *([said.md5] if said.md5 else [])]
    words = [
        {"hashValue": value, "feedbackValue": HashOpinion.NOT_BLOCKED.value, "tags": []} for value in values
    ]
    # Each of its functions has a key of its own; where only one is given, that is for all.
    fetch, *others = key.split(",")
    mine = others[1] if len(others) > 1 else fetch
    client = StopNciiClient(source.url, ",".join((mine, *others[:1])))
    with client:
        client.tell("/SubmitFeedback", {"count": len(words), "hashFeedbacks": words})


def _ncmec(source: Source, key: str, said: Said) -> None:
    client = NcmecClient(source.url, key)
    with client:
        member, _, entry = said.name.partition("-")
        client.dispute(int(member), entry, "pdq" if said.kind == "image" else "md5")


def _threatexchange(source: Source, key: str, said: Said) -> None:
    raise SyncError(f"{source.name} cannot be told anything: its protocol has no way.")


_TELL: Mapping[str, Callable[[Source, str, Said], None]] = {
    "disrupt": _disrupt,
    "stopncii": _stopncii,
    "ncmec": _ncmec,
    "threatexchange": _threatexchange,
}
