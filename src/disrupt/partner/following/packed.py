"""Answers of an exchange as they are read: unpacked piece by piece, however far they would grow."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from disrupt.protocol.zstandard import MOST_WINDOW, zstd

ACCEPT = "zstd, gzip"
PIECE = 1 << 20


class Unpacking:
    """The body of one answer. `packed`: what `take` is given is as it came over the wire."""

    def __init__(self, response: httpx.Response) -> None:
        self.packed = response.headers.get("Content-Encoding", "").strip().lower() == "zstd"
        window: dict[int, int] = {zstd.DecompressionParameter.window_log_max: MOST_WINDOW}
        self._unpacker = zstd.ZstdDecompressor(options=window)

    def take(self, data: bytes) -> Iterator[bytes]:
        """What comes of these bytes, a megabyte at a time at most. Raises httpx.DecodingError."""
        if not self.packed:
            yield data
            return
        if self._unpacker.eof:
            raise httpx.DecodingError("something follows the end of the answer")
        try:
            yield self._unpacker.decompress(data, PIECE)
            while not (self._unpacker.needs_input or self._unpacker.eof):
                yield self._unpacker.decompress(b"", PIECE)
        except zstd.ZstdError as error:
            raise httpx.DecodingError(str(error)) from None

    def end(self) -> None:
        """Raises httpx.DecodingError unless the answer ends where its packing does."""
        if self.packed and (not self._unpacker.eof or self._unpacker.unused_data):
            raise httpx.DecodingError("the answer does not end where its packing does")


def pieces(response: httpx.Response) -> Iterator[bytes]:
    """The body of an answer that is being read, a megabyte at a time at most. Raises httpx.RequestError."""
    unpacking = Unpacking(response)
    for data in response.iter_raw() if unpacking.packed else response.iter_bytes(PIECE):
        yield from unpacking.take(data)
    unpacking.end()
