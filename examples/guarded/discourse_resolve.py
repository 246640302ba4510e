"""Discourse shows an upload by a short name and by its number too: says which files that is, for `resolve`.

    resolve = ["python3", "/srv/guard/discourse_resolve.py", "/var/www/discourse/public/uploads"]

The folder of its uploads. The guard puts the address behind it. An address that is the path of a file needs
no resolving; `/uploads/short-url/NAME` holds the upload's SHA-1 in digits and letters, `/uploads/SITE/SHA1`
as it is. The file and the smaller ones that Discourse made of it lie below that number's first characters.
"""

import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

_SHORT = re.compile(r"/uploads/short-url/([0-9A-Za-z]{1,40})(?:\.[\w.-]{1,20})?", re.ASCII)
_LONG = re.compile(r"/uploads/\w+/([0-9a-f]{40})(?:\.[\w.]{1,20})?", re.ASCII)
_DIGITS = string.digits + string.ascii_lowercase + string.ascii_uppercase
_DEEPEST = 6


def number_of(path: str) -> str:
    """The SHA-1 that an address names; "" for none."""
    if long := _LONG.fullmatch(path):
        return long[1]
    if not (short := _SHORT.fullmatch(path)):
        return ""
    value = 0
    for character in short[1]:
        value = value * 62 + _DIGITS.index(character)
    return f"{value:040x}" if value < 1 << 160 else ""


def files_of(folder: Path, number: str) -> Iterator[Path]:
    """The upload and what was made of it, in whichever depth of folders it was put."""
    for depth in range(_DEEPEST):
        below = "/".join([f"{depth + 1}X", *number[:depth]])
        yield from folder.glob(f"*/original/{below}/{number}*")
        yield from folder.glob(f"*/optimized/{below}/{number}_*")


def main(folder: str, address: str) -> int:
    if number := number_of(urlsplit(address).path):
        for path in files_of(Path(folder), number):
            print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
