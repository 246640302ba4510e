"""Where whole contents stand, sealed: in a folder, or in a bucket of an S3-compatible store (docs/adr/0168).

What is on its way in stands in the folder in any case, and so do the keys, which no such store is ever given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from django.conf import settings

from disrupt.hotline.common.store.files import open_own, sync_folder

if TYPE_CHECKING:
    from disrupt.hotline.common.outbound.buckets import Bucket


class Contents(Protocol):
    """Sealed contents by the store's own names. In a bucket every method raises buckets.BucketFailed."""

    def keep(self, part: Path, final: Path) -> None:
        """Make a whole content of what stands at `part`, durably; safe to repeat until `part` is gone."""

    def open(self, final: Path) -> BinaryIO:
        """Its ciphertext, of which the first bytes can be peeked at. Raises FileNotFoundError."""

    def size(self, final: Path) -> int | None:
        """Bytes of ciphertext; None where there is none."""

    def destroy(self, final: Path) -> None:
        """Take away all that there is of it."""

    def is_gone(self, final: Path) -> bool:
        """Whether nothing of it is left."""

    def must_answer(self) -> None:
        """Return where contents can be asked for."""

    def all(self) -> Iterator[tuple[str, dt.datetime]]:
        """Names that the folder does not show, with the time of their last change."""


class InFolder:
    """Files of the folder of contents."""

    def keep(self, part: Path, final: Path) -> None:
        part.rename(final)
        sync_folder(final.parent)

    def open(self, final: Path) -> BinaryIO:
        return open_own(final)

    def size(self, final: Path) -> int | None:
        return final.stat().st_size if final.exists() else None

    def destroy(self, final: Path) -> None:
        final.unlink(missing_ok=True)
        if final.parent.exists():
            sync_folder(final.parent)

    def is_gone(self, final: Path) -> bool:
        return not final.exists()

    def must_answer(self) -> None:
        return None

    def all(self) -> Iterator[tuple[str, dt.datetime]]:
        return iter(())


class InBucket:
    """Objects of a bucket; what was kept in the folder before there was one is still found there."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket, self._folder = bucket, InFolder()

    def keep(self, part: Path, final: Path) -> None:
        with part.open("rb") as file:
            self._bucket.put(final.name, file)
        self._folder.destroy(part)

    def open(self, final: Path) -> BinaryIO:
        try:
            return self._folder.open(final)
        except FileNotFoundError:
            return self._bucket.open(final.name)

    def size(self, final: Path) -> int | None:
        here = self._folder.size(final)
        return self._bucket.size(final.name) if here is None else here

    def destroy(self, final: Path) -> None:
        self._folder.destroy(final)
        self._bucket.destroy(final.name)

    def is_gone(self, final: Path) -> bool:
        return self._folder.is_gone(final) and not self._bucket.versions(final.name)

    def must_answer(self) -> None:
        self._bucket.must_answer()

    def all(self) -> Iterator[tuple[str, dt.datetime]]:
        return self._bucket.names()


def contents() -> Contents:
    """Where this hotline keeps them. Raises buckets.BucketFailed."""
    if not settings.S3_BUCKET:
        return InFolder()
    from disrupt.hotline.common.outbound import buckets

    place = buckets.Place(
        settings.S3_URL, settings.S3_REGION, settings.S3_BUCKET, settings.S3_ACCOUNT, settings.S3_SECRET
    )
    return InBucket(buckets.bucket(place))
