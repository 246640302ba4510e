"""Objects of an S3-compatible store, by Amazon's own library: whole, or absent, or gone in every version.

Nothing is sent in parts, so that no part is ever left; nothing is cached; the library's own log stays silent.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from disrupt.extras import more_needed

_SECONDS = 60
_CONNECT_SECONDS = 10
_TRIES = 3
_GONE = frozenset({"404", "NoSuchKey", "NotFound"})


class BucketFailed(OSError):
    """The store did not do what it was asked; the message says the kind of trouble and no name."""


@dataclass(frozen=True)
class Place:
    """Which bucket, where, and by which account."""

    url: str
    region: str
    bucket: str
    account: str
    secret: str


class _Pulled(io.RawIOBase):
    """The body of an answer as a file."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _named():
            data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._body.close()
        super().close()


@contextlib.contextmanager
def _named() -> Iterator[None]:
    """The library's errors as ours. Raises BucketFailed, FileNotFoundError."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _GONE:
            raise FileNotFoundError("There is no such object.") from None
        raise BucketFailed(f"The store answered {code}.") from None
    except (BotoCoreError, HTTPClientError) as error:
        raise BucketFailed(f"The store does not answer ({type(error).__name__}).") from None


@functools.lru_cache(maxsize=4)
def bucket(place: Place) -> Bucket:
    """The bucket at this place; its connections are shared by all threads. Raises BucketFailed."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise BucketFailed(f"A store of objects {more_needed('s3')}") from None
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=place.url,
        region_name=place.region,
        aws_access_key_id=place.account,
        aws_secret_access_key=place.secret,
        config=Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _TRIES},
            s3={"addressing_style": "path"},
            proxies={},
        ),
    )
    return Bucket(client, place.bucket)


class Bucket:
    """Its objects by name. Every method raises BucketFailed."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._bucket = client, name

    def put(self, name: str, file: BinaryIO) -> None:
        """Keep what the file holds from its place on, in one piece."""
        with _named():
            self._client.put_object(Bucket=self._bucket, Key=name, Body=file)

    def open(self, name: str) -> BinaryIO:
        """What is kept under this name. Raises FileNotFoundError."""
        with _named():
            answer = self._client.get_object(Bucket=self._bucket, Key=name)
        return io.BufferedReader(_Pulled(answer["Body"]), 1 << 16)

    def size(self, name: str) -> int | None:
        """How many bytes are kept; None where there is nothing to read."""
        try:
            with _named():
                return int(self._client.head_object(Bucket=self._bucket, Key=name)["ContentLength"])
        except FileNotFoundError:
            return None

    def versions(self, name: str) -> list[str]:
        """Everything that the store still holds under this name: versions, and marks of a deletion."""
        found: list[str] = []
        with _named():
            pages = self._client.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket, Prefix=name
            )
            for page in pages:
                for kind in ("Versions", "DeleteMarkers"):
                    found += [str(one["VersionId"]) for one in page.get(kind, ()) if one["Key"] == name]
        return found

    def destroy(self, name: str) -> None:
        """Delete every version, by its number: a deletion without one only hides what was there."""
        for version in self.versions(name):
            with _named(), contextlib.suppress(FileNotFoundError):
                self._client.delete_object(Bucket=self._bucket, Key=name, VersionId=version)

    def must_answer(self) -> None:
        """Return where the bucket is there and lets us look."""
        with _named():
            self._client.list_objects_v2(Bucket=self._bucket, MaxKeys=1)

    def names(self) -> Iterator[tuple[str, dt.datetime]]:
        """Every name, and when it was kept."""
        with _named():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
            for page in pages:
                for one in page.get("Contents", ()):
                    yield str(one["Key"]), one["LastModified"].astimezone(dt.UTC)
