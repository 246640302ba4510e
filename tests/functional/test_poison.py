"""Somebody declares the hashes of a famous picture from a device: no platform blocks it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
from tests.functional.conftest import MakeHotline
from tests.functional.console_scene import shell
from tests.functional.servers import Hotline
from tests.functional.test_declared import SEND
from tests.hotline.processing.working import jpeg

from disrupt.fingerprint import ImageFingerprint, fingerprint_file
from disrupt.hotline.demo.platform import Platform
from disrupt.partner.bank.health import STATUS

READ = "exchange:feed:read exchange:match:ask"
WAITING = """
from disrupt.hotline.cases.models import Item
print("items", *sorted(f"{item.state}/{item.held_for}" for item in Item.objects.all()))
"""


def wait_for(site: Hotline, state: str) -> None:
    limit = time.monotonic() + 60
    while state not in (said := shell(site, WAITING)) and time.monotonic() < limit:
        time.sleep(0.3)
    assert state in said


def ask(site: Hotline, key_file: Path, photo: Path) -> str:
    found = fingerprint_file(photo)
    assert isinstance(found, ImageFingerprint)
    body = {"pdq": found.pdq.hex, "quality": found.pdq.quality, "sha256": found.sha256, "md5": found.md5}
    headers = {"Authorization": f"Bearer {key_file.read_text().strip()}"}
    answer = httpx.post(f"{site.url('exchange')}/v1/match", json=body, headers=headers, timeout=60)
    return str(answer.json()["action"])


def test_no_platform_blocks_a_famous_picture(hotline: MakeHotline, tmp_path: Path) -> None:
    famous, unknown = tmp_path / "famous.jpg", tmp_path / "unknown.jpg"
    famous.write_bytes(jpeg(101, 640))
    unknown.write_bytes(jpeg(102, 640))
    site = hotline("exchange", "worker")
    site.run("manage", "lawful", "add", "famous", str(famous))
    platforms = {}
    for name, scopes in (("careful", ""), ("all", " exchange:declared:read")):
        key = tmp_path / f"{name}.key"
        site.run(*f"manage partner add {name} --key-file {key} --scopes {READ}{scopes}".split())
        platforms[name] = Platform(site.url("exchange"), key, tmp_path / name)
    for photo in (famous, unknown):
        found = fingerprint_file(photo)
        assert isinstance(found, ImageFingerprint)
        row = {"hex": found.pdq.hex, "quality": found.pdq.quality, "role": "stored"}
        prints = {"kind": "image", "sha256": found.sha256, "md5": found.md5, "pdq": [row], "vpdq": []}
        shell(site, SEND.format(prints=prints).replace('"t" * 32', repr(photo.stem.ljust(32, "t"))))
    wait_for(site, "received/lawful")
    wait_for(site, "protected/")
    actions, asked = {}, {}
    for name, platform in platforms.items():
        platform.sync()
        for photo in (famous, unknown):
            command = [sys.executable, "-m", "disrupt.cli", "match", "--bank", str(platform.bank), str(photo)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            # The careful platform was given nothing at all: its bank is empty, and the command says so.
            empty = done.returncode == STATUS["empty"]
            actions[name, photo.stem] = "empty" if empty else json.loads(done.stdout)["action"]
            asked[name, photo.stem] = ask(site, tmp_path / f"{name}.key", photo)
    assert actions == {
        ("careful", "famous"): "empty",
        ("careful", "unknown"): "empty",
        ("all", "famous"): "none",
        ("all", "unknown"): "review",
    }
    # Who asks the exchange instead of holding the list is told the same.
    assert asked == {key: "none" if said == "empty" else said for key, said in actions.items()}
