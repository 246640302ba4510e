"""Whose an upload is: another site, another browser and another cookie get nothing of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from tests.hotline.intake.receiving.sender import Sender

from disrupt.hotline.common.store import vault
from disrupt.hotline.intake.models import Upload
from disrupt.hotline.intake.receiving import handover, resumable


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


def test_an_upload_that_arrives_during_the_exit_does_not_come_back(sender: Sender) -> None:
    url = sender.begin(10)
    name = url.split("/")[-2]
    owner = Upload.objects.get().owner
    with resumable.going(owner, name) as held:
        held.write(b"hello")
        sender.client.post("/en/leave/")
        with pytest.raises(resumable.GoneUpload):
            held.save()
    assert handover.expired() == [Upload.objects.get().pk]


@pytest.mark.parametrize("path", ["/en/leave/", "/en/follow/close/"])
def test_the_exit_and_closing_take_the_cookie_away(sender: Sender, settings: Any, path: str) -> None:
    csrf_free = Client()
    csrf_free.cookies = sender.client.cookies
    response = csrf_free.post(path)
    morsel = response.cookies[settings.UPLOADS_COOKIE_NAME]
    assert (morsel.value, morsel["max-age"], morsel["path"]) == ("", 0, "/")


def test_a_stolen_address_is_worth_nothing_and_a_piece_sent_again_changes_nothing(sender: Sender) -> None:
    url = sender.begin(10)
    assert sender.patch(url, b"hello", 0).status_code == 204
    assert sender.patch(url, b"WORLD", 0).status_code == 409
    assert sender.patch(url, b"world", 5).status_code == 204
    assert sender.patch(url, b"!", 10).status_code == 413
    other = Sender(Client())
    for answer in (other.head(url), other.patch(url, b"x", 10), other.delete(url)):
        assert answer.status_code == 404
    assert sender.delete(url).status_code == 204
    assert sender.delete(url).status_code == 404
    assert sender.patch(url, b"hello", 0).status_code == 404
