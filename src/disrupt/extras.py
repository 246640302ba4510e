"""What to install where a part is missing: our own wheel by its file, never a name on an index (ADR 145)."""

from __future__ import annotations

from disrupt import __version__

WHEEL = f"disrupt_ncii-{__version__}-py3-none-any.whl"


def more_needed(extra: str) -> str:
    """The end of a sentence that tells the command by which an extra of `pyproject.toml` comes."""
    return f'needs more than is installed: pip install "{WHEEL}[{extra}]"'
