"""What a running process really loads, beyond what import-linter reads from the source."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def _modules_after(code: str, tmp_path: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", code + "\nimport sys; print('\\n'.join(sys.modules))"],
        env={**os.environ, "DISRUPT_VAR": str(tmp_path), "DISRUPT_INSECURE_LOOPBACK": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def _start(process: str) -> str:
    return (
        f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'disrupt.hotline.processes.{process}.settings'\n"
        "import django; django.setup()\n"
        f"import disrupt.hotline.processes.{process}.urls"
    )


@pytest.mark.parametrize(
    ("process", "never"),
    [
        ("portal", ("review", "takedown", "exchange")),
        ("exchange", ("review", "takedown", "intake")),
        ("console", ("intake",)),
    ],
)
def test_a_process_cannot_reach_the_other_side(process: str, never: tuple[str, ...], tmp_path: Path) -> None:
    loaded = _modules_after(_start(process), tmp_path)
    assert f"disrupt.hotline.processes.{process}.urls" in loaded
    for app in never:
        assert not {m for m in loaded if m.startswith(f"disrupt.hotline.{app}")}


@pytest.mark.parametrize("process", ["portal", "exchange"])
def test_who_hears_strangers_is_given_no_decoder(process: str, tmp_path: Path) -> None:
    """The public process never parses a picture: it only seals; the exchange hands uploads to others (D9)."""
    loaded = _modules_after(_start(process), tmp_path)
    assert not {"PIL", "av", "simplejpeg", "pillow_heif", "imagecodecs", "pypdfium2"} & loaded


def test_the_toolkit_needs_no_django(tmp_path: Path) -> None:
    names = ("cli", "fingerprint", "matching", "partner.sync", "partner.match")
    code = "\n".join(f"import disrupt.{name}" for name in names)
    loaded = _modules_after(code, tmp_path)
    assert not {m.partition(".")[0] for m in loaded} & {"django", "nacl", "psycopg", "allauth"}


def test_the_command_starts_without_what_it_does_not_need(tmp_path: Path) -> None:
    loaded = _modules_after("import disrupt.cli; disrupt.cli.build_parser()", tmp_path)
    assert not {"numba", "numpy", "av", "httpx"} & loaded


@pytest.mark.parametrize("driver", ["demo.main", "demo.year.run", "demo.year.staffing"])
def test_what_drives_a_hotline_from_outside_needs_no_database(driver: str) -> None:
    """The demonstration and the year start processes and look at them; Django is set up in those alone."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    done = subprocess.run(
        [sys.executable, "-c", f"import disrupt.hotline.{driver}"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
