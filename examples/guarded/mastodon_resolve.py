"""Mastodon shows what came from other servers by a number too: says which files that is, for `resolve`.

    resolve = ["python3", "/srv/guard/mastodon_resolve.py", "/home/mastodon/live/public/system"]

The folder of its files. The guard puts the address behind it. An address that is the path of a file needs no
resolving; `/media_proxy/NUMBER/original` and `/small` lead to the attachment's files, which lie below that
number, three digits a folder.
"""

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

_SHOWN = re.compile(r"/media_proxy/([0-9]{1,20})(?:/(?:original|small))?/?", re.ASCII)


def main(folder: str, address: str) -> int:
    if shown := _SHOWN.fullmatch(urlsplit(address).path):
        digits = shown[1].zfill(9)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        inner = "/".join(digits[at : at + 3] for at in range(0, len(digits), 3))
        for kept in ("media_attachments", "cache/media_attachments"):
            for size in ("original", "small"):
                for path in Path(folder, kept, "files", inner, size).glob("*"):
                    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
