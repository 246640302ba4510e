"""Answers of an exchange as they are read: unpacked piece by piece, however far they would grow."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from disrupt.protocol.zstandard import MOST_WINDOW, zstd

ACCEPT = "zstd, gzip"
PIECE = 1 << 20


def pieces(response: httpx.Response) -> Iterator[bytes]:
    """The body of an answer that is being read, a megabyte at a time at most. Raises httpx.RequestError."""
    if response.headers.get("Content-Encoding", "").strip().lower() != "zstd":
        yield from response.iter_bytes(PIECE)
        return
    unpacker = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: MOST_WINDOW})
    try:
        for data in response.iter_raw():
            if unpacker.eof:
                raise httpx.DecodingError("something follows the end of the answer")
            yield unpacker.decompress(data, PIECE)
            while not (unpacker.needs_input or unpacker.eof):
                yield unpacker.decompress(b"", PIECE)
    except zstd.ZstdError as error:
        raise httpx.DecodingError(str(error)) from None
    if not unpacker.eof or unpacker.unused_data:
        raise httpx.DecodingError("the answer does not end where its packing does")
