"""Uploads: sealed while they arrive, limited while they arrive, and nothing left of what is refused."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import SkipFile
from django.test import Client
from tests.hotline.intake.conftest import Person, hidden, opened, sealed
from tests.hotline.intake.receiving.sender import BrokenBody

from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.common.store import vault
from disrupt.hotline.intake.receiving.uploads import SealingUploadHandler

CANARY = b"canary-7f3a-not-for-any-disk"
NAME = "holiday-jane.jpg"


def on_disk(*roots: Path) -> bytes:
    """Everything in these folders, names included."""
    found = b""
    for root in roots:
        for path in root.rglob("*"):
            found += path.name.encode() + (path.read_bytes() if path.is_file() else b"")
    return found


def test_a_file_is_sealed_and_nothing_else_is_kept(person: Person, settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    person.open_form()
    content = CANARY * 200_000  # 5 MB: far beyond what Django keeps in memory
    assert person.send(content).status_code == 302
    item = Item.objects.get(kind="file")
    assert item.size == len(content)
    assert opened(item.vault_id, settings) == content
    kept = on_disk(settings.STORE_FOLDER, settings.KEYSTORE_FOLDER, tmp_path)
    assert CANARY not in kept
    assert b"jane" not in kept
    assert "jane" not in str([list(model.objects.values()) for model in (Case, Item)])
    assert list(tmp_path.iterdir()) == []


def test_no_file_name_in_a_log(person: Person, caplog: Any, monkeypatch: Any) -> None:
    person.open_form()
    monkeypatch.setattr(vault.Deposit, "keep", lambda self: (_ for _ in ()).throw(OSError("full")))
    with caplog.at_level(logging.DEBUG):
        person.send(b"content")
    assert "jane" not in caplog.text


def test_a_file_that_is_too_large_is_dropped_and_the_rest_stays(somebody: Person, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 100_000
    somebody.open_form()
    response = somebody.send(b"x" * 100_001, b"fits", url=["https://example.org/kept"])
    assert response.status_code == 200
    said = {"en": "1 file was not taken: it weighs more than", "fr": "1 fichier n’a pas été pris"}
    assert said[somebody.language] in somebody.html
    assert "https://example.org/kept" in somebody.html
    assert {"en": "1 file received safely", "fr": "1 fichier bien reçu"}[somebody.language] in somebody.html
    assert len(sealed()) == 1
    assert not Case.objects.exists()
    assert somebody.send(draft=hidden(somebody.html, "draft")).status_code == 302
    assert Item.objects.get(kind="file").size == 4


def test_exactly_the_limit_is_taken(person: Person, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 100_000
    person.open_form()
    assert person.send(b"x" * 100_000).status_code == 302


def test_an_empty_file_is_refused(somebody: Person) -> None:
    somebody.open_form()
    assert somebody.send(b"").status_code == 200
    said = {"en": "1 file was not taken: it is empty", "fr": "1 fichier n’a pas été pris\u00a0: il est vide"}
    assert said[somebody.language] in somebody.html
    assert sealed() == []


def test_too_many_files(somebody: Person, settings: Any) -> None:
    settings.MAX_FILES = 3
    somebody.open_form()
    assert somebody.send(*[b"%d" % n for n in range(5)]).status_code == 200
    said = {"en": "2 files were not taken: a report holds 3", "fr": "2 fichiers n’ont pas été pris"}
    assert said[somebody.language] in somebody.html
    assert len(sealed()) == 3
    assert somebody.send(b"one more").status_code == 200, "those received before count too"
    assert len(sealed()) == 3


def test_a_full_disk_is_told_and_leaves_nothing(person: Person, monkeypatch: Any) -> None:
    person.open_form()
    monkeypatch.setattr(vault.Deposit, "write", lambda self, data: (_ for _ in ()).throw(OSError("full")))
    assert person.send(b"content").status_code == 200
    assert "1 file could not be saved just now" in person.html
    assert sealed() == []


def test_a_request_without_the_token_leaves_nothing(person: Person) -> None:
    person.open_form()
    response = person.send(b"content", csrfmiddlewaretoken="wrong")
    assert response.status_code == 403
    assert sealed() == []
    assert "Please try once more" in response.content.decode()


def test_our_own_page_with_an_old_token_is_not_shown_again(somebody: Person) -> None:
    """After the exit, “back” sends an old form again: what was typed in it is for nobody."""
    somebody.open_form()
    data = {"csrfmiddlewaretoken": "old", "description": "my words", "action": "send", "complete": "1"}
    data["draft"] = hidden(somebody.html, "draft")
    path = f"/{somebody.language}/form/"
    response = somebody.client.post(
        path, {**data, "files": SimpleUploadedFile(NAME, b"content")}, headers={"origin": "http://testserver"}
    )
    assert response.status_code == 403
    assert "my words" not in response.content.decode()
    assert sealed() == []


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_another_site_is_refused_before_its_body_is_read(person: Person, origin: str) -> None:
    person.open_form()
    token = hidden(person.html, "csrfmiddlewaretoken")
    body = {"csrfmiddlewaretoken": token, "files": SimpleUploadedFile(NAME, b"content"), "complete": "1"}
    response = person.client.post("/en/form/", body, headers={"origin": origin})
    assert response.status_code == 403
    assert sealed() == []


def test_a_request_that_breaks_off_leaves_nothing(person: Person) -> None:
    person.open_form()
    assert person.send(b"content", complete=None).status_code == 400
    assert sealed() == []
    assert not Case.objects.exists()


def test_a_body_cut_in_the_midst_of_a_file(person: Person) -> None:
    person.open_form()
    token, draft = hidden(person.html, "csrfmiddlewaretoken"), hidden(person.html, "draft")
    fields = {
        "csrfmiddlewaretoken": token,
        "draft": draft,
        "reporter": "self",
        "age": "adult",
        "statement": "on",
    }
    body = "".join(
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    body += f'--B\r\nContent-Disposition: form-data; name="files"; filename="{NAME}"\r\n\r\nthe first half'
    response = person.client.post("/en/form/", body.encode(), content_type="multipart/form-data; boundary=B")
    assert response.status_code == 400
    assert sealed() == []
    assert not Case.objects.exists()


def test_a_body_that_is_no_form(person: Person) -> None:
    person.open_form()
    for body, kind in ((b"\x00\xff" * 50, "multipart/form-data; boundary=B"), (b"x", "multipart/form-data")):
        response = person.client.post("/en/form/", body, content_type=kind)
        assert response.status_code in {400, 403}
    assert sealed() == []


def test_no_other_page_takes_a_file(person: Person) -> None:
    person.get("follow/")
    response = person.post("follow/", {"code": "hello", "files": SimpleUploadedFile(NAME, CANARY)})
    assert response.status_code == 422
    assert sealed() == []


def test_the_handler_keeps_no_name(db: None) -> None:
    handler = SealingUploadHandler()
    handler.new_file("files", NAME, "image/jpeg", None, None, {})
    handler.receive_data_chunk(b"content", 0)
    handler.file_complete(7)
    assert NAME not in str(vars(handler))
    with pytest.raises(SkipFile):
        handler.new_file("other", NAME, "image/jpeg", None, None, {})
    for deposit, _proof in handler.sealed:
        deposit.drop()


def test_text_beyond_all_measure_is_refused(person: Person) -> None:
    person.open_form()
    assert person.send(description="x" * 4_200_000).status_code == 400
    assert "did not arrive whole" in person.html


def test_a_stream_breaks(person: Person) -> None:
    """What the server does when the client goes away in the midst of a file."""

    person.open_form()
    head = b'--B\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n' + b"x" * 200_000
    client: Client = person.client
    response = client.generic(
        "POST",
        "/en/form/",
        head,
        content_type="multipart/form-data; boundary=B",
        **{"wsgi.input": BrokenBody(head), "CONTENT_LENGTH": str(len(head) * 2)},
    )
    assert response.status_code in {400, 403}
    assert sealed() == []
