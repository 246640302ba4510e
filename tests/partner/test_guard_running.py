"""`disrupt guard run` as a process of its own: it watches, listens, asks and answers, and ends when told."""

from __future__ import annotations

import json
import mailbox
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps
from tests.matching.pictures import bank_of
from tests.partner.guarding import HOST, PINNED, jpeg, notice, photo, settle, sign, site
from tests.partner.hotline_server import HotlineServer
from tests.partner.serving import SOURCE, free_port
from tests.partner.test_guard_notices import own_key, there
from tests.waiting import until

from disrupt.cli import main
from disrupt.partner.guard.home import Home
from disrupt.partner.guard.quarantine import Quarantine
from disrupt.protocol import answer

pytestmark = pytest.mark.slow

ONE = photo(1, 320, 240)


@contextmanager
def running(home: Home) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "disrupt.cli", "guard", "run", str(home.folder)],
        env=dict(os.environ, PYTHONPATH=str(SOURCE)),
    )
    try:
        yield process
        assert process.poll() is None, "the guard ended by itself"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def listening(home: Home, *settings: str) -> tuple[Home, str]:
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}/disrupt-guard/notices"
    told = (f'listen = "127.0.0.1:{port}"', f'endpoint = "{endpoint}"', 'on_notice = "hold"')
    return settle(home, *told, *settings), endpoint


def well_known(endpoint: str) -> str:
    return endpoint.replace("/disrupt-guard/notices", "/.well-known/disrupt-guard.json")


def deeds(home: Home) -> list[str]:
    return [line["deed"] for line in Quarantine(home.quarantine).log()]


def test_it_passes_the_conformance_kit_and_a_receiver_that_does_not_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, endpoint = listening(site(tmp_path, {"test.jpg": jpeg(ONE)}))
    kit = ["guard", "conform", "--host", HOST, "--key-file", str(tmp_path / "kit.key"), "--endpoint"]
    kit += [endpoint, "--address", f"https://{HOST}/uploads/test.jpg"]
    assert main(kit) == 0
    pin = capsys.readouterr().out
    with running(home):
        until(lambda: answers(well_known(endpoint)))
        assert main(kit) == 1  # the key is not pinned yet
        failed = {line["name"] for line in told(capsys) if not line["ok"]}
        assert {"answered", "another host", "expired"} <= failed
        assert there(home) == {"test.jpg"}
        (home.folder / "hotline.keys").write_text(PINNED + pin)
        assert main(kit) == 0
        assert len(told(capsys)) == 12
        assert there(home) == set()
        # Slow, huge and foreign requests are answered, and harm nothing.
        assert httpx.post(endpoint, content=b"x" * (5 << 20)).status_code == 413
        assert httpx.get(f"{endpoint}/../../etc/passwd").status_code == 404
        assert httpx.get(f"{endpoint}/none").json()["code"] == "unknown_notice"


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_new_files_are_looked_up_also_those_that_came_while_it_was_down(tmp_path: Path) -> None:
    home = site(tmp_path, {"old.jpg": jpeg(ONE)})
    bank_of(tmp_path / "bank", {"one": ONE})
    banks = f"banks = {json.dumps([str(tmp_path / 'bank')])}"
    home = settle(home, banks, 'on_match = "hold"', 'on_notice = "hold"')
    root = home.uploads[0].folder
    made = time.time()
    with running(home):
        until((home.folder / "seen.json").exists)
        (root / "2026").mkdir()
        (root / "2026" / "new.jpg").write_bytes(jpeg(ImageOps.mirror(Image.fromarray(ONE))))
        (root / "2026" / "innocent.jpg").write_bytes(jpeg(photo(2, 320, 240)))
        (root / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
        until(lambda: "held" in deeds(home) and "found" in deeds(home))
        began = time.monotonic()
        (root / "second.jpg").write_bytes(jpeg(Image.fromarray(ONE).resize((300, 225))))
        until(lambda: deeds(home).count("held") == 2)
        assert time.monotonic() - began < 30
        store = Quarantine(home.quarantine)
        store.undo(next(one.id for one in store.all() if one.path == "second.jpg"))
        # What came in the last seconds before the guard ended is looked at again.
        until(lambda: json.loads((home.folder / "seen.json").read_text())["at"] > made + 6)
    (root / "while-down.jpg").write_bytes(jpeg(ONE))
    with running(home):
        # What the owner has put back stays, and is only told, although it is looked at again.
        until(lambda: deeds(home).count("held") == 3 and deeds(home).count("found") >= 2)
    # What was there before the guard came is for `disrupt scan`.
    assert there(home) == {"old.jpg", "2026/innocent.jpg", "broken.jpg", "second.jpg"}


def test_notices_by_mail_and_by_asking_are_answered_the_same_way(tmp_path: Path) -> None:
    server, box = HotlineServer(), mailbox.Maildir(tmp_path / "Maildir", create=True)
    sent = tmp_path / "sent"
    mailer = f"import sys; open({str(sent)!r}, 'ab').write(sys.stdin.buffer.read())"
    pictures = {"a.jpg": jpeg(ONE), "b.jpg": jpeg(photo(2, 320, 240)), "c.jpg": jpeg(photo(3, 320, 240))}
    home = settle(
        site(tmp_path, pictures),
        'on_notice = "hold"',
        f"poll = {json.dumps(server.url)}",
        "poll_seconds = 1",
        f"maildir = {json.dumps(str(tmp_path / 'Maildir'))}",
        f"sendmail = {json.dumps([sys.executable, '-c', mailer])}",
    )
    asked, mailed = notice("a.jpg", pixels=ONE), notice("b.jpg")
    forged = notice("c.jpg", host="other.example", addresses=("https://other.example/c.jpg",))
    server.notices = [sign(asked), sign(forged)]
    for attached in (sign(mailed), b"not a notice"):
        message = EmailMessage()
        message.set_content("See what is attached.")
        message.add_attachment(attached, "application", "json", filename="notice.json")
        box.add(message.as_bytes())
    box.add(b"Subject: lunch?\n\nToday?\n")
    try:
        with running(home):
            until(lambda: asked.id in server.answers and sent.exists() and sent.stat().st_size > 0)
    finally:
        server.close()
    assert set(server.answers) == {asked.id}
    found = answer.verified(server.answers[asked.id], keys=own_key(home), notice=asked.id)
    assert [one.state for one in found.addresses] == ["held"]
    assert found.complete
    assert server.asked[0].endswith(f"?host={HOST}")
    reply = message_from_bytes(sent.read_bytes())
    assert reply["To"] == mailed.email
    attached_answer = [part for part in reply.walk() if part.get_filename() == "notice-answer.json"]
    content = attached_answer[0].get_payload(decode=True)
    assert isinstance(content, bytes)
    assert answer.verified(content, keys=own_key(home), notice=mailed.id).addresses[0].state == "held"
    assert there(home) == {"c.jpg"}
    assert "refused" in deeds(home)
    # Other mail stays as it was: unread, for its reader.
    box = mailbox.Maildir(tmp_path / "Maildir")
    assert [one["Subject"] for one in box if one.get_subdir() == "new"] == ["lunch?"]


ALTERED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half": lambda image: image.resize((160, 120)),
    "mirrored": ImageOps.mirror,
    "turned": lambda image: image.rotate(90, expand=True),
    "framed": lambda image: ImageOps.expand(image, 20, "black"),
    "cropped": lambda image: image.crop((8, 6, 312, 234)),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.7),
    "grey": ImageOps.grayscale,
    "captioned": lambda image: _captioned(image),
    "contrasted": lambda image: ImageEnhance.Contrast(image).enhance(1.4),
}


def _captioned(image: Image.Image) -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).rectangle((0, 215, 320, 240), fill="white")
    return image


def test_a_forum_of_five_thousand_pictures_with_nine_altered_copies(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    pictures = {}
    for number in range(5000):
        coarse = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
        pictures[f"{number % 50}/{number}.jpg"] = jpeg(coarse.resize((160, 120), Image.Resampling.BICUBIC))
    innocent = set(pictures)
    image = Image.fromarray(ONE)
    for place, (name, alter) in enumerate(ALTERED.items()):
        pictures[f"{place * 5}/{name}.jpg"] = jpeg(alter(image))
    pictures["9/reported.jpg"] = jpeg(image)
    home, endpoint = listening(site(tmp_path, pictures), "jobs = 2", 'level = "fast"')
    reported = notice("9/reported.jpg", pixels=ONE)
    with running(home):
        until(lambda: answers(well_known(endpoint)))
        began = time.monotonic()
        first = httpx.post(endpoint, content=sign(reported), timeout=120)
        hidden = time.monotonic() - began
        assert first.status_code == 202
        assert not (home.uploads[0].folder / "9" / "reported.jpg").exists()
        deadline = time.monotonic() + 600
        while (read := httpx.get(f"{endpoint}/{reported.id}", timeout=60)).status_code == 202:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    found = answer.verified(read.content, keys=own_key(home), notice=reported.id)
    print(f"hidden in {hidden:.2f} s, {found.looked_at} looked at in {found.seconds:.1f} s")
    assert (found.copies_found, found.copies_held, found.looked_at) == (9, 9, 5009)
    assert there(home) == innocent
    assert hidden < 30
