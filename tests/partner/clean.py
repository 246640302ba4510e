"""An environment that has our wheel and what it says that it needs: as on a platform's machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path
from zipfile import Path as ZipPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from scripts import wheel
from tests.partner.serving import SOURCE

EXTRAS = ("serve", "guard")
"""What docs/hma.md and docs/guard.md install."""


@dataclass(frozen=True)
class Clean:
    """`bin`: its commands. `environment`: all that its processes are told, nothing of ours."""

    bin: Path
    environment: dict[str, str]

    def run(self, *command: str, where: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.bin / command[0]), *command[1:]], env=self.environment, cwd=where or self.bin,
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip


def needed(one: Distribution, extras: set[str], found: dict[str, set[str]]) -> None:
    """Everything that a distribution stands on, as what is installed here says, into `found`."""
    for line in one.requires or ():
        told = Requirement(line)
        if told.marker and not any(told.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            continue
        name = canonicalize_name(told.name)
        if name not in found or not told.extras <= found[name]:
            found.setdefault(name, set()).update(told.extras)
            needed(distribution(name), found[name], found)


def made(folder: Path) -> Clean:
    """A new environment in this folder. What it has of others are links to what is installed here.

    The compiled loops are taken along, since they are the same for the same source (`disrupt warm` would
    take a minute).
    """
    built = wheel.build(folder / "dist")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (described,) = (part for part in ZipPath(built).iterdir() if part.name.endswith(".dist-info"))
    found: dict[str, set[str]] = {}
    needed(PathDistribution(described), set(EXTRAS), found)
    for name in found:
        one = distribution(name)
        tops = {file.parts[0] for file in one.files or () if file.parts[0] not in ("..", "__pycache__")}
        for top in tops - {part for part in tops if part.endswith(".pth")}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(one.locate_file(top))))
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "--python", str(python)]
    install = ["install", "--no-index", "--no-deps", str(built)]
    subprocess.run([*pip, *install], check=True, env=_bare(folder))
    subprocess.run([*pip, "check"], check=True, env=_bare(folder), stdout=subprocess.DEVNULL)
    kernels = folder / "kernels"
    subprocess.run(
        [sys.executable, "-m", "disrupt.cli", "warm", "--cache", str(kernels)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)}, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    path = f"{python.parent}:/usr/bin:/bin"
    clean = Clean(python.parent, {**_bare(folder), "PATH": path, "DISRUPT_CACHE": str(kernels)})
    warmed = clean.run("disrupt", "warm")
    assert json.loads(warmed.stdout)["compiled"] == 0, warmed
    return clean


def _bare(folder: Path) -> dict[str, str]:
    (folder / "home").mkdir(exist_ok=True)
    return {"HOME": str(folder / "home"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
