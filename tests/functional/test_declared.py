"""A fingerprint that nobody has checked: declared, offered as such, and the platform told to look first."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.functional.conftest import MakeHotline
from tests.functional.console_scene import shell
from tests.hotline.processing.working import jpeg

from disrupt.fingerprint import ImageFingerprint, fingerprint_file
from disrupt.hotline.demo.platform import Platform

SEND = """
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.intake.asking.opening import Answers, send
send(Answers(Reporter.SELF, AgeWhenTaken.ADULT, declared=({prints!r},)), (), "t" * 32, "fr")
"""


def disrupt(*arguments: str) -> str:
    command = [sys.executable, "-m", "disrupt.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_platform_is_told_to_look_before_it_removes(hotline: MakeHotline, tmp_path: Path) -> None:
    photo = jpeg(77, 640)
    found = fingerprint_file(photo)
    assert isinstance(found, ImageFingerprint)
    prints = {
        "kind": "image",
        "sha256": found.sha256,
        "md5": found.md5,
        "pdq": [{"hex": found.pdq.hex, "quality": found.pdq.quality, "role": "stored"}],
        "vpdq": [],
    }
    site = hotline("exchange", "worker")
    key = tmp_path / "platform.key"
    site.run(
        *f"manage partner add platform --key-file {key}".split(),
        *("--scopes", "exchange:feed:read", "exchange:declared:read"),
    )
    shell(site, SEND.format(prints=prints))
    platform = Platform(site.url("exchange"), key, tmp_path / "bank")
    limit = time.monotonic() + 60
    entries: list[str] = []
    while not entries and time.monotonic() < limit:
        platform.sync()
        entries = disrupt("bank", "list", str(platform.bank)).splitlines()
        time.sleep(0.3)
    (entry,) = map(json.loads, entries)
    assert entry["origin"] == "declared"
    upload = tmp_path / "upload.jpg"
    upload.write_bytes(photo)
    line = json.loads(disrupt("match", "--bank", str(platform.bank), str(upload)))
    (match,) = line["matches"]
    assert (match["distance"], match["certainty"]) == (0, "match"), "the very same bytes"
    assert (match["origin"], match["needs_review"]) == ("declared", True), "and still nobody has seen it"
