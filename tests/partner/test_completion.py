"""`disrupt completion`, asked by a real bash as its user would ask by the tab key."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from disrupt.cli import COMMANDS, main


def completed(script: Path, line: str, folder: Path) -> set[str]:
    """What bash offers at the end of a line."""
    words = [*line.split(" ")]
    asked = " ".join(map(shlex.quote, words))
    program = (
        f"source {script}; COMP_WORDS=({asked}); COMP_CWORD={len(words) - 1}; _disrupt; "
        "printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(
        ["bash", "-euc", program], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    return set(done.stdout.split())


def test_bash_completes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "script"
    script.write_text(capsys.readouterr().out)
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    (uploads / "a.jpg").touch()
    assert completed(script, "disrupt ", uploads) == {command.name for command in COMMANDS}
    assert completed(script, "disrupt ma", uploads) == {"match"}
    assert completed(script, "disrupt match --le", uploads) == {"--level"}
    assert completed(script, "disrupt match --level ", uploads) == {"gate", "fast", "standard", "thorough"}
    assert completed(script, "disrupt match --bank x ", uploads) == {"a.jpg"}
    assert {"hold", "undo", "run"} <= completed(script, "disrupt guard ", uploads)
    assert completed(script, "disrupt guard hold --ro", uploads) == {"--root"}
    assert completed(script, "disrupt guard hold --root x ", uploads) == {"a.jpg"}


def test_zsh_is_told_to_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "zsh"]) == 0
    assert "bashcompinit" in capsys.readouterr().out
    assert main(["completion", "bash"]) == 0
    assert "bashcompinit" not in capsys.readouterr().out
