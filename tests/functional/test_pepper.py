"""The pepper is replaced under a running portal, and a portal is killed at every moment of a case's move."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.servers import ROOT

from disrupt.hotline.demo.browser import Browser
from disrupt.hotline.demo.reporter import Reporter

WORDS = "Somebody I trusted shared these without asking me."
ASKS = "Is there any news of it?"


@pytest.mark.slow
def test_every_code_opens_its_case_whatever_dies(hotline: MakeHotline, tmp_path: Path) -> None:
    site = hotline("portal")
    person = Reporter(site.url("portal"))
    code = person.report(["https://forum.example/1"], [])
    with Browser("en") as browser:
        page = browser.get(f"{site.url('portal')}/en/follow/")
        browser.submit(page, page.form("code"), {"code": code})
        page = browser.get(f"{site.url('portal')}/en/follow/now/messages/")
        browser.submit(page, page.form("text"), {"text": ASKS})
    assert "There is a new pepper" in site.run("rotate", "pepper").stdout
    later = person.report(["https://forum.example/2"], [])
    assert "needed by 1 case(s)" in site.run("rotate", "pepper", "--finish", check=False).stdout

    moving = [
        sys.executable,
        "-m",
        "tests.functional.killed_moving",
        str(tmp_path / "var"),
        str(site.var),
        code,
    ]
    done = subprocess.run(moving, env=site.for_scripts, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["killed"] for one in rounds] == [-9] * (len(rounds) - 1) + [0], done.stderr[-3000:]
    assert len(rounds) > 8, "three texts are sealed, one commit, three destructions"
    for one in rounds:
        assert one["again"] == 0, one
        assert one["found"].pop("pepper") != ""
        assert one["found"] == {"thread": [ASKS], "words": WORDS, "reach": "person@example.org"}

    assert ASKS in person.messages(code), "the portal that ran all the while"
    assert "The old pepper is destroyed" in site.run("rotate", "pepper", "--finish").stdout
    assert ASKS in person.messages(code)
    assert len(person.status(later)) == 1
