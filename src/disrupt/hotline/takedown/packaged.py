"""The data files that the app brings along: versions of one kind, whose names begin alike and say which."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

_FOLDER = resources.files("disrupt.hotline.takedown") / "data"


def versions_of(kind: str) -> list[str]:
    """The texts of the files named `<kind>-<version>`, the oldest version first."""
    files = sorted((f for f in _FOLDER.iterdir() if f.name.startswith(f"{kind}-")), key=lambda f: f.name)
    return [file.read_text("utf-8") for file in files]


@functools.cache
def latest_words() -> str:
    """The newest version of the notices' words."""
    return max(folder.name for folder in (_FOLDER / "languages").iterdir())


@functools.cache
def languages_of(version: str) -> Mapping[str, Mapping[str, Any]]:
    """The words of a version of the notices, by language: `languages/<version>/xx.json`."""
    files = (file for file in (_FOLDER / "languages" / version).iterdir() if file.name.endswith(".json"))
    return {file.name.removesuffix(".json"): json.loads(file.read_text("utf-8")) for file in files}
