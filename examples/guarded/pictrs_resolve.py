"""pict-rs (of Lemmy) shows a picture by its own name: says which file that is, for `resolve` in `guard.toml`.

    resolve = ["python3", "/srv/guard/pictrs_resolve.py", "/var/lib/pictrs/files", "http://127.0.0.1:8080",
               "/srv/guard/pictrs.key"]

The folder of its files (`store.path`), where pict-rs listens, and a file that holds its `server.api_key`, to
be read by the guard alone. The guard puts the address behind all that. pict-rs 0.4 and 0.5 answer
`GET /internal/identifier?alias=` with the place of the file.
"""

import json
import re
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, build_opener

_SHOWN = re.compile(r"/(?:pictrs/image|pictrs/image/original|image/original)/([A-Za-z0-9._-]{1,200})")
_MOST = 1 << 16


def main(folder: str, server: str, key_file: str, address: str) -> int:
    shown = _SHOWN.fullmatch(urlsplit(address).path)
    if shown is None:
        return 0
    key = Path(key_file).read_text("ascii").strip()
    asked = f"{server.rstrip('/')}/internal/identifier?alias={quote(shown[1], safe='')}"
    try:
        with build_opener().open(Request(asked, headers={"X-Api-Token": key}), timeout=15) as answer:  # noqa: S310
            place = json.loads(answer.read(_MOST)).get("identifier", "")
    except HTTPError as error:
        if error.code in {400, 404}:  # no picture has this name
            return 0
        raise
    found = Path(folder, place)
    if place and ".." not in found.parts and found.is_relative_to(folder):
        print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
