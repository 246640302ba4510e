"""The data files that the app brings along: versions of one kind, whose names begin alike and say which."""

from __future__ import annotations

from importlib import resources


def versions_of(kind: str) -> list[str]:
    """The texts of the files named `<kind>-<version>`, the oldest version first."""
    folder = resources.files("disrupt.hotline.takedown") / "data"
    files = sorted((f for f in folder.iterdir() if f.name.startswith(f"{kind}-")), key=lambda f: f.name)
    return [file.read_text("utf-8") for file in files]
