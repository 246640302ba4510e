"""The main job, end to end, with the demonstration's own actors: deposit, decide, block, take back."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.functional.servers import Hotline, free_port
from tests.waiting import until

from disrupt.hotline.demo import pictures
from disrupt.hotline.demo.accounts import account
from disrupt.hotline.demo.analyst import Analyst
from disrupt.hotline.demo.browser import Browser
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.platform import Platform
from disrupt.hotline.demo.reporter import Reporter
from disrupt.hotline.demo.site import Ports

pytestmark = pytest.mark.functional
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def _analyst(site: Hotline) -> Analyst:
    made = account("alice", site.run("manage", "analyst", "add", "alice").stdout)
    analyst = Analyst(site.url("console"), made)
    analyst.sign_in()
    return analyst


def _entries(bank: Path) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "disrupt.cli", "bank", "list", str(bank)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_what_two_people_deposit_stays_until_both_take_it_back(tmp_path: Path) -> None:
    site = Hotline(tmp_path / "var")
    try:
        site.start("portal", "console", "exchange", "worker")
        key = tmp_path / "platform.key"
        site.run(
            *(
                "manage",
                "partner",
                "add",
                "platform",
                "--scopes",
                "exchange:feed:read",
                "--key-file",
                str(key),
            )
        )
        platform = Platform(site.url("exchange"), key, tmp_path / "bank")
        first, second = Reporter(site.url("portal")), Reporter(site.url("portal"))
        cat, coffee = ((EXAMPLES / name).read_bytes() for name in ("cat.jpg", "coffee.jpg"))
        codes = [first.report((), [cat, coffee]), second.report((), [cat])]
        site.run("worker", "--once")  # what arrived is compared before anybody looks
        with _analyst(site) as analyst:
            decided = [line for _ in codes for line in analyst.qualify_all("NCII-DIF")]
        assert len(decided) == 2, "the file that both deposited is decided once, for both"

        def all_protected() -> bool:
            return all("Your file is destroyed" in line for code in codes for line in first.status(code))

        until(all_protected, "all is protected", seconds=90)
        platform.sync()
        assert len(_entries(tmp_path / "bank")) == 2, "the same file from two people is one entry"
        uploads = pictures.uploads(EXAMPLES, b"", tmp_path / "uploads")
        (tmp_path / "uploads" / "film-again.mp4").unlink()
        found = [v for v in platform.match([u for u in uploads if u.path.exists()]) if v.upload.path.exists()]
        assert all(verdict.right for verdict in found)

        _withdraw_all(site.url("portal"), codes[0])
        until(lambda: _synced(platform) == 1, "the first person's own entry is gone", seconds=90)
        assert "cat" in _still_blocked(platform, uploads), "the second person still wants it blocked"
        _withdraw_all(site.url("portal"), codes[1])
        until(lambda: _synced(platform) == 0, "the bank is empty", seconds=90)
        assert _still_blocked(platform, uploads) == set()
    finally:
        site.stop()


def _synced(platform: Platform) -> int:
    platform.sync()
    return len(_entries(platform.bank))


def _still_blocked(platform: Platform, uploads: list[pictures.Upload]) -> set[str]:
    verdicts = platform.match([u for u in uploads if u.path.exists()])
    return {v.upload.path.name.partition("-")[0] for v in verdicts if v.matches}


def _withdraw_all(portal: str, code: str) -> None:
    with Browser("en") as browser:
        page = browser.get(f"{portal}/en/follow/")
        browser.submit(page, page.form("code"), {"code": code})
        page = browser.get(f"{portal}/en/follow/now/all/")
        form = next(form for form in page.forms if form.action.endswith("/all/"))
        done = browser.submit(page, form, {}, button=form.buttons[0][1] if form.buttons else "")
    assert done.status == 200


def _demo(var: Path, port: int | str, *more: str) -> list[str]:
    places = ["--port", str(port), "--var", str(var), "--examples", str(EXAMPLES)]
    return [sys.executable, "-u", "-m", "disrupt.hotline", "demo", *places, *more]


def _free_base() -> int:
    """A port from which all that the demonstration needs are free."""
    for _ in range(50):
        base = free_port()
        try:
            if base < 65000:
                Ports.from_base(base).check_free()
                return base
        except DemoFailed:
            continue
    raise AssertionError("no free ports")


def test_the_demonstration_runs_to_its_end(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "disrupt.hotline",
            "demo",
            "--exit",
            "--port",
            str(_free_base()),
            "--var",
            str(tmp_path / "demo"),
            "--examples",
            str(EXAMPLES),
        ],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = re.findall(r"^\S+\.(?:jpg|mp4) +(blocked|let through) ", done.stdout, re.MULTILINE)
    assert Counter(verdicts) == {"blocked": 9, "let through": 3}
    assert "destruction receipt" in done.stdout
    assert re.search(r"one-time code \d{6}", done.stdout)


def test_the_demonstration_says_which_port_is_taken(tmp_path: Path) -> None:
    site = Hotline(tmp_path / "var").start("portal")
    try:
        port = site.url("portal").rpartition(":")[2]
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "disrupt.hotline",
                "demo",
                "--exit",
                "--port",
                port,
                "--var",
                str(tmp_path / "demo"),
                "--examples",
                str(EXAMPLES),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert f"Port {port}" in done.stderr
    finally:
        site.stop()


@pytest.mark.parametrize(
    ("ending", "when"),
    [
        (signal.SIGINT, "analyst signs in"),
        (signal.SIGTERM, "person reports"),
        (signal.SIGHUP, "person reports"),
    ],
)
def test_however_the_demonstration_ends_no_process_is_left(
    tmp_path: Path, ending: signal.Signals, when: str
) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-u",
            "-m",
            "disrupt.hotline",
            "demo",
            "--port",
            str(_free_base()),
            "--var",
            str(tmp_path / "demo"),
            "--examples",
            str(EXAMPLES),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    pids: list[int] = []
    for line in process.stdout:
        pids += [int(pid) for pid in re.findall(r"process (\d+)$", line.rstrip())]
        if when in line:
            break
    assert len(pids) == 5
    process.send_signal(ending)
    process.stdout.close()
    assert process.wait(timeout=60) in (0, 1, -signal.SIGPIPE)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
