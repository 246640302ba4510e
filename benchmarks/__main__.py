"""All speed benchmarks in one run, one thread, beside their peers (`python -m benchmarks --write PAGE`)."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import fingerprint, index, video
from benchmarks.report import render

_INTRODUCTION = """\
Ratios of medians, measured side by side in one run on one thread; the machine is shared and noisy, so an
absolute time means little. “Target” is what was aimed at before measuring; a missed one is shown as missed.
`make bench` makes this page (`make bench ARGS=--large` adds ten million entries: minutes, and about 8 GiB).
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the Markdown page to write (default: print it)")
    parser.add_argument("--large", action="store_true", help="the index at ten million entries too")
    parser.add_argument("--vpdq-python", help="an interpreter that has PyPI vpdq, if this one has not")
    args = parser.parse_args()
    parts = [
        "# Benchmarks\n",
        _INTRODUCTION,
        render("Fingerprints", fingerprint.run()),
        render("Films", video.run(args.vpdq_python)),
        render("Index of a million entries", index.measure(1_000_000, 9)),
    ]
    if args.large:
        parts.append(render("Index of ten million entries", index.measure(10_000_000, 5)))
    page = "\n".join(part.strip() + "\n" for part in parts)
    if args.write:
        args.write.write_text(page, "utf-8")
    print(page)


if __name__ == "__main__":
    main()
