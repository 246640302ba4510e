"""What an exchange sends packed is unpacked in pieces: whole, or not at all."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import httpx
import pytest

from disrupt.partner.following.packed import PIECE, pieces
from disrupt.protocol.zstandard import zstd


def answer(*parts: bytes, coding: str = "zstd") -> httpx.Response:
    def sent() -> Iterator[bytes]:
        yield from parts

    return httpx.Response(200, headers={"Content-Encoding": coding}, content=sent())


def test_each_packing_gives_the_same() -> None:
    text = b"0123456789" * 300_000
    packed = zstd.compress(text)
    for sent in (
        answer(packed), answer(*(packed[n : n + 7] for n in range(0, len(packed), 7))),
        answer(text, coding=""),
        answer(gzip.compress(text), coding="gzip"),
    ):  # fmt: skip
        assert b"".join(pieces(sent)) == text


def test_an_answer_that_grows_is_read_in_small_pieces() -> None:
    """A gibibyte of nothing is some kilobytes on the wire: whoever reads it can stop at any piece."""
    packer = zstd.ZstdCompressor()
    sent = b"".join(packer.compress(bytes(1 << 24)) for _ in range(64)) + packer.flush()
    assert len(sent) < 200_000
    read = 0
    for piece in pieces(answer(sent)):
        assert len(piece) <= PIECE
        read += len(piece)
        if read > 3 * PIECE:
            break
    assert read <= 4 * PIECE


@pytest.mark.parametrize(
    "spoil", [lambda p: p[:-3], lambda p: p + b"more", lambda p: b"x" + p, lambda p: b""]
)
def test_what_was_cut_or_altered_is_no_answer(spoil: object) -> None:
    packed = zstd.compress(b"some text" * 50)
    with pytest.raises(httpx.DecodingError):
        list(pieces(answer(spoil(packed))))  # type: ignore[operator]  # one of the above


def test_a_window_that_nobody_may_ask_for_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.content_size_flag: 0}
    packer = zstd.ZstdCompressor(options=options)
    sent = packer.compress(bytes(range(256)) * 1000) + packer.flush()
    with pytest.raises(httpx.DecodingError):
        list(pieces(answer(sent)))
