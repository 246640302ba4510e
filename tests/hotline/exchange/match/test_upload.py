"""POST /v1/match with a picture or a film: found as its hashes are, and gone with the answer."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest
from django.test import Client
from PIL import Image
from tests.fingerprint.media import encode, film, scene
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.described.test_openapi import check
from tests.hotline.exchange.described.test_openapi import told as told
from tests.matching.pictures import photo

from disrupt.fingerprint import fingerprint_video
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.hotline.bank.models import BankEntry, EntryKind, EntryOrigin
from disrupt.hotline.bank.services import Prints, offer
from disrupt.hotline.exchange.door import limits
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.match.quick import plain_head
from disrupt.hotline.exchange.match.upload import asking, receiving
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.services import OPERATOR, issue_key

Ask = Callable[..., Any]
PICTURE = photo(1)


@pytest.fixture(scope="module", autouse=True)
def _no_decoder_is_left() -> Iterator[None]:
    yield
    asking._decoders.close()


@pytest.fixture(autouse=True)
def _fresh_uploads() -> Iterator[None]:
    yield
    limits.UPLOADS._buckets.clear()


@pytest.fixture
def ask(client: Client, secret: str, told: Any) -> Ask:
    def post(content: bytes, kind: str = "application/octet-stream", key: str = secret) -> Any:
        response = client.post("/v1/match", content, kind, headers={"Authorization": f"Bearer {key}"})
        said = response.json()
        check(told, "Answer" if response.status_code == 200 else "Problem", said)
        return said if response.status_code == 200 else (response.status_code, said["error"]["code"])

    return post


def banked(bank: FilledBank, **more: Any) -> str:
    return str(bank.add("picture", pdq=pdq_from_array(PICTURE).hex, **more).pk)


def jpeg(pixels: Any, quality: int = 80) -> bytes:
    return encode(np.ascontiguousarray(pixels), "JPEG", quality=quality)


def test_a_mirrored_and_a_cropped_copy_are_found_with_their_views(ask: Ask, bank: FilledBank) -> None:
    entry = banked(bank)
    (mirrored,) = ask(jpeg(PICTURE[:, ::-1]), "image/jpeg")["matches"]
    assert (mirrored["entry"], mirrored["action"], mirrored["role"]) == (entry, "block", "stored")
    assert "mirrored" in mirrored["view"]
    assert (mirrored["box"], mirrored["seconds"]) == ([0, 0, 640, 480], [])
    framed = np.full((560, 720, 3), 255, np.uint8)
    framed[40:520, 40:680] = PICTURE
    said = ask(jpeg(framed))
    (inside,) = said["matches"]
    left, top, right, bottom = inside["box"]
    assert inside["entry"] == entry
    assert max(abs(left - 40), abs(top - 40), abs(right - 680), abs(bottom - 520)) <= 8, inside
    assert (said["size"], said["quality"] >= 50) == ([720, 560], True)
    (cropped,) = ask(jpeg(PICTURE[24:-24, 32:-32]))["matches"]
    assert cropped["entry"] == entry
    other = ask(jpeg(photo(2)))
    assert (other["action"], other["matches"]) == ("none", [])


def test_what_cannot_be_decoded_is_for_a_person_unless_its_bytes_are_known(
    ask: Ask, bank: FilledBank
) -> None:
    broken = jpeg(PICTURE)[:300]
    said = ask(broken)
    assert (said["action"], said["matches"]) == ("review", [])
    assert said["refused"]
    made = Prints(EntryKind.IMAGE, hashlib.sha256(broken).hexdigest(), hex_of("m", 32), (), ())
    entry = offer(made, "ADU-DNCI", EntryOrigin.EXAMINED, uuid.uuid4())
    again = ask(broken)
    assert (again["action"], [one["entry"] for one in again["matches"]]) == ("block", [str(entry.pk)])
    assert again["matches"][0]["view"] == "sha256"
    flat = ask(jpeg(np.full((200, 200, 3), 128, np.uint8)))
    assert flat["action"] == "none"
    assert "quality" in flat["refused"]


def test_a_film_says_which_seconds_are_which(ask: Ask, bank: FilledBank) -> None:
    whole = film(6, 5, (192, 256), gop=5)
    prints = fingerprint_video(whole, trusted=True)
    frames = tuple(
        {"frame": f.frame, "timestamp": f.timestamp, "quality": f.quality, "hex": f.hex} for f in prints.vpdq
    )
    made = Prints(EntryKind.VIDEO, hex_of("other bytes"), hex_of("m", 32), (), frames)
    entry = offer(made, "ADU-DNCI", EntryOrigin.EXAMINED, uuid.uuid4())
    said = ask(whole + b"\0", "video/mp4")
    (match,) = said["matches"]
    assert (match["entry"], match["role"], match["kind"]) == (str(entry.pk), "frame", "video")
    (run,) = match["seconds"]
    assert run["frames"] >= 5
    assert run["upload"] == run["banked"]
    still = ask(encode(scene(192, 256, seed=3), "PNG"))
    assert [one["entry"] for one in still["matches"]] == [str(entry.pk)]


def test_what_a_key_may_not_see_it_does_not_find_nor_learn_of(
    ask: Ask, bank: FilledBank, partner: Partner
) -> None:
    banked(bank, minors="examined", category="MIN-CSAM")
    _, adults = issue_key(partner, (Scope.MATCH_ASK, Scope.MATCH_UPLOAD), OPERATOR)
    assert len(ask(jpeg(PICTURE))["matches"]) == 1
    assert ask(jpeg(PICTURE), key=adults)["matches"] == []
    part = pdq_from_array(PICTURE[:240, :320]).hex
    bank.add("other", derived=part)
    corner = jpeg(PICTURE[:240, :320])
    assert "derived" in {one["role"] for one in ask(corner)["matches"]}
    assert ask(corner, key=adults)["matches"] == []


def test_what_was_withdrawn_is_not_found(ask: Ask, bank: FilledBank) -> None:
    banked(bank)
    assert ask(jpeg(PICTURE))["action"] == "block"
    bank.withdraw("picture")
    assert ask(jpeg(PICTURE))["matches"] == []
    assert BankEntry.objects.count() == 1


def test_a_key_must_say_that_it_may(ask: Ask, partner: Partner, bank: FilledBank) -> None:
    _, hashes_only = issue_key(partner, (Scope.MATCH_ASK,), OPERATOR)
    assert ask(jpeg(PICTURE), key=hashes_only) == (403, "missing_scope")


def test_one_that_is_too_large_empty_or_one_too_many_is_refused(
    ask: Ask, bank: FilledBank, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(b"", "image/png") == (400, "bad_body")
    settings.MATCH_UPLOAD_MIB = 1
    assert ask(bytes((1 << 20) + 1), "video/mp4") == (413, "body_too_large")
    monkeypatch.setattr(limits.UPLOADS, "burst", 0)
    assert ask(b"x", "image/png") == (429, "too_many_requests")


def test_when_all_places_are_taken_it_says_when_to_come_back(
    client: Client, secret: str, bank: FilledBank
) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    with ExitStack() as taken:
        for _ in range(receiving.PLACES):
            taken.enter_context(receiving.place())
        refused = client.post("/v1/match", b"x", "image/png", headers=headers)
        assert (refused.status_code, refused["Retry-After"]) == (503, "2")
        hashes = client.post("/v1/match", {"pdq": "0" * 64}, "application/json", headers=headers)
        assert hashes.status_code == 200
    assert client.post("/v1/match", b"x", "image/png", headers=headers).status_code == 200


def test_one_that_ends_early_is_refused_and_its_place_is_free_again(
    client: Client, secret: str, bank: FilledBank
) -> None:
    for _ in range(receiving.PLACES + 1):
        more = {"CONTENT_LENGTH": "8", "wsgi.input": io.BytesIO(b"half")}
        headers = {"Authorization": f"Bearer {secret}"}
        response = client.generic("POST", "/v1/match", b"", "image/png", headers=headers, **more)
        assert response.json()["error"]["code"] == "bad_body"


def test_only_files_are_taken_for_files() -> None:
    files = ("image/jpeg", "IMAGE/PNG; x=y", "video/mp4", "application/octet-stream", "application/pdf")
    assert all(map(receiving.is_upload, files))
    others = ("application/json", "", "text/plain", "multipart/form-data; boundary=x", "image/", "image/a b")
    assert not any(map(receiving.is_upload, others))
    lines = b"POST /v1/match HTTP/1.1\r\nHost: testserver\r\nAuthorization: Bearer x\r\nContent-Length: 2\r\n"
    assert plain_head(lines + b"Content-Type: application/json\r\n")
    assert plain_head(lines + b"Content-Type: image/png\r\n") is None


def test_a_picture_of_several_kinds_is_read(ask: Ask, bank: FilledBank) -> None:
    entry = banked(bank)
    for kind in ("PNG", "WEBP", "TIFF"):
        out = io.BytesIO()
        Image.fromarray(PICTURE).save(out, kind)
        assert [one["entry"] for one in ask(out.getvalue())["matches"]] == [entry]
