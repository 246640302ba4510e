"""What a scan reads that is no file of this machine: objects of a store, addresses, records of a web archive.

Their content goes through memory and touches no disk. A name says where it is, and is what stands in the row:
`s3://bucket/key` and the like (by `fsspec`), `https://...`, `crawl.warc.gz#1234` (the record's place).
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import httpx

from disrupt.errors import DisruptError
from disrupt.extras import more_needed
from disrupt.fingerprint import MissingFile, held
from disrupt.fingerprint.sniff import HEAD, sniff
from disrupt.fingerprint.source import Source

_ARCHIVES = (".warc", ".warc.gz")
_BLOCK = 1 << 20
_TRIES = 4


class SourceGone(DisruptError):
    """A store or a site does not answer any more; what was done is done, the same command goes on."""


class NotInstalled(DisruptError):
    """Reading this kind of source takes more than is installed."""


class Carried(str):
    """The name of something that brings its content along."""

    content: bytes

    @classmethod
    def of(cls, name: str, content: bytes) -> Carried:
        made = cls(name)
        made.content = content
        return made


def is_elsewhere(name: str) -> bool:
    """Whether a name is of something that is no file here."""
    return isinstance(name, Carried) or "://" in name or archive_of(name) is not None


def archive_of(name: str) -> tuple[str, int] | None:
    """The web archive that a name is a record of, and the record's place in it."""
    path, mark, place = name.rpartition("#")
    if mark and path.endswith(_ARCHIVES) and place.isascii() and place.isdigit():
        return path, int(place)
    return None


def is_archive(source: str) -> bool:
    """Whether a source is a web archive, each record of which is looked up."""
    return source.endswith(_ARCHIVES)


def listed(source: str) -> Iterator[str]:
    """The names below a store's folder, or the media in a web archive. Raises SourceGone, NotInstalled."""
    if is_archive(source):
        yield from _records(source)
    elif source.startswith(("http://", "https://")):
        yield source
    else:
        fs, path = store_of(source)
        found = _again(lambda: [path] if fs.isfile(path) else sorted(fs.find(path)), source)
        yield from (fs.unstrip_protocol(one) for one in found)


@contextmanager
def opened(name: str) -> Iterator[Source]:
    """What a name leads to, as a look-up takes it. Raises MissingFile, MediaTooLarge, SourceGone."""
    if not is_elsewhere(name):
        yield name
        return
    with held(_content(name)) as content:
        yield content


def _content(name: str) -> Iterator[bytes]:
    archive = archive_of(name)
    if isinstance(name, Carried):
        yield name.content
    elif archive is not None:
        yield from _record(*archive)
    elif name.startswith(("http://", "https://")):
        yield from _again(lambda: _fetched(name), name)
    else:
        fs, path = store_of(name)
        try:
            file = _again(lambda: fs.open(path, "rb"), name)
        except FileNotFoundError as error:
            raise MissingFile("it is not there any more") from error
        with file:
            while block := _again(lambda: file.read(_BLOCK), name):
                yield block


def store_of(name: str) -> tuple[Any, str]:
    """The store that a name is of, as `fsspec` has it, and the path in it. Raises NotInstalled."""
    if importlib.util.find_spec("fsspec") is None:
        raise NotInstalled(f"reading a store {more_needed('scan')}")
    from fsspec.core import url_to_fs

    try:
        fs, path = url_to_fs(name)
    except (ImportError, ValueError) as error:
        raise NotInstalled(f"{name}: {error}") from error
    return fs, path


def _again(ask: Callable[[], Any], name: str, pause: Callable[[float], None] = time.sleep) -> Any:
    """Ask a few times, for a store stumbles now and then. Raises SourceGone, FileNotFoundError."""
    for attempt in range(_TRIES):
        if attempt:
            pause(2.0 ** (attempt - 1))
        try:
            return ask()
        except FileNotFoundError:
            raise
        except (OSError, httpx.TransportError) as error:
            fault = str(error) or type(error).__name__
    raise SourceGone(f"{name}: does not answer: {fault}: run the same again later")


def _fetched(name: str) -> list[bytes]:
    """The content at an address. Raises MissingFile for an answer that is not the content."""
    with httpx.stream("GET", name, follow_redirects=True, timeout=60) as answer:
        if answer.status_code >= 500 or answer.status_code == 429:
            raise OSError(f"it answered {answer.status_code}")
        if answer.status_code != 200:
            raise MissingFile(f"it answered {answer.status_code}")
        return list(answer.iter_bytes(_BLOCK))


def _records(source: str) -> Iterator[str]:
    """The records of a web archive that begin as a picture or a film does."""
    with Path(source).open("rb") as file:
        for record, place_of in _iterated(file, source):
            if record.rec_type in ("response", "resource"):
                head = record.content_stream().read(HEAD)
                if sniff(head) != "unknown":
                    yield f"{source}#{place_of()}"


def _record(path: str, place: int) -> Iterator[bytes]:
    """The content of one record, unpacked. Raises MissingFile."""
    try:
        with Path(path).open("rb") as file:
            file.seek(place)
            for record, _ in _iterated(file, path):
                stream = record.content_stream()
                while block := stream.read(_BLOCK):
                    yield block
                return
    except OSError as error:
        raise MissingFile(f"cannot be opened: {(error.strerror or str(error)).lower()}") from error
    raise MissingFile("the archive has no record there")


def _iterated(file: BinaryIO, path: str) -> Iterator[tuple[Any, Callable[[], int]]]:
    """Each record, and what tells where it begins: to be asked after what is wanted of it was read."""
    if importlib.util.find_spec("warcio") is None:
        raise NotInstalled(f"reading a web archive {more_needed('scan')}")
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    records = ArchiveIterator(file)
    try:
        for record in records:
            yield record, records.get_record_offset
    except ArchiveLoadFailed as error:
        raise SourceGone(f"{path}: is no web archive, or is damaged: {error}") from error
