"""The upload protocol (tus 1.0): every status, every length, and one writer at a time."""

from __future__ import annotations

import os
from typing import Any

import pytest
from tests.hotline.intake.conftest import opened
from tests.hotline.intake.receiving.sender import BODY, ORIGIN, Sender

from disrupt.hotline.common.store.growing import Growing
from disrupt.hotline.intake.models import Upload
from disrupt.hotline.intake.receiving import bodies, room


def test_a_file_in_three_pieces(sender: Sender, settings: Any) -> None:
    content = os.urandom(200_001)
    url = sender.begin(len(content))
    assert sender.head(url)["Upload-Offset"] == "0"
    for start, end in ((0, 70_000), (70_000, 70_001), (70_001, 200_001)):
        response = sender.patch(url, content[start:end], start)
        assert response.status_code == 204
        assert response["Upload-Offset"] == str(end)
        assert response["Tus-Resumable"] == "1.0.0"
        assert response["Upload-Expires"].endswith("GMT")
        head = sender.head(url)
        assert (head["Upload-Offset"], head["Upload-Length"]) == (str(end), "200001")
        assert head["Cache-Control"] == "no-store"
    row = Upload.objects.get()
    assert row.whole_at is not None
    assert opened(row.vault_id, settings) == content


def test_what_is_spoken(sender: Sender) -> None:
    response = sender.client.options(sender.list_url)
    assert response.status_code == 204
    assert response["Tus-Version"] == "1.0.0"
    assert response["Tus-Extension"] == "creation,creation-with-upload,termination,expiration"
    assert response["Tus-Max-Size"] == str(1024**3)


def test_creation_with_the_whole_file(sender: Sender, settings: Any) -> None:
    response = sender.create(5, b"hello")
    assert response.status_code == 201
    assert response["Upload-Offset"] == "5"
    assert opened(Upload.objects.get().vault_id, settings) == b"hello"


def test_creation_with_more_than_was_said_takes_nothing(sender: Sender) -> None:
    assert sender.create(3, b"hello")["Upload-Offset"] == "0"


@pytest.mark.parametrize("length", ["", "0", "-1", "1e3", "ten", "²", "9" * 16])
def test_a_length_that_is_none(sender: Sender, length: str) -> None:
    assert sender.create(length).status_code == 400
    assert not Upload.objects.exists()


def test_no_deferred_length(sender: Sender) -> None:
    assert sender.create(5, **{"upload-defer-length": "1"}).status_code == 400


def test_too_large(sender: Sender, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    assert sender.create(1001).status_code == 413
    assert sender.create(1000).status_code == 201


def test_too_many(sender: Sender, settings: Any) -> None:
    settings.MAX_FILES = 2
    urls = [sender.begin(5) for _ in range(2)]
    assert sender.create(5).status_code == 413
    assert sender.delete(urls[0]).status_code == 204
    assert sender.create(5).status_code == 201


def test_a_full_disk(sender: Sender, monkeypatch: Any) -> None:
    monkeypatch.setattr(room, "RESERVE", 1 << 60)
    assert sender.create(5).status_code == 507
    monkeypatch.undo()
    url = sender.begin(10)
    sender.patch(url, b"12345", 0)
    monkeypatch.setattr(Growing, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    assert sender.patch(url, b"67890", 5).status_code == 507
    monkeypatch.undo()
    assert sender.patch(url, b"67890", 5).status_code == 204


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0"])
def test_another_version(sender: Sender, version: str | None) -> None:
    url = sender.begin(5)
    headers = {"origin": ORIGIN, "upload-offset": "0", "upload-length": "5"}
    if version:
        headers["tus-resumable"] = version
    for method, path in (("GET", sender.list_url), ("POST", sender.list_url), ("PATCH", url), ("HEAD", url),
                         ("DELETE", url)):  # fmt: skip
        response = sender.client.generic(method, path, b"", content_type=BODY, headers=headers)
        assert response.status_code == 412, method
        assert response["Tus-Version"] == "1.0.0"
    assert Upload.objects.count() == 1


def test_other_methods(sender: Sender) -> None:
    url = sender.begin(5)
    response = sender.client.get(url, headers=sender.headers)
    assert response.status_code == 405
    assert response["Allow"] == "DELETE, HEAD, PATCH"
    assert sender.client.put(sender.list_url, headers=sender.headers).status_code == 405


def test_the_method_may_be_overridden(sender: Sender) -> None:
    url = sender.begin(5)
    headers = {**sender.headers, "x-http-method-override": "PATCH", "upload-offset": "0"}
    assert sender.client.post(url, b"hello", content_type=BODY, headers=headers).status_code == 204
    assert sender.head(url)["Upload-Offset"] == "5"


@pytest.mark.parametrize(
    "kind", ["application/octet-stream", "multipart/form-data; boundary=B", "text/plain"]
)
def test_another_type(sender: Sender, kind: str) -> None:
    assert sender.patch(sender.begin(5), b"hello", 0, kind).status_code == 415


@pytest.mark.parametrize("offset", ["", "-1", "x"])
def test_an_offset_that_is_none(sender: Sender, offset: str) -> None:
    assert sender.patch(sender.begin(5), b"hello", offset).status_code == 400


@pytest.mark.parametrize("offset", [1, 3, 5])
def test_another_offset(sender: Sender, offset: int) -> None:
    url = sender.begin(5)
    sender.patch(url, b"he", 0)
    assert sender.patch(url, b"llo", offset).status_code == 409
    assert sender.head(url)["Upload-Offset"] == "2"


def test_more_than_was_said(sender: Sender) -> None:
    url = sender.begin(5)
    assert sender.patch(url, b"hello!", 0).status_code == 413
    assert sender.head(url)["Upload-Offset"] == "0"
    assert sender.patch(url, b"hello", 0).status_code == 204
    assert sender.patch(url, b"!", 5).status_code == 413
    nothing = sender.patch(url, b"", 5, CONTENT_TYPE=BODY)
    assert nothing.status_code == 204, "nothing more is nothing wrong"


def test_one_at_a_time(sender: Sender, monkeypatch: Any) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.1)
    url = sender.begin(5)
    row = Upload.objects.get()
    with Growing(row.content, row.mark):
        assert sender.patch(url, b"hello", 0).status_code == 423
        assert sender.head(url).status_code == 423
        assert sender.delete(url).status_code == 423
    assert sender.patch(url, b"hello", 0).status_code == 204


def test_too_busy_is_asked_to_come_back(sender: Sender, settings: Any) -> None:
    settings.UPLOADS_AT_ONCE = 0
    response = sender.patch(sender.begin(5), b"hello", 0)
    assert response.status_code == 503
    assert response["Retry-After"] == "2"


def test_a_body_in_chunks_is_asked_for_its_length(sender: Sender) -> None:
    """It was read as no byte at all and thanked for: its sender would have gone on for ever."""
    url = sender.create(5).headers["Location"]
    assert sender.patch(url, b"hello", 0, headers={"transfer-encoding": "chunked"}).status_code == 411
    assert sender.patch(url, b"hello", 0).status_code == 204
