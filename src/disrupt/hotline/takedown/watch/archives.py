"""A web archive (WARC) that is handed in is compared with the bank as it is read; nothing of it is kept."""

from __future__ import annotations

import importlib.util
import zlib
from pathlib import Path

from disrupt.hotline.takedown.checks.media import MOST_BYTES
from disrupt.hotline.takedown.hosts import exact
from disrupt.hotline.takedown.watch import hits
from disrupt.hotline.takedown.watch.comparing import answer


class NoArchives(RuntimeError):
    """The package that reads web archives is missing, or the file is none."""


def compare(path: Path) -> tuple[int, int]:
    """How many files of an archive were compared, and how many are new hits. Raises NoArchives."""
    if importlib.util.find_spec("warcio") is None:
        raise NoArchives("Install the package warcio to read web archives.")
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    compared = found = 0
    with path.open("rb") as file:
        try:
            for record in ArchiveIterator(file):
                url = exact(record.rec_headers.get_header("WARC-Target-URI") or "")[:2000]
                if record.rec_type not in {"response", "resource"} or not url.startswith("http"):
                    continue
                if not _kind(record).startswith("image/"):
                    continue
                body = record.content_stream().read(MOST_BYTES + 1)
                if len(body) > MOST_BYTES:
                    continue
                compared += 1
                one = answer(body)
                # The page that showed it is not in the archive's record: the file itself is what is there.
                found += one is not None and hits.note(url, "", one, None) is not None
        except (ArchiveLoadFailed, ValueError, EOFError, zlib.error) as error:
            raise NoArchives("This file is no web archive.") from error
    return compared, found


def _kind(record: object) -> str:
    headers = getattr(record, "http_headers", None) or record.rec_headers  # type: ignore[attr-defined]
    return str(headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
