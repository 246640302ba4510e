"""The commands that the pages tell a reader to type."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGES = (
    *sorted((ROOT / "docs").glob("*.md")),
    *(ROOT / f"{n}.md" for n in ("README", "CONTRIBUTING", "SECURITY")),
)
OURS = ("disrupt", "disrupt-hotline")
GROUPS = {"disrupt bank", "disrupt guard", "disrupt heads", "disrupt-hotline manage"}
# What else a line of code may begin with to be a command; anything else is an example of data.
OTHERS = {
    *(
        "apt",
        "curl",
        "docker",
        "find",
        "git",
        "make",
        "openssl",
        "pip",
        "podman",
        "psql",
        "python",
        "python3",
    ),
    *(
        "rsync",
        "systemctl",
        "tx",
        "./prepare.sh",
        "ssh",
        "scp",
        "nginx",
        "pg_dump",
        "pg_restore",
        "cp",
        "mv",
        "rm",
    ),
}
# What says nothing of the command by itself, and is passed over in reading.
_BETWEEN = {"&&", "||", ";", "|", "&", ">", ">>", "<"}
_SET = re.compile(r"[A-Z_0-9]+=\S*")


@dataclass(frozen=True)
class Told:
    """A command as a page has it, in words."""

    page: str
    number: int
    words: tuple[str, ...]
    whole: bool = True
    """Whether a reader types it as it stands: in a sentence it may be cut short."""

    def __str__(self) -> str:
        return f"{self.page}:{self.number}: {shlex.join(self.words)}"


def told() -> list[Told]:
    """Every command of every page."""
    return [one for page in PAGES for one in _of_page(page)]


def _of_page(page: Path) -> Iterator[Told]:
    fence: str | None = None
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if line.startswith("```"):
            fence = line[3:].strip() if fence is None else None
        elif line.startswith("    ") if fence is None else fence in {"sh", "bash", "console"}:
            for words in commands(line.strip()):
                yield Told(page.name, number, words)
        elif fence is None:
            for code in re.findall(r"`((?:disrupt|disrupt-hotline|make) [a-z][^`]*)`", line):
                # `disrupt guard` alone is a group of commands, and none.
                if code not in GROUPS:
                    yield Told(page.name, number, tuple(code.split()), whole=False)


def commands(line: str) -> Iterator[tuple[str, ...]]:
    """The commands of a line, without what is set before them, where they stand, or where their words go."""
    try:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";|&<>")
        lexer.whitespace_split, lexer.commenters = True, "#"
        words = [*lexer, ";"]
    except ValueError:
        return  # a line of data whose quotes do not close
    held: list[str] = []
    for before, word in zip(["", *words], words, strict=False):
        if word in {">", ">>", "<"} or (before in {">", ">>", "<"}):
            continue
        if word not in _BETWEEN:
            if held or not _SET.fullmatch(word):
                held.append(word)
            continue
        if held:
            program = held[0].rpartition("bin/")[2]
            if program in OURS or program in OTHERS:
                yield (program, *held[1:])
        held = []
