"""A partner platform: brings its bank up to date and looks its users' uploads up in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.pictures import Upload


@dataclass(frozen=True)
class Verdict:
    """What the platform's matcher says of one upload."""

    upload: Upload
    matches: tuple[dict[str, Any], ...]

    @property
    def best(self) -> dict[str, Any] | None:
        return self.matches[0] if self.matches else None

    @property
    def right(self) -> bool:
        """A copy is found, an innocent picture is not."""
        return bool(self.matches) == self.upload.copy


@dataclass(frozen=True)
class Platform:
    """A platform with its own bank folder and its API key in a file."""

    exchange: str
    key_file: Path
    bank: Path

    def _disrupt(self, *arguments: str, accept: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "disrupt.cli", *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode not in accept:
            raise DemoFailed(f"`disrupt {' '.join(arguments)}` failed ({done.returncode}):\n{done.stderr}")
        return done.stdout

    @property
    def _where(self) -> tuple[str, ...]:
        return ("--url", self.exchange, "--key-file", str(self.key_file), "--bank", str(self.bank))

    def sync(self) -> str:
        """Run `disrupt sync`; return its summary."""
        return self._disrupt("sync", *self._where).strip()

    def tell(self, value: str, entries: Sequence[str]) -> str:
        """Run `disrupt feedback` on entries of the bank; return its summary."""
        return self._disrupt("feedback", *entries, "--value", value, *self._where).strip()

    def match(self, uploads: list[Upload]) -> list[Verdict]:
        """Run `disrupt match` on the uploads' folder; an empty bank (status 3) finds nothing yet."""
        folder = uploads[0].path.parent
        out = self._disrupt("match", "--bank", str(self.bank), str(folder), accept=(0, 3))
        found = {Path(line["path"]).name: line["matches"] for line in map(json.loads, out.splitlines())}
        return [Verdict(upload, tuple(found.get(upload.path.name, ()))) for upload in uploads]
