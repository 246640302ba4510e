"""The test entry is listed, found and withdrawn like any other, and is what the toolkit writes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client
from PIL import Image
from tests.hotline.exchange.match.test_match import ask_with

from disrupt.cli import main
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.protocol import sample_picture
from disrupt.protocol.feed import Added, Withdrawn, parse_page
from disrupt.protocol.generic import is_generic


def test_the_picture_is_the_same_everywhere() -> None:
    data = sample_picture.png()
    assert hashlib.sha256(data).hexdigest() == sample_picture.SHA256
    assert hashlib.md5(data, usedforsecurity=False).hexdigest() == sample_picture.MD5
    found = pdq_from_array(np.asarray(Image.open(io.BytesIO(data))))
    assert (found.hex, found.quality) == (sample_picture.PDQ, sample_picture.QUALITY)
    assert not is_generic(found.hex)


def test_the_toolkit_writes_it_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "test.png"
    assert main(["test-picture", str(file)]) == 0
    assert file.read_bytes() == sample_picture.png()
    assert main(["test-picture", str(file)]) == 1, "nothing is written over"
    assert "File exists" in capsys.readouterr().err


def test_it_comes_and_goes_as_any_entry(client: Client, secret: str, feed: Callable[..., Any]) -> None:
    call_command("test_entry", "on")
    call_command("test_entry", "on")
    (added,) = parse_page(feed()).changes
    assert isinstance(added, Added)
    assert (added.category, added.sha256, added.minors) == ("TEST", sample_picture.SHA256, None)
    codes = {one["code"]: one for one in client.get("/v1/categories").json()["categories"]}
    assert (codes["TEST"]["illegal"], codes["TEST"]["minors"]) == (False, False)
    (match,) = ask_with(client, secret, {"pdq": sample_picture.PDQ})["matches"]
    assert (match["category"], match["action"]) == ("TEST", "block")
    call_command("test_entry", "off")
    call_command("test_entry", "off")
    assert [type(change) for change in parse_page(feed()).changes] == [Withdrawn, Withdrawn]
    assert ask_with(client, secret, {"pdq": sample_picture.PDQ})["matches"] == []
