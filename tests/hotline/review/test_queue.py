"""The queue: what is shown of it, the time that is left, what one puts aside; and finding a case in it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as conf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.hotline.people import MakeUser
from tests.hotline.processing.test_family import decided, edited
from tests.hotline.processing.working import jpeg, prepare
from tests.hotline.review.pages import item_path, page

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.processing import preparing
from disrupt.hotline.review import queries
from disrupt.hotline.review.models import Skip
from disrupt.hotline.review.waiting import claims, dropped, queueing
from disrupt.hotline.takedown import targets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
A, B = "https://one.example/a?x=1", "https://two.example/b"


def listed(html: str) -> set[str]:
    rows = html.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in html else ""
    return set(re.findall(r"D-[0-9A-F]{8}", rows))


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("", {"file", "url", "minor", "words"}),
        ("kind=file", {"file", "minor"}),
        ("kind=url", {"url"}),
        ("kind=read", {"minor", "words"}),
        ("kind=held", set()),
        ("minors=only", {"minor"}),
        ("minors=none", {"file", "url", "words"}),
        ("threat=on", {"words"}),
        ("late=on", {"url"}),
        ("mine=on", {"file"}),
        ("language=FR", {"url"}),
        ("host=https://one.example/", {"url"}),
        ("host=ne.example", set()),
        ("host=two.example", set()),
        ("kind=file&minors=none", {"file"}),
        ("kind=nonsense", {"file", "url", "minor", "words"}),
    ],
)
def test_a_part_of_the_queue(
    as_alice: Client, alice: Any, make_case: Any, asked: str, names: set[str]
) -> None:
    cases = {
        "file": make_case(files=(jpeg(),)),
        "url": make_case(urls=(A,), language="fr"),
        "minor": make_case(files=(jpeg(2),), age_when_taken="minor"),
        "words": make_case(threat=True, description=vault.seal("help")),
    }
    Case.objects.filter(pk=cases["url"].pk).update(created_at=clock.now() - dt.timedelta(days=3))
    claims.take(cases["file"].pk, alice)
    assert listed(page(as_alice, f"/?{asked}")) == {cases[name].reference for name in names}


def test_pages_keep_the_filter_and_what_is_chosen_stays_chosen(
    as_alice: Client, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 1)
    for number in range(3):
        make_case(urls=(f"https://one.example/{number}",))
    html = page(as_alice, "/?kind=url&host=one.example&page=2")
    assert 'href="?kind=url&amp;host=one.example&amp;page=3"' in html
    assert 'href="?kind=url&amp;host=one.example&amp;page=1"' in html
    assert '<option value="url" selected>' in html
    assert 'value="one.example"' in html
    assert "show all" in html


def test_the_time_that_is_left(as_alice: Client, make_case: Any) -> None:
    calm, urgent = make_case(urls=(A,)), make_case(urls=(B,), threat=True)
    for case, hours in ((calm, 23.4), (urgent, 5.2)):
        Case.objects.filter(pk=case.pk).update(created_at=clock.now() - dt.timedelta(hours=hours))
    html = page(as_alice, "/")
    assert "35 minutes left" in html
    assert "late by 3 hours" in html
    assert "1 late" in html
    assert queueing.target_of(9) == conf.TARGETS[-1], "a priority without a target has the last one"


def test_skipped_cases_wait_for_the_others_only(
    as_alice: Client, alice: Any, make_case: Any, make_user: MakeUser
) -> None:
    first, second = make_case(urls=(A,), threat=True), make_case(urls=(B,))
    assert "Not for me now" in page(as_alice, item_path(first))
    response = as_alice.post(f"/cases/{first.pk}/skip/", follow=True)
    assert response.redirect_chain[-1][0] == item_path(second)
    assert "is left to the others" in response.content.decode()
    assert not claims.in_force([first.pk])
    assert "skipped by you" in page(as_alice, "/")
    bob = make_user("bob")
    assert queries.first_free(claims.of_others(bob), bob) == first
    assert first.ledger.count() == second.ledger.count(), "who does not want a case is nobody's business"
    clock.move(dt.timedelta(hours=25))
    assert queries.first_free(claims.of_others(alice), alice) == first
    for number in queueing.ended():
        queueing.forget(number)
    assert not Skip.objects.exists()


def found(client: Client, **sent: Any) -> list[str]:
    response = client.post("/search/", sent)
    assert response.status_code == 200
    html = response.content.decode().split('id="h-found"')[-1].split("</section>")[0]
    return re.findall(r">(D-[0-9A-F]{8})<", html)


def test_found_by_an_address_whether_it_waits_or_was_told(as_alice: Client, make_case: Any) -> None:
    waiting, told, other = make_case(urls=(A,)), make_case(urls=(A,)), make_case(urls=(B,))
    item = told.items.get()
    decisions.qualify(item, "NCII-DIF", analyst(1))
    from disrupt.hotline.takedown import services as takedown

    takedown.open_for_item(item, "NCII-DIF", analyst(1))
    assert set(found(as_alice, q=A)) == {waiting.reference, told.reference}
    assert found(as_alice, q="two.example/b") == [other.reference]
    assert found(as_alice, q=A + "&y=2") == []
    assert A not in targets.digest_of(A)


def test_found_by_a_fingerprint(as_alice: Client, make_case: Any) -> None:
    photo = jpeg(90, 640)
    banked, waits = decided(make_case, photo), make_case(files=(jpeg(91, 640),))
    prepare()
    entry = BankEntry.objects.get()
    for digits in (entry.sha256, entry.prints["pdq"][0]["hex"], entry.sha256.upper()):
        assert found(as_alice, q=digits) == [banked.reference]
    sketch = preparing.sketch_of(waits.items.get())
    assert sketch
    assert found(as_alice, q=sketch.sha256) == [waits.reference]
    assert found(as_alice, q=sketch.own[0].tobytes().hex()) == [waits.reference]
    assert found(as_alice, q="ab" * 32) == []


def dropped_in(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("name.jpg", data, "image/jpeg")


def test_found_by_a_file_that_is_compared_in_memory(
    as_alice: Client, make_case: Any, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = jpeg(92, 1200)
    case = make_case(files=(photo,))
    prepare()
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")  # whoever wrote a temporary file would fail
    large = photo + bytes(4 * 1024 * 1024)
    for data in (photo, edited(photo, "mirrored"), large):
        assert found(as_alice, file=dropped_in(data)) == [case.reference]
    assert found(as_alice, file=dropped_in(jpeg(93, 640))) == []
    assert found(as_alice, file=dropped_in(b"no picture")) == []
    assert case.ledger.filter(kind__startswith="content.").count() == 0
    monkeypatch.setattr(dropped, "LARGEST", 1000)
    answer = as_alice.post("/search/", {"file": dropped_in(photo)}).content.decode()
    assert "a file of at most 256 MB" in answer
