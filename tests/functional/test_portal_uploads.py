"""What a real server does with uploads that are too large, that break off, or that come many at a time."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import httpx
import pytest
from tests.functional.servers import Hotline
from tests.waiting import until

LIMIT = 4 * 1024**2
CANARY = b"canary-that-must-not-reach-a-disk"


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline]) -> Hotline:
    return hotline("portal", DISRUPT_MAX_UPLOAD_BYTES=str(LIMIT))


@pytest.fixture
def browser(portal: Hotline) -> Iterator[httpx.Client]:
    headers = {"Origin": portal.url("portal")}
    with httpx.Client(base_url=portal.url("portal"), timeout=120, trust_env=False, headers=headers) as client:
        yield client


def hidden(html: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    assert found
    return unescape(found[1])


def fields(html: str) -> dict[str, str]:
    return {
        "csrfmiddlewaretoken": hidden(html, "csrfmiddlewaretoken"),
        "draft": hidden(html, "draft"),
        "url": "https://example.org/kept",
        "reporter": "self",
        "age": "adult",
        "statement": "on",
        "action": "send",
    }


def stored(portal: Hotline) -> list[Path]:
    return [
        path for name in ("store", "keystore") for path in (portal.var / name).rglob("*") if path.is_file()
    ]


def contents(portal: Hotline) -> bytes:
    return b"".join(path.read_bytes() for path in portal.var.rglob("*") if path.is_file())


def memory(pid: int) -> int:
    """Bytes of memory that a process and its children hold."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = path.read_text().rpartition(")")[2].split()
            if int(path.parent.name) == pid or int(after[1]) == pid:
                total += int(after[21]) * 4096
        except FileNotFoundError:
            continue
    return total


def part(name: str, value: str) -> bytes:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def file_head(name: str = "a.mp4") -> bytes:
    disposition = f'Content-Disposition: form-data; name="files"; filename="{name}"'
    return f"--B\r\n{disposition}\r\nContent-Type: video/mp4\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("language", "said", "good"),
    [
        ("en", "1 file was not taken: it weighs more than 4 MB", "1 file received safely"),
        ("fr", "1 fichier n’a pas été pris\u00a0: il pèse plus de 4\u00a0Mo", "1 fichier bien reçu"),
    ],
)
def test_a_file_far_beyond_the_limit(
    portal: Hotline, browser: httpx.Client, language: str, said: str, good: str
) -> None:
    """Sixteen times the limit: told, the rest kept, memory flat, nothing half-stored."""
    before = set(stored(portal))
    form = fields(browser.get(f"/{language}/form/").text)

    def body() -> Iterator[bytes]:
        for name, value in form.items():
            yield part(name, value)
        yield file_head()
        for _ in range(64):
            yield bytes(1024**2)
        yield b"\r\n" + file_head() + b"small" + CANARY + b"\r\n"
        yield part("complete", "1") + b"--B--\r\n"

    length = sum(len(chunk) for chunk in body())
    at_first = memory(portal.pid("portal"))
    headers = {"Content-Type": "multipart/form-data; boundary=B", "Content-Length": str(length)}
    response = browser.post(f"/{language}/form/", content=body(), headers=headers)
    assert response.status_code == 302, "what must be typed again is shown by a GET"
    response = browser.get(response.headers["location"])
    assert response.status_code == 200
    text = unescape(response.text)
    assert said in text
    assert good in text
    assert "https://example.org/kept" in text
    assert len(set(stored(portal)) - before) == 3, (
        "one small file: its ciphertext and its key; and the key of the words that the page gives back"
    )
    assert memory(portal.pid("portal")) - at_first < 32 * 1024**2
    again = {**fields(response.text), "complete": "1"}
    done = browser.post(f"/{language}/form/", files={"files": ("", b"")}, data=again)
    assert done.status_code == 302
    assert CANARY not in contents(portal)


def test_a_client_that_goes_away_leaves_nothing(portal: Hotline, browser: httpx.Client) -> None:
    before = set(stored(portal))
    page = browser.get("/en/form/")
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    body = b"".join(part(name, value) for name, value in fields(page.text).items())
    body += file_head() + b"a whole one\r\n" + file_head() + CANARY * 20_000
    head = (
        f"POST /en/form/ HTTP/1.1\r\nHost: 127.0.0.1:{portal.ports['portal']}\r\nCookie: {cookie}\r\n"
        f"Origin: {portal.url('portal')}\r\nContent-Type: multipart/form-data; boundary=B\r\n"
        f"Content-Length: {len(body) * 3}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", portal.ports["portal"])) as connection:
        connection.sendall(head.encode() + body)
        until(lambda: len(set(stored(portal)) - before) == 2, "both files are arriving")
        assert CANARY not in contents(portal), "not even while it arrives"
    until(lambda: set(stored(portal)) == before, "nothing is left")
    assert "Traceback" not in portal.log("portal")


def test_many_guesses_wait_their_turn(portal: Hotline, browser: httpx.Client) -> None:
    """Each guess takes 64 MiB; sixteen at once take two places, and all of them are answered."""
    token = hidden(browser.get("/en/follow/").text, "csrfmiddlewaretoken")
    most, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.01):
            most[0] = max(most[0], memory(portal.pid("portal")))

    watcher = threading.Thread(target=watch)
    at_first = memory(portal.pid("portal"))
    watcher.start()
    code = "AAAA-AAAA-AAAA-AAAA-AAAA"
    with ThreadPoolExecutor(16) as pool:
        guesses = [
            pool.submit(browser.post, "/en/follow/", data={"csrfmiddlewaretoken": token, "code": code})
            for _ in range(16)
        ]
        answers = [guess.result() for guess in guesses]
    stop.set()
    watcher.join()
    assert {answer.status_code for answer in answers} == {422}
    assert most[0] - at_first < 3 * 64 * 1024**2
