"""`disrupt test-picture`: the picture that hotlines list as a test, to upload to one's own site."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from disrupt.protocol import sample_picture


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("file", type=Path, help="where to write it (a PNG)")


def run(args: argparse.Namespace) -> int:
    """Write it; 1 where that cannot be done."""
    try:
        with args.file.open("xb") as out:
            out.write(sample_picture.png())
    except OSError as error:
        print(f"disrupt test-picture: {args.file}: {error.strerror or error}", file=sys.stderr)
        return 1
    print(f"{args.file}  SHA-256 {sample_picture.SHA256}  category {sample_picture.CATEGORY}")
    return 0
