"""An upload that breaks off, is taken back or abandoned: nothing is lost, and nothing comes back."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from tests.hotline.intake.conftest import Person, opened
from tests.hotline.intake.receiving.sender import BrokenBody, Sender

from disrupt.hotline.common import clock
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.growing import Growing
from disrupt.hotline.intake import tasks
from disrupt.hotline.intake.models import Upload
from disrupt.hotline.intake.receiving import handover, resumable


def test_a_body_that_breaks_keeps_what_came(sender: Sender, settings: Any) -> None:
    content = os.urandom(200_000)
    url = sender.begin(len(content))
    sender.patch(
        url, content[:150_000], 0, **{"wsgi.input": BrokenBody(content[:150_000]), "CONTENT_LENGTH": "200000"}
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


def test_leaving_in_a_hurry_destroys_what_was_sent(person: Person) -> None:
    person.open_form()
    sender = Sender(person.client)
    sender.patch(sender.begin(5), b"whole", 0)
    person.client.post("/en/leave/")
    for pk in handover.expired():
        handover.destroy(pk)
    assert list(vault.stored_ids()) == []
