"""Files that prove themselves: a list of SHA-256 covers every part, an Ed25519 signature the list."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from disrupt.hotline.common import keys

_HOW = """SHA256SUMS     the digest of each of these files (check with: sha256sum -c SHA256SUMS)
SHA256SUMS.sig Ed25519 signature of SHA256SUMS, base64, by the key {key}:
               {public}
"""


@dataclass(frozen=True)
class Bundle:
    """A ZIP, the SHA-256 of its list of digests, and the name of the key that signed the list."""

    data: bytes
    digest: str
    key: str


def signed(folder: str, readme: str, parts: Mapping[str, bytes], at: dt.datetime) -> Bundle:
    """These parts under a folder, and a README.txt that says how to check them."""
    key = keys.evidence_key()
    name, public = keys.name_of(key), bytes(key.verify_key).hex()
    whole = {**parts, "README.txt": (readme + _HOW.format(key=name, public=public)).encode()}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {part}\n" for part, data in sorted(whole.items()))
    signature = base64.b64encode(key.sign(sums.encode()).signature)
    whole |= {"SHA256SUMS": sums.encode(), "SHA256SUMS.sig": signature + b"\n"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part, data in sorted(whole.items()):
            entry = zipfile.ZipInfo(f"{folder}/{part}", at.astimezone(dt.UTC).timetuple()[:6])
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return Bundle(out.getvalue(), hashlib.sha256(sums.encode()).hexdigest(), name)
