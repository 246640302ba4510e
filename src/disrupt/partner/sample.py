"""`disrupt test-picture`: the picture that hotlines list as a test, to upload to one's own site."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from disrupt.partner.shared.said import complain
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
        complain(error, who="test-picture", path=args.file)
        return 1
    if args.json:
        told = {"path": str(args.file), "sha256": sample_picture.SHA256, "category": sample_picture.CATEGORY}
        print(json.dumps(told))
    else:
        print(f"{args.file}  SHA-256 {sample_picture.SHA256}  category {sample_picture.CATEGORY}")
    return 0
