"""Runs PyPI `vpdq` in an interpreter of its own, which need not have anything else of this project.

Says its version; then reads paths from standard input, one a line, hashes each on one thread, and answers
with one line of JSON: a list of [frame number, hexadecimal hash].
"""

import json
import sys
from importlib import metadata

import vpdq  # type: ignore[import-not-found,unused-ignore]  # a package of its own environment


def main() -> None:
    """Answer until standard input ends."""
    print(metadata.version("vpdq"), flush=True)
    for line in sys.stdin:
        found = vpdq.computeHash(line.rstrip("\n"), thread_count=1)
        print(json.dumps([[one.frame_number, one.hex] for one in found]), flush=True)


if __name__ == "__main__":
    main()
