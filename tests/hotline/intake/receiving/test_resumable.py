"""The upload protocol (tus 1.0): every status, whose upload it is, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
from typing import Any

import pytest
from django.test import Client
from tests.hotline.intake.conftest import Person, hidden, opened

from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.common import clock, vault
from disrupt.hotline.common.growing import Growing
from disrupt.hotline.intake import tasks
from disrupt.hotline.intake.models import Upload
from disrupt.hotline.intake.receiving import bodies, handover, resumable, room

ORIGIN = "http://testserver"
BODY = "application/offset+octet-stream"


class Sender:
    """A browser with the script."""

    def __init__(self, client: Client, language: str = "en") -> None:
        self.client = client
        self.list_url = f"/{language}/files/"
        self.headers = {"tus-resumable": "1.0.0", "origin": ORIGIN}
        self.list()

    def list(self) -> list[dict[str, Any]]:
        response = self.client.get(self.list_url, headers=self.headers)
        assert response.status_code == 200
        listed: list[dict[str, Any]] = json.loads(response.content)["uploads"]
        return listed

    def create(self, length: int | str, data: bytes | None = None, **headers: str) -> Any:
        headers = {**self.headers, "upload-length": str(length), **headers}
        kind = {} if data is None else {"content_type": BODY}
        return self.client.post(
            self.list_url, data or b"", headers=headers, **(kind or {"content_type": "text/plain"})
        )

    def begin(self, length: int) -> str:
        response = self.create(length)
        assert response.status_code == 201
        return str(response["Location"])

    def patch(self, url: str, data: bytes, offset: int | str, kind: str = BODY, **more: Any) -> Any:
        headers = {**self.headers, "upload-offset": str(offset), **more.pop("headers", {})}
        return self.client.generic("PATCH", url, data, content_type=kind, headers=headers, **more)

    def head(self, url: str) -> Any:
        return self.client.head(url, headers=self.headers)

    def delete(self, url: str) -> Any:
        return self.client.delete(url, headers=self.headers)


@pytest.fixture
def sender(person: Person) -> Sender:
    return Sender(person.client)


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


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", "https://testserver"])
def test_another_site_changes_nothing(sender: Sender, origin: str | None) -> None:
    url = sender.begin(5)
    del sender.headers["origin"]
    if origin:
        sender.headers["origin"] = origin
    assert sender.create(5).status_code == 403
    assert sender.patch(url, b"hello", 0).status_code == 403
    assert sender.delete(url).status_code == 403
    assert Upload.objects.get().offset == 0


def test_another_sender_finds_nothing(sender: Sender) -> None:
    url = sender.begin(5)
    other = Sender(Client(enforce_csrf_checks=True))
    for response in (other.head(url), other.patch(url, b"hello", 0), other.delete(url)):
        assert response.status_code == 404
    assert other.list() == []
    stranger = Sender(Client())
    stranger.client.cookies.clear()
    assert stranger.head(url).status_code == 404
    assert stranger.create(5).status_code == 403
    assert sender.head(url)["Upload-Offset"] == "0"


@pytest.mark.parametrize("how", ["altered", "old", "of another sender"])
def test_a_cookie_that_is_not_ours(sender: Sender, how: str, settings: Any) -> None:
    url = sender.begin(5)
    name = settings.UPLOADS_COOKIE_NAME
    cookie = sender.client.cookies[name].value
    if how == "altered":
        # Another letter than the one that stands there.
        sender.client.cookies[name] = ("B" if cookie[0] == "A" else "A") + cookie[1:]
    elif how == "old":
        settings.KEEP_ABANDONED = dt.timedelta(seconds=-1)
    else:
        sender.client.cookies[name] = cookie.split(":")[0]
    assert sender.head(url).status_code == 404


def test_the_cookie(sender: Sender, settings: Any) -> None:
    morsel = sender.client.cookies[settings.UPLOADS_COOKIE_NAME]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Strict"
    assert morsel["max-age"] == "", "it ends with the browser's session"
    token = morsel.value.split(":")[0]
    url = sender.begin(5)
    assert token not in str(list(Upload.objects.values()))
    assert sender.client.cookies[settings.UPLOADS_COOKIE_NAME].value == morsel.value, "no new one each time"
    assert url.split("/")[-2] not in {name for name, _ in vault.stored_ids()}


def test_an_upload_of_many_hours_keeps_its_cookie(sender: Sender, monkeypatch: Any, settings: Any) -> None:
    """The cookie is renewed on the way: it is not the age of the first visit that counts."""
    import time

    url = sender.begin(30)
    real = time.time
    for hour in range(30):
        monkeypatch.setattr(time, "time", lambda hour=hour: real() + hour * 3600)
        assert sender.patch(url, b"x", hour).status_code == 204
    monkeypatch.undo()
    assert Upload.objects.get().whole_at is not None


def test_a_name_and_a_type_are_never_kept(sender: Sender, settings: Any, caplog: Any) -> None:
    sender.create(5, b"hello", **{"upload-metadata": "filename amFuZS5qcGc=,filetype aW1hZ2UvanBlZw=="})
    everything = str(list(Upload.objects.values())) + caplog.text
    assert "amFuZS5qcGc" not in everything
    assert "jane" not in everything


def test_a_body_that_breaks_keeps_what_came(sender: Sender, settings: Any) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            if not data:
                raise OSError("connection reset")
            return data

    content = os.urandom(200_000)
    url = sender.begin(len(content))
    sender.patch(
        url, content[:150_000], 0, **{"wsgi.input": Broken(content[:150_000]), "CONTENT_LENGTH": "200000"}
    )
    assert sender.head(url)["Upload-Offset"] == "150000"
    assert sender.patch(url, content[150_000:], 150_000).status_code == 204
    assert opened(Upload.objects.get().vault_id, settings) == content


def test_a_killed_process_loses_no_whole_chunk_and_the_end_is_found(sender: Sender, settings: Any) -> None:
    content = os.urandom(150_000)
    url = sender.begin(len(content))
    row = Upload.objects.get()
    with Growing(row.content, row.mark) as held:  # what the killed one did, without the row's update
        held.write(content[:60_000])
    assert sender.head(url)["Upload-Offset"] == "60000"
    with Growing(row.content, row.mark) as held:
        held.write(content[60_000:110_000])
        held.write(content[110_000:])
        held.keep()
    assert sender.head(url)["Upload-Offset"] == "150000", "killed between the file and the row"
    row.refresh_from_db()
    assert row.whole_at is not None
    assert opened(row.vault_id, settings) == content


def test_one_that_broke_off_too_often(sender: Sender, monkeypatch: Any) -> None:
    monkeypatch.setattr(resumable, "MOST_SEGMENTS", 3)
    url = sender.begin(10)
    codes = [sender.patch(url, b"x", n).status_code for n in range(4)]
    assert codes == [204, 204, 204, 410]


def test_taking_back_destroys_at_once(sender: Sender) -> None:
    url = sender.begin(10)
    sender.patch(url, b"half.", 0)
    assert sender.delete(url).status_code == 204
    assert list(vault.stored_ids()) == []
    for response in (sender.head(url), sender.patch(url, b"more.", 5), sender.delete(url)):
        assert response.status_code == 404


def test_what_is_abandoned_is_gone_after_a_day(sender: Sender) -> None:
    half, whole, fresh = sender.begin(10), sender.begin(5), sender.begin(5)
    sender.patch(half, b"half.", 0)
    sender.patch(whole, b"whole", 0)
    (duty,) = tasks.DUTIES
    clock.move(dt.timedelta(hours=23))
    assert list(duty.due()) == []
    sender.patch(fresh, b"wh", 0)
    clock.move(dt.timedelta(hours=1, minutes=1))
    assert sender.head(half).status_code == 410
    assert sender.patch(half, b"more.", 5).status_code == 410
    for pk in list(duty.due()):
        duty.run(pk)
        duty.run(pk)
    assert sender.head(half).status_code == 404
    assert [row.offset for row in Upload.objects.all()] == [2], "work on it extends its life"
    assert len(list(vault.stored_ids())) == 1


def test_destroyed_content_is_gone(sender: Sender) -> None:
    url = sender.begin(10)
    vault.destroy(Upload.objects.get().content)
    assert sender.head(url).status_code == 410
    assert sender.patch(url, b"x", 0).status_code == 410
    assert sender.delete(url).status_code == 204


def test_destroyed_while_it_arrives_does_not_come_back(sender: Sender, monkeypatch: Any) -> None:
    url = sender.begin(5)
    row = Upload.objects.get()
    write = Growing.write

    def destroyed(self: Growing, data: bytes) -> None:
        write(self, data)
        handover.destroy(row.pk)

    monkeypatch.setattr(Growing, "write", destroyed)
    assert sender.patch(url, b"hello", 0).status_code == 410
    assert list(vault.stored_ids()) == []


def test_a_report_takes_the_whole_ones(somebody: Person, settings: Any) -> None:
    somebody.open_form()
    sender = Sender(somebody.client, somebody.language)
    for content in (b"first", b"second"):
        sender.patch(sender.begin(len(content)), content, 0)
    sender.patch(sender.begin(10), b"half.", 0)
    assert [(one["offset"], one["length"]) for one in sender.list()] == [(5, 5), (6, 6), (5, 10)]
    assert somebody.send(b"by the form").status_code == 302
    items = list(Item.objects.filter(kind="file").order_by("position"))
    assert [opened(item.vault_id, settings) for item in items] == [b"by the form", b"first", b"second"]
    assert [one["offset"] for one in sender.list()] == [5], "the one that is not whole was not taken"
    clock.move(dt.timedelta(days=2))
    for pk in handover.expired():
        handover.destroy(pk)
    assert [opened(item.vault_id, settings) for item in items] == [b"by the form", b"first", b"second"]


def test_a_form_that_comes_back_shows_them_and_keeps_them(somebody: Person) -> None:
    somebody.open_form()
    sender = Sender(somebody.client, somebody.language)
    url = sender.begin(5)
    sender.patch(url, b"whole", 0)
    first = somebody.html
    assert somebody.send(statement=None).status_code == 200
    assert {"en": "1 file received safely", "fr": "1 fichier bien reçu"}[somebody.language] in somebody.html
    assert sender.list() == []
    assert sender.delete(url).status_code == 404, "it belongs to the form now"
    somebody.html = first  # the answer was lost: the same form is sent again
    assert somebody.send().status_code == 302
    assert Item.objects.filter(kind="file").count() == 1
    assert not Upload.objects.exists()


def test_two_forms_share_no_file(person: Person) -> None:
    person.open_form()
    first = person.html
    person.open_form()
    sender = Sender(person.client)
    sender.patch(sender.begin(5), b"whole", 0)
    assert person.send(statement=None).status_code == 200
    second, person.html = person.html, first
    assert person.send().status_code == 302
    assert not Item.objects.filter(kind="file").exists()
    person.html = second
    assert person.send(draft=hidden(second, "draft")).status_code == 302
    assert Item.objects.filter(kind="file").count() == 1


def test_one_taken_out_of_the_form_does_not_come_back(person: Person) -> None:
    person.open_form()
    sender = Sender(person.client)
    sender.patch(sender.begin(5), b"whole", 0)
    first = hidden(person.html, "draft")
    person.send(action="keep")
    person.send(action="remove-1")
    assert list(vault.stored_ids()) == []
    assert person.send(draft=first).status_code == 302
    assert not Item.objects.filter(kind="file").exists()


def test_more_than_a_report_holds_stay_and_are_said(person: Person, settings: Any) -> None:
    settings.MAX_FILES = 2
    person.open_form()
    sender = Sender(person.client)
    for _ in range(2):
        sender.patch(sender.begin(5), b"whole", 0)
    assert person.send(b"by the form").status_code == 200
    assert "1 file was not taken: a report holds 2" in person.html
    assert not Case.objects.exists()


def test_leaving_in_a_hurry_destroys_what_was_sent(person: Person) -> None:
    person.open_form()
    sender = Sender(person.client)
    sender.patch(sender.begin(5), b"whole", 0)
    person.client.post("/en/leave/")
    for pk in handover.expired():
        handover.destroy(pk)
    assert list(vault.stored_ids()) == []


def test_a_body_in_chunks_is_asked_for_its_length(sender: Sender) -> None:
    """It was read as no byte at all and thanked for: its sender would have gone on for ever."""
    url = sender.create(5).headers["Location"]
    assert sender.patch(url, b"hello", 0, headers={"transfer-encoding": "chunked"}).status_code == 411
    assert sender.patch(url, b"hello", 0).status_code == 204
