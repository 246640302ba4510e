"""What the wheel brings, where nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.partner.clean import Clean

from disrupt import __version__


@pytest.mark.slow
def test_the_wheel_alone_is_the_toolkit(clean: Clean) -> None:
    for absent in ("django", "pytest", "nacl", "psycopg", "threatexchange", "tests"):
        told = clean.run("python", "-c", f"import {absent}")
        assert f"No module named '{absent}'" in told.stderr
    assert clean.run("disrupt", "--version").stdout == f"disrupt {__version__}\n"
    where = clean.run("python", "-c", "import disrupt; print(disrupt.__file__)").stdout
    assert where.startswith(str(clean.bin.parent)), "of the wheel, not of the source beside it"
    told = clean.run("disrupt", "doctor")
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("extra", "command"),
    [
        ("scan", "scan --bank bank --out rows s3://bucket/uploads/"),
        ("scan", "scan --bank bank --out rows crawl.warc.gz"),
        ("parquet", "scan --bank bank --out rows.parquet uploads"),
        ("ray", "scan --bank bank --out rows --ray auto uploads"),
        ("tx", "sync --protocol ncmec --url https://list.example --key-file key --bank list"),
    ],
)
def test_what_an_extra_would_bring_is_said(clean: Clean, tmp_path: Path, extra: str, command: str) -> None:
    """No command breaks for want of what the wheel does not bring: it says what to install."""
    (tmp_path / "hashes").write_text("1f" * 16 + "8e" * 16 + "\n")
    (tmp_path / "crawl.warc.gz").touch()
    (tmp_path / "uploads").mkdir()
    (tmp_path / "key").write_text("name:word\n")
    (tmp_path / "key").chmod(0o600)
    added = clean.run("disrupt", "bank", "add", "bank", "--hashes", "hashes", where=tmp_path)
    assert added.returncode == 0, added.stderr
    told = clean.run("disrupt", *command.split(), where=tmp_path)
    assert told.returncode in (1, 2), told
    assert f'disrupt_ncii-{__version__}-py3-none-any.whl[{extra}]"' in told.stderr, told.stderr
    assert "Traceback" not in told.stderr
