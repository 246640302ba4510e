"""A folder that a mail server delivers to (Maildir): what has come, and what is left for a person."""

from __future__ import annotations

from pathlib import Path


def waiting(folder: Path | None) -> list[str]:
    """Names of the mails that have arrived; none where no folder is set."""
    if folder is None:
        return []
    new = Path(folder) / "new"
    return sorted(path.name for path in new.iterdir() if path.is_file()) if new.is_dir() else []


def read(folder: Path, name: str, most: int) -> bytes | None:
    """The first `most` bytes of a mail that has arrived; None where it is gone."""
    try:
        with (Path(folder) / "new" / name).open("rb") as file:
            return file.read(most)
    except FileNotFoundError:
        return None


def done(folder: Path, name: str) -> None:
    """Delete a mail whose deed is done."""
    (Path(folder) / "new" / name).unlink(missing_ok=True)


def leave(folder: Path, name: str) -> None:
    """Put a mail that is not understood where a person looks."""
    kept = Path(folder) / "cur"
    kept.mkdir(mode=0o700, exist_ok=True)
    (Path(folder) / "new" / name).rename(kept / f"{name}:2,")
