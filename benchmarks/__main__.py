"""All speed benchmarks, one thread, beside their peers (`python -m benchmarks --write PAGE`)."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from benchmarks import film_recall, fingerprint, index, lookups, video
from benchmarks.large import bank
from benchmarks.report import Row, render

_INTRODUCTION = """\
# Benchmarks

Ratios of medians, measured side by side in one run on one thread, in processor time (in time elapsed where
another process, a disk or several threads take part); the machine is shared and noisy, so an absolute time
means little. “Target” is what was aimed at before measuring; a missed one is shown as missed.
`make bench` makes this page (`make bench ARGS=--large` adds ten million entries, in memory and as a bank:
many minutes, about 8 GiB, and as much of the disk);
`ARGS="--part films"` measures one chapter anew and keeps the others, each with its own date.
"""


def _chapters(vpdq_python: str | None) -> dict[str, tuple[str, Callable[[], list[Row]]]]:
    return {
        "fingerprints": ("Fingerprints", fingerprint.run),
        "films": ("Films", lambda: video.run(vpdq_python)),
        "found films": ("Films found by key frames", video.keyframe_rows),
        "edited films": ("Edited films", film_recall.run),
        "lookups": ("One upload looked up", lookups.run),
        "million": ("Index of a million entries", lambda: index.measure(1_000_000, 9)),
        "bank": ("A bank of ten million entries", bank.run),
        "large": ("Index of ten million entries", lambda: index.measure(10_000_000, 5)),
    }


def _kept(page: Path | None) -> dict[str, str]:
    """The chapters of an earlier page, by their titles."""
    text = page.read_text("utf-8") if page and page.exists() else ""
    found = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return {
        title: f"## {title}\n\n{body.strip()}\n" for title, body in zip(found[::2], found[1::2], strict=True)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the Markdown page to write (default: print it)")
    parser.add_argument("--large", action="store_true", help="the index at ten million entries too")
    parser.add_argument("--part", action="append", choices=tuple(_chapters(None)), help="only this chapter")
    parser.add_argument("--vpdq-python", help="an interpreter that has PyPI vpdq, if this one has not")
    args = parser.parse_args()
    chapters = _chapters(args.vpdq_python)
    asked = args.part or [name for name in chapters if name not in ("large", "bank") or args.large]
    kept = _kept(args.write)
    for name in asked:
        title, measure = chapters[name]
        kept[title] = render(title, measure()).strip() + "\n"
    page = "\n".join([_INTRODUCTION, *(kept[title] for title, _ in chapters.values() if title in kept)])
    if args.write:
        args.write.write_text(page, "utf-8")
    print(page)


if __name__ == "__main__":
    main()
