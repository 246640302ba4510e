"""Uploads over real connections to a real portal: cut, killed, slow; the same bytes come out."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import random
import re
import socket
import threading
import time
from pathlib import Path

import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.servers import Hotline

MIB = 1024 * 1024
BODY = "application/offset+octet-stream"
CANARY = b"canary-of-uploads-9c1e"


class Phone:
    """A sender that knows nothing but the protocol."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.headers = {"Tus-Resumable": "1.0.0", "Origin": f"http://127.0.0.1:{port}"}
        status, headers, _ = self.ask("GET", "/en/files/")
        assert status == 200
        self.headers["Cookie"] = headers["Set-Cookie"].split(";")[0]

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {**self.headers, **named})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def begin(self, length: int) -> str:
        status, headers, _ = self.ask("POST", "/en/files/", Upload_Length=str(length))
        assert status == 201
        return headers["Location"]

    def patch(self, url: str, data: bytes, offset: int) -> int:
        return self.ask("PATCH", url, data, Content_Type=BODY, Upload_Offset=str(offset))[0]

    def offset(self, url: str) -> int:
        status, headers, _ = self.ask("HEAD", url)
        assert status == 200, status
        return int(headers["Upload-Offset"])

    def break_off(self, url: str, data: bytes, offset: int, after: int) -> None:
        """Promise all of `data`, send `after` bytes, and vanish."""
        self.fall_silent(url, data, offset, after).close()

    def fall_silent(self, url: str, data: bytes, offset: int, after: int) -> socket.socket:
        """The same, and keep the connection."""
        head = f"PATCH {url} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: {BODY}\r\n"
        head += f"Content-Length: {len(data)}\r\nUpload-Offset: {offset}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in self.headers.items()) + "\r\n"
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        connection.sendall(head.encode() + data[:after])
        return connection


def contents(hotline: Hotline) -> dict[str, int]:
    """SHA-256 and size of every whole upload, opened with the review key."""
    code = (
        "import hashlib, json\n"
        "from disrupt.hotline.common.store import vault\n"
        "from disrupt.hotline.intake.models import Upload\n"
        "found = {}\n"
        "for row in Upload.objects.exclude(whole_at=None):\n"
        "    h, n = hashlib.sha256(), 0\n"
        "    for c in vault.open_content(row.content): h.update(c); n += len(c)\n"
        "    found[h.hexdigest()] = n\n"
        "print('FOUND' + json.dumps(found))\n"
    )
    out = hotline.run("manage", "shell", "--no-imports", "-c", code).stdout
    found: dict[str, int] = json.loads(out[out.index("FOUND") + 5 :])
    return found


def _resident(hotline: Hotline) -> int:
    """Bytes of memory of the portal's processes."""
    total = 0
    for pid in (hotline.pid("portal"), *_children(hotline.pid("portal"))):
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        total += int(found[1]) * 1024 if found else 0
    return total


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_twenty_uploads_cut_and_killed_anywhere_give_the_same_bytes(hotline: MakeHotline) -> None:
    """Connections break at random points and the portal is killed twice in the midst of it."""
    one = hotline("portal")
    phone = Phone(one.ports["portal"])
    files = [random.Random(n).randbytes(3 * MIB + n * 1013) for n in range(20)]
    problems: list[str] = []
    cuts = [0] * len(files)

    def send(number: int) -> None:
        content, dice = files[number], random.Random(1000 + number)
        url, limit = "", time.monotonic() + 120
        while time.monotonic() < limit:
            try:
                url = url or phone.begin(len(content))
                offset = phone.offset(url)
                if offset == len(content):
                    return
                piece = content[offset : offset + MIB]
                if cuts[number] < 3:
                    cuts[number] += 1
                    phone.break_off(url, piece, offset, dice.randrange(len(piece)))
                else:
                    assert phone.patch(url, piece, offset) == 204
            except (OSError, http.client.HTTPException, AssertionError):
                time.sleep(0.2)  # the portal is down, or still holds what has just been cut
        problems.append(f"upload {number} did not end")

    threads = [threading.Thread(target=send, args=(n,)) for n in range(len(files))]
    for thread in threads:
        thread.start()
    for _ in range(2):
        time.sleep(1.0)
        one.kill("portal")
        one.start("portal")
    for thread in threads:
        thread.join()
    assert problems == []
    assert min(cuts) == 3
    assert contents(one) == {hashlib.sha256(content).hexdigest(): len(content) for content in files}
    one.stop()


def test_killed_in_the_midst_of_a_body_it_keeps_every_whole_chunk(hotline: MakeHotline) -> None:
    one = hotline("portal")
    phone = Phone(one.ports["portal"])
    content = (CANARY * (2 * MIB // len(CANARY) + 1))[: 2 * MIB]
    url = phone.begin(len(content))
    with phone.fall_silent(url, content, 0, MIB + 1000):
        time.sleep(1.0)
        one.kill("portal")
    one.start("portal")
    assert phone.offset(url) == MIB, "sixteen whole chunks, and not the thousand bytes after them"
    assert phone.patch(url, content[MIB:], MIB) == 204
    assert contents(one) == {hashlib.sha256(content).hexdigest(): 2 * MIB}
    for path in one.var.rglob("*"):
        if path.is_file():
            assert CANARY not in path.read_bytes(), path
    one.stop()


@pytest.fixture(scope="module")
def busy(hotline: MakeHotline) -> Hotline:
    return hotline("portal")


@pytest.mark.alone
def test_a_silent_connection_does_not_lock_its_upload(busy: Hotline) -> None:
    """The telephone changed networks: its old connection still stands, and says nothing."""
    phone = Phone(busy.ports["portal"])
    content = os.urandom(MIB)
    url = phone.begin(len(content))
    with contextlib.closing(phone.fall_silent(url, content, 0, 300_000)):
        time.sleep(0.5)
        assert phone.patch(url, content, 0) == 423, "two cannot write at once"
        start = time.monotonic()
        offset = phone.offset(url)
        assert time.monotonic() - start < 5
    assert offset == 300_000, "all that had arrived was kept"
    assert phone.patch(url, content[offset:], offset) == 204


@pytest.mark.alone
def test_sixty_silent_uploads_do_not_hold_up_the_pages(busy: Hotline) -> None:
    phone = Phone(busy.ports["portal"])
    held = []
    for _ in range(50):
        url = phone.begin(MIB)
        held.append(phone.fall_silent(url, b"x" * MIB, 0, 10))
    others = Phone(busy.ports["portal"])
    for _ in range(20):
        held.append(others.fall_silent(others.begin(MIB), b"x" * MIB, 0, 10))
    time.sleep(0.5)
    start = time.monotonic()
    assert others.ask("GET", "/en/")[0] == 200
    assert time.monotonic() - start < 3
    # What has arrived whole needs none of the places of those who keep silent.
    assert others.patch(others.begin(5), b"hello", 0) == 204
    for connection in held:
        if connection is not None:
            connection.close()
    assert others.patch(others.begin(MIB), b"x" * MIB, 0) == 204, "those who waited are gone as well"


def test_memory_stays_flat_however_large_the_file(busy: Hotline) -> None:
    phone = Phone(busy.ports["portal"])
    piece = os.urandom(8 * MIB)
    url = phone.begin(200 * MIB)
    seen = []
    for offset in range(0, 200 * MIB, 8 * MIB):
        assert phone.patch(url, piece, offset) == 204
        seen.append(_resident(busy))
    assert phone.offset(url) == 200 * MIB
    assert max(seen) - seen[1] < 24 * MIB, [size // MIB for size in seen]


def test_nobody_reaches_the_uploads_of_another(busy: Hotline) -> None:
    mine, theirs = Phone(busy.ports["portal"]), Phone(busy.ports["portal"])
    url = mine.begin(5)
    assert theirs.patch(url, b"hello", 0) == 404
    assert theirs.ask("HEAD", url)[0] == 404
    assert theirs.ask("DELETE", url)[0] == 404
    assert mine.patch(url, b"hello", 0) == 204


def test_what_is_abandoned_is_destroyed_after_a_day(hotline: MakeHotline) -> None:
    one = hotline("portal")
    phone = Phone(one.ports["portal"])
    half, whole = phone.begin(MIB), phone.begin(5)
    phone.patch(half, b"x" * 1000, 0)
    phone.patch(whole, b"hello", 0)
    kept = lambda: [p for f in ("store", "keystore") for p in (one.var / f).rglob("*") if p.is_file()]  # noqa: E731
    assert len(kept()) == 4
    one.move_clock(hours=23)
    one.run("worker", "--once")
    assert len(kept()) == 4
    one.move_clock(hours=2)
    one.run("worker", "--once")
    assert kept() == []
    assert [phone.ask("HEAD", url)[0] for url in (half, whole)] == [404, 404]
    one.stop()
