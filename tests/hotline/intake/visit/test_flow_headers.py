"""Headers by value, on pages and on static files; compression only where there is no secret."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.test import Client
from tests.hotline.intake.asking.steps import PRINT, answer, push, until_check
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.visit.test_pages import HEADERS

from disrupt.hotline.intake.asking import declared
from disrupt.hotline.intake.visit.policy import of_static_file
from disrupt.hotline.intake.visit.work import WORK

FRAME = {"frame": 0, "timestamp": 0, "quality": 9, "hex": "0f" * 32}
STEPS = ("ways", "where", "who", "check", "stop", "stopped", "other", "child")
PERMISSIONS = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)
WORKER = (
    "default-src 'none'; script-src 'self'; connect-src 'none'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def _static(settings: Any) -> None:
    settings.WHITENOISE_ADD_HEADERS_FUNCTION = of_static_file
    settings.WHITENOISE_USE_FINDERS = True


def test_every_step_has_its_headers_by_value(person: Person, settings: Any) -> None:
    settings.INSECURE_LOOPBACK = False
    until_check(person)
    for step in STEPS:
        response = person.get(f"steps/{step}/")
        assert response.status_code == 200, step
        for name, value in HEADERS.items():
            assert response.headers[name] == value, f"{step} {name}"
        assert response.headers["Permissions-Policy"] == PERMISSIONS
        assert response.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def fetched(path: str, **headers: str) -> tuple[Any, bytes]:
    """A static file: the answer, closed, and its bytes."""
    response: Any = Client().get(f"/static/intake/{path}", headers=headers)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return response, body


@pytest.mark.usefixtures("_static")
def test_workers_come_with_a_policy_that_opens_no_connection(db: None) -> None:
    for path in ("device/worker.js", "work.js"):
        response, _ = fetched(path)
        assert response.status_code == 200, path
        assert response.headers["Content-Security-Policy"] == WORKER, path
        assert response.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    heif, _ = fetched("device/heif/worker.js")
    expected = WORKER.replace("'self';", "'self' 'wasm-unsafe-eval';", 1)
    assert heif.headers["Content-Security-Policy"] == expected
    assert fetched("portal.js")[0].headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_no_secret_shares_a_compressed_page(person: Person) -> None:
    asks = {"accept-encoding": "gzip"}
    first = person.client.get("/en/", headers=asks)
    assert first.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in first.headers["Vary"]
    assert b"Talk to someone now" in gzip.decompress(first.content)
    assert int(first.headers["Content-Length"]) == len(first.content)
    assert "Content-Encoding" not in person.client.get("/en/").headers
    until_check(person)
    for path in ("steps/check/", "", "follow/"):
        assert "Content-Encoding" not in person.client.get(f"/en/{path}", headers=asks).headers, path


@pytest.mark.usefixtures("_static")
def test_static_files_are_compressed_and_whole(db: None) -> None:
    plain, css = fetched("portal.css")
    small, packed = fetched("portal.css", **{"accept-encoding": "gzip, br"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == css
    assert small.headers["Content-Type"] == plain.headers["Content-Type"]
    assert "Content-Encoding" not in fetched("nothing.css", **{"accept-encoding": "gzip"})[0].headers


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "poem"},
        {"sha256": "AB" * 32},
        {"sha256": "ab" * 31},
        {"sha256": 7},
        {"md5": None},
        {"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"kind": ["image"]},
        {"pdq": [{"hex": "0f" * 32, "quality": 90, "role": ["stored"]}]},
        {"pdq": {"hex": "0f" * 32}},
        {"pdq": [{"hex": "0f" * 32, "quality": 101, "role": "stored"}]},
        {"pdq": [{"hex": "0f" * 32, "quality": 99.5, "role": "stored"}]},
        {"pdq": [{"hex": "0f" * 32, "quality": True, "role": "stored"}]},
        {"pdq": [{"hex": "0f" * 31, "quality": 90, "role": "stored"}]},
        {"pdq": [{"hex": "0f" * 32, "quality": 90, "role": "<b>"}]},
        {"pdq": [PRINT["pdq"][0]] * (declared.MOST_FORMS + 1)},  # type: ignore[index]
        {"vpdq": [FRAME]},
        {"kind": "video"},
        {"kind": "video", "pdq": [], "vpdq": [{**FRAME, "frame": -1}]},
        {"kind": "video", "pdq": [], "vpdq": [{**FRAME, "timestamp": float("nan")}]},
        {"kind": "video", "pdq": [], "vpdq": [{**FRAME, "timestamp": 1e9}]},
        {"kind": "video", "pdq": [], "vpdq": [FRAME] * 3601},
    ],
)  # fmt: skip
def test_a_fingerprint_that_no_page_of_ours_makes_is_not_taken(wrong: dict[str, Any]) -> None:
    assert declared.read(json.dumps([PRINT]), 50)
    with pytest.raises(declared.NotFingerprints):
        declared.read(json.dumps([{**PRINT, **wrong}]), 50)


@pytest.mark.parametrize("bits", ["0" * 64, "f" * 64, "0" * 63 + "1", "0" * 50 + "f" * 14])
def test_a_hash_that_no_picture_has_is_given_no_quality(bits: str) -> None:
    """It would be close to everything flat; with quality 0 it is never offered to anybody."""
    found = declared.read(
        json.dumps([{**PRINT, "pdq": [{"hex": bits, "quality": 100, "role": "stored"}]}]), 50
    )
    assert [row["quality"] for row in found[0]["pdq"]] == [0]


@pytest.mark.parametrize("text", ["{", "7", '"x"', "[7]", "[" * 100_000, json.dumps([PRINT] * 51)])
def test_what_is_no_list_of_fingerprints_is_not_taken(text: str) -> None:
    with pytest.raises(declared.NotFingerprints):
        declared.read(text, 50)


def test_only_what_is_known_is_kept_of_a_fingerprint() -> None:
    film = {
        "kind": "video", "sha256": "ab" * 32, "md5": "cd" * 16, "path": "/home/jane", "width": 7,
        "vpdq": [{"frame": 0, "timestamp": 0.50001, "quality": 90, "hex": "0f" * 32, "name": "jane"}],
    }  # fmt: skip
    assert declared.read(json.dumps([film]), 50) == (
        {
            "kind": "video", "sha256": "ab" * 32, "md5": "cd" * 16, "pdq": [],
            "vpdq": [{"hex": "0f" * 32, "quality": 90, "frame": 0, "timestamp": 0.5}],
        },
    )  # fmt: skip


def test_a_challenge_is_only_on_the_page_when_work_is_asked(person: Person) -> None:
    until_check(person)
    assert "data-challenge" not in person.get("steps/check/").content.decode()
    assert WORK.challenge(0) == ""


def test_a_page_that_was_left_for_another_report_keeps_nothing_wrong(person: Person) -> None:
    """Two tabs: the answer of one that is not asked any more changes nothing that was not asked."""
    answer(person, "ways", ways=["online"])
    person.get("steps/where/")
    push(person, "age", age="minor")
    assert person.get("steps/check/").status_code == 302
