"""What a release left on a disk opens with the code of today: SQLite as it is, PostgreSQL row by row."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from tests.hotline.processes.kept import LOOK, PAGES, copy_rows
from tests.hotline.processes.test_upgrade import empty_database, run

pytestmark = pytest.mark.slow

__all__ = ["empty_database"]

KEPT = Path(__file__).with_name("kept_databases")
RELEASES = sorted(path.stem for path in KEPT.glob("*.json"))


def test_every_release_kept_its_database() -> None:
    assert "0.1.0" in RELEASES


@pytest.mark.parametrize("release", RELEASES)
def test_a_database_of_an_older_release_opens_with_every_case(
    release: str, tmp_path: Path, empty_database: str
) -> None:
    told = json.loads((KEPT / f"{release}.json").read_text())
    with tarfile.open(KEPT / f"{release}.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    environment = os.environ | {
        "DISRUPT_VAR": str(tmp_path / "var"),
        "DISRUPT_CLOCK_FILE": "",
        "DISRUPT_DATABASE": empty_database,
        "DISRUPT_INSECURE_LOOPBACK": "1",
        "DISRUPT_SMTP_PORT": "1",
        "DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.all_in_one",
    }
    if empty_database:
        for app, name in told["migrations"].items():
            run(environment, "-m", "disrupt.hotline", "manage", "migrate", app, name, "--verbosity", "0")
        copy_rows(tmp_path / "var" / "disrupt.sqlite3", empty_database)
    for _twice in range(2):
        run(environment, "-m", "disrupt.hotline", "init")
    run(environment, "-m", "disrupt.hotline", "manage", "makemigrations", "--check", "--dry-run")
    codes = {name: case["code"] for name, case in told["cases"].items()}
    found = _run(environment, LOOK, codes)
    for name, case in told["cases"].items():
        assert found["cases"][name] == {key: case[key] for key in ("items", "notes", "messages", "events")}, (
            name
        )
    assert found["texts"]["protected"] == ["A friend sent it on.", "somebody@example.org"]
    assert found["texts"]["received"] == ["500 euros."]
    kept = {state for case in told["cases"].values() for state in case["items"]}
    assert kept <= set(found["states"]), "a state that no longer exists would strand its items"
    assert len(kept) >= 11
    pages = _run(
        environment | {"DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.portal.settings"}, PAGES, codes
    )
    for name, case in told["cases"].items():
        assert pages[name] == [[200, len(case["items"])]] * 2, name
    assert found["partners"] == ["platform.example"]


def _run(environment: dict[str, str], script: str, codes: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(codes)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
