"""What is shipped: a wheel that is the same bytes each time, and a list of all that it stands on."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from scripts import sbom, wheel

from disrupt.extras import WHEEL, more_needed

ROOT = Path(__file__).resolve().parents[2]


BARE = re.compile(r"pip install\b(?:(?!&&|\.whl)[^\n`#])*?[\s'\"]disrupt(?:-ncii)?(?=[\[\s'\"`=<>~]|$)")


def test_nobody_is_sent_to_a_strangers_package() -> None:
    """`disrupt` on PyPI is another project's, and no name of ours is held there (ADR 145)."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    assert project["name"] == "disrupt-ncii"
    assert set(re.findall(r"more_needed\(['\"](\w+)", _texts("src"))) <= set(project["optional-dependencies"])
    told = [line for line in _texts().splitlines() if BARE.search(line)]
    assert told == []
    assert BARE.search("x/pip install --upgrade 'disrupt[hotline]'")
    assert BARE.search("RUN pip install disrupt && disrupt warm")
    assert not BARE.search(more_needed("serve"))


def _texts(*below: str) -> str:
    """All that is kept here and may be read as advice; decisions and changes tell what once was."""
    names = subprocess.run(
        ["git", "ls-files", "-z", *below], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    kept = [
        name
        for name in names
        if (ROOT / name).is_file() and name.endswith((".md", ".py", ".sh", ".toml", ".html", ".txt", "file"))
    ]
    away = ("docs/adr/", "CHANGELOG.md", "tests/architecture/test_supply.py")
    return "\n".join((ROOT / name).read_text("utf-8") for name in kept if not name.startswith(away))


@pytest.mark.slow
def test_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    """Of two copies of the tree, with other times and permissions, made in another order."""
    copies = []
    for number, mask in ((1, 0o600), (2, 0o644)):
        copy = tmp_path / f"tree{number}"
        leave = shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc")
        shutil.copytree(ROOT / "src", copy / "src", ignore=leave, copy_function=shutil.copyfile)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copyfile(ROOT / name, copy / name)
        for path in copy.rglob("*"):
            if path.is_file():
                path.chmod(mask)
        copies.append(wheel.build(tmp_path / f"out{number}", copy))
    one, two = copies
    assert one.name == WHEEL
    with zipfile.ZipFile(one) as first, zipfile.ZipFile(two) as second:
        assert first.namelist() == second.namelist()
        assert "disrupt/hotline/operating/installing/nginx.conf" in first.namelist()
    assert one.read_bytes() == two.read_bytes()


def test_the_list_names_all_that_is_pinned() -> None:
    said = sbom.bill()
    pinned = list(sbom.pinned(sbom.LOCK.read_text("utf-8")))
    lines = sbom.LOCK.read_text("utf-8").splitlines()
    assert sum("==" in line and not line.startswith(" ") for line in lines) == len(pinned) > 20
    assert all(one.sha256 for one in pinned)
    components = said["components"]
    assert [(one["name"], one["version"]) for one in components] == [
        (one.name, one.version) for one in pinned
    ]
    assert len({one["bom-ref"] for one in components}) == len(components)
    assert said == sbom.bill()


def test_every_licence_is_known() -> None:
    """Each that is installed here says its licence, and none asks for more than ours can give."""
    named = {one.name: sbom.licence_of(one.name) for one in sbom.pinned(sbom.LOCK.read_text("utf-8"))}
    installed = {name: licence for name, licence in named.items() if licence}
    assert {"django", "pynacl", "numpy", "av"} <= set(installed)
    assert not [name for name, licence in installed.items() if "AGPL" in licence or "Affero" in licence]
