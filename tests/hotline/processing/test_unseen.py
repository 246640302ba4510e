"""What the console shows of what nobody looks at: stills of films, declared fingerprints, partners’ words."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from django.test import Client
from PIL import Image
from tests.hotline.processing.working import jpeg, work
from tests.hotline.review.pages import film, item_path, page

from disrupt.fingerprint import ImageFingerprint, Look, fingerprint_file
from disrupt.fingerprint.digest import digest_bytes
from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases import erasing
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.exchange.hearing import contributions
from disrupt.hotline.exchange.models import PartnerKind
from disrupt.hotline.exchange.services import OPERATOR, create_partner
from disrupt.hotline.exchange.stopncii import wirehashes
from disrupt.hotline.intake.following.queries import followed
from disrupt.hotline.review.seeing import manners, strips
from disrupt.protocol.stopncii import Opinion, Posted, Signal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def strips_of(html: str) -> list[str]:
    return re.findall(r'<img class="strip"[^>]* src="(/previews/[^"]+)"', html)


def opened(client: Client, path: str) -> Image.Image:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    return Image.open(io.BytesIO(response.content))


def sharpness(picture: Image.Image) -> float:
    pixels = np.asarray(picture.convert("L"), float)
    return float(np.abs(np.diff(pixels, axis=1)).mean())


def test_a_film_is_shown_as_blurred_grey_stills(as_alice: Client, make_case: Any) -> None:
    case = make_case(files=(film(6),))
    html = page(as_alice, item_path(case))
    (path,) = strips_of(html)
    strip = opened(as_alice, path)
    assert strip.mode == "L"
    assert strip.width <= 4 * (manners.STILL + strips.GAP)
    seconds = re.findall(r'data-second="([\d:]+)"', html)
    assert seconds == sorted(seconds)
    assert {"0:00", "0:01"} <= set(seconds)
    as_alice.post(f"{item_path(case)}show/", {"mode": "clear"})
    (path,) = strips_of(page(as_alice, item_path(case)))
    clear = opened(as_alice, path)
    assert sharpness(clear) > 2 * sharpness(strip)
    assert as_alice.get(path).status_code == 404, "a clear one answers once"
    assert case.ledger.filter(kind="content.viewed").count() == 1


def test_a_minors_film_is_not_shown_unasked_and_another_analyst_gets_nothing(
    as_alice: Client, make_case: Any, make_user: Any
) -> None:
    case = make_case(files=(film(),), age_when_taken="minor")
    assert strips_of(page(as_alice, item_path(case))) == []
    as_alice.post(f"{item_path(case)}show/", {"mode": "blurred", "motive": "decide"})
    (path,) = strips_of(page(as_alice, item_path(case)))
    bob = Client()
    bob.force_login(make_user("bob"))
    assert bob.get(path).status_code == 404


def test_a_picture_that_moves_and_one_that_does_not(as_alice: Client, make_case: Any) -> None:
    rng, out = np.random.default_rng(4), io.BytesIO()
    small = [Image.fromarray(rng.integers(0, 255, (12, 16, 3), np.uint8)) for _ in range(3)]
    frames = [frame.resize((320, 240), Image.Resampling.BICUBIC) for frame in small]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=500)
    case = make_case(files=(out.getvalue(), jpeg(8)))
    assert len(strips_of(page(as_alice, item_path(case, 1)))) == 1
    assert strips_of(page(as_alice, item_path(case, 2))) == []


def test_stills_are_spread_over_a_long_film() -> None:
    seconds = tuple(float(n) for n in range(500))
    luma = np.zeros((500, 64, 64), np.uint8)
    seen = Look(digest_bytes(b""), 1920, 1080, None, b"", seconds, luma, None, ())
    jpeg_, at = strips.sheet(seen, 64, 0.0)
    assert (len(at), at[0], at[-1]) == (strips.MOST, 0.0, 499.0)
    assert Image.open(io.BytesIO(jpeg_)).size == (4 * 64 + 3 * strips.GAP, 3 * 36 + 2 * strips.GAP)
    assert strips.chosen(3) == (0, 1, 2)


def declared(data: bytes, **changes: Any) -> dict[str, Any]:
    found = fingerprint_file(data)
    assert isinstance(found, ImageFingerprint)
    pdq = [{"hex": found.pdq.hex, "quality": found.pdq.quality, "role": "stored"}]
    return {"kind": "image", "sha256": found.sha256, "md5": found.md5, "pdq": pdq, "vpdq": [], **changes}


def test_a_declared_fingerprint_is_shown_with_what_can_be_checked(as_alice: Client, make_case: Any) -> None:
    photo = jpeg(5, 640)
    case = make_case(declared=(declared(photo),))
    work()
    html = page(as_alice, f"/cases/{case.pk}/")
    assert declared(photo)["sha256"] in html
    assert "seen by nobody" in html
    assert "1 of 1 recognises altered copies" in html
    assert "nothing else answers to it" in html, "its own entry does not count"
    assert "none declares this file" in html
    # Somebody deposits the very photo, and an analyst examines it; somebody else declares it too.
    other = make_case(files=(photo,))
    decisions.qualify(other.items.get(), "NCII-DIF", analyst(1))
    make_case(declared=(declared(photo),))
    work()
    html = page(as_alice, f"/cases/{case.pk}/")
    assert "the very same file" in html
    assert "examined by an analyst" in html
    assert "1 declares the very same file" in html


def test_a_near_copy_and_a_flat_picture_are_told(as_alice: Client, make_case: Any) -> None:
    photo = jpeg(6, 640)
    examined = make_case(files=(photo,))
    decisions.qualify(examined.items.get(), "NCII-DIF", analyst(1))
    smaller = io.BytesIO()
    Image.open(io.BytesIO(photo)).resize((400, 400)).save(smaller, "JPEG")
    flat = {"sha256": "ef" * 32, "pdq": [{"hex": "0f" * 32, "quality": 3, "role": "stored"}]}
    case = make_case(declared=(declared(smaller.getvalue()), declared(photo) | flat))
    work()
    html = page(as_alice, f"/cases/{case.pk}/")
    assert re.search(r"a near copy \(distance \d+ of 256\)", html)
    assert "None: exact copies only" in html


def test_erased_declarations_show_nothing(as_alice: Client, make_case: Any) -> None:
    case = make_case(declared=(declared(jpeg(9, 640)),))
    work()
    erasing.erase_case(case)
    work()
    html = page(as_alice, f"/cases/{case.pk}/")
    assert declared(jpeg(9, 640))["sha256"] not in html


def test_partners_words_are_shown_with_who_when_and_what(as_alice: Client, make_case: Any) -> None:
    photo = jpeg(7, 640)
    case = make_case(declared=(declared(photo),))
    work()
    while wirehashes.step():
        pass
    value = declared(photo)["pdq"][0]["hex"]
    one = create_partner("Platform One", OPERATOR)
    two = create_partner("Hotline <Two>", OPERATOR, PartnerKind.HOTLINE)
    contributions.submit_feedback(
        one, [Posted(Signal.IMAGE_PDQ, value, Opinion.NOT_BLOCKED, ("news photo",))]
    )
    contributions.submit_feedback(two, [Posted(Signal.IMAGE_PDQ, "12" * 32, Opinion.BLOCKED, ())])
    contributions.submit_hashes(two, [Posted(Signal.VIDEO_MD5, "34" * 16, Opinion.BLOCKED, ())])
    html = page(as_alice, f"/cases/{case.pk}/")
    assert "Platform One" in html
    assert "reviewed, not blocked" in html
    assert "news photo" in html
    assert "disputed" in html
    listed = page(as_alice, "/partners/")
    assert listed.index("Platform One") < listed.index("Hotline &lt;Two&gt;"), "disputes of ours come first"
    assert f'href="/cases/{case.pk}/"' in listed
    assert "not in our bank" in listed
    assert "VideoMD5" in listed


def test_who_is_no_analyst_sees_no_feedback(client: Client, make_user: Any) -> None:
    client.force_login(make_user("charlie", role=""))
    assert client.get("/partners/").status_code == 403


def test_an_analyst_takes_off_what_was_declared_in_bad_faith(as_alice: Client, make_case: Any) -> None:
    case = make_case(declared=(declared(jpeg(7, 640)),), urls=("https://example.org/a",))
    work()
    item, address = case.items.get(kind="declared"), case.items.get(kind="url")
    html = page(as_alice, f"/cases/{case.pk}/")
    assert html.count("/take-off/") == 2
    entry = BankEntry.objects.get()
    as_alice.post(f"/items/{item.pk}/take-off/")
    work()
    entry.refresh_from_db()
    assert entry.state == "withdrawn", "partners are told at their next update"
    assert "/take-off/" not in page(as_alice, f"/cases/{case.pk}/")
    event = case.ledger.get(kind="item.taken_off")
    assert event.actor.startswith("analyst:")
    shown = followed(case, "en")[item.position - 1]
    assert str(shown.meaning.word) == "Taken off the lists", "it is not said that the person cancelled it"
    assert shown.refused
    assert "Taken off our partners’ lists by an analyst" in [str(step.text) for step in shown.steps]
    as_alice.post(f"/items/{item.pk}/take-off/")
    as_alice.post(f"/items/{address.pk}/take-off/")
    address.refresh_from_db()
    assert address.state == "received", "what an analyst is to examine is not taken off this way"
    assert case.ledger.filter(kind="item.taken_off").count() == 1
