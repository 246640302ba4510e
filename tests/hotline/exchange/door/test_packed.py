"""Answers are packed as the client reads it: Zstandard, gzip, or not at all."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client, RequestFactory
from tests.hotline.exchange.conftest import FilledBank

from disrupt.hotline.exchange.door.packed import accepted
from disrupt.protocol.binary_list import read_list
from disrupt.protocol.zstandard import zstd


@pytest.mark.parametrize(
    ("said", "is_read"),
    [("zstd", True), ("gzip, zstd;q=0.5", True), ("gzip,ZSTD", True), ("zstd;q=0", False),
     ("zstd ; q=0.00, gzip", False), ("zstd;q=0, zstd", True), ("gzip", False), ("", False),
     ("zstd2, x-zstd", False)],
)  # fmt: skip
def test_who_reads_it(said: str, is_read: bool) -> None:
    assert accepted(RequestFactory().get("/", headers={"Accept-Encoding": said})) is is_read


def test_a_page_is_packed_as_the_client_reads_it(client: Client, bank: FilledBank, secret: str) -> None:
    for n in range(20):
        bank.add(n)

    def ask(path: str, encodings: str) -> tuple[str, str, bytes]:
        said = client.get(path, headers={"Authorization": f"Bearer {secret}", "Accept-Encoding": encodings})
        assert said.status_code == 200
        body = b"".join(said.streaming_content) if said.streaming else said.content
        return said.get("Content-Encoding", ""), said.get("Vary", ""), body

    coding, vary, packed = ask("/v1/feed?wait=1", "gzip, zstd")
    assert (coding, vary) == ("zstd", "Accept-Encoding")
    coding, vary, other = ask("/v1/feed?wait=1", "gzip")
    assert (coding, vary) == ("gzip", "Accept-Encoding")
    plain = ask("/v1/feed?wait=1", "identity")[2]
    assert zstd.decompress(packed) == gzip.decompress(other) == plain
    assert len(packed) < len(plain) * 0.7
    assert ask("/v1/status", "zstd")[0] == "", "what is short stays as it is"
    coding, _, packed = ask("/v1/list", "zstd, gzip")
    assert coding == "zstd"
    assert len(read_list(zstd.decompress(packed))) == 20
    assert ask("/v1/list", "gzip")[0] == "identity"
