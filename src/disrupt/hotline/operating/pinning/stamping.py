"""An authority's time stamp on a file (RFC 3161), made and verified with Debian's own `openssl`."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from disrupt.hotline.common.outbound import hook
from disrupt.hotline.common.store.files import write_private


class NotStamped(Exception):
    """There is no stamp, or it is not of this file; the message says why."""


def stamp(path: Path, url: str) -> Path:
    """Ask the authority at `url` for a stamp on the file, which it is not shown; return where it stands.

    Raises NotStamped, hook.HookFailed.
    """
    with tempfile.TemporaryDirectory() as folder:
        query = Path(folder) / "query.tsq"
        _openssl("-query", "-data", str(path), "-sha256", "-cert", "-out", str(query))
        answer = hook.post(url, query.read_bytes(), {"Content-Type": "application/timestamp-query"}, 30.0)
        found = Path(folder) / "answer.tsr"
        found.write_bytes(answer)
        if "Status: Granted" not in _openssl("-reply", "-in", str(found), "-text"):
            raise NotStamped("The authority gave no stamp.")
    stamped = path.with_name(f"{path.name}.tsr")
    write_private(stamped, answer)
    return stamped


def verify(path: Path, stamped: Path, authority: Path) -> None:
    """Raises NotStamped unless this authority (PEM) stamped this very file."""
    _openssl("-verify", "-data", str(path), "-in", str(stamped), "-CAfile", str(authority))


def _openssl(*arguments: str) -> str:
    try:
        done = subprocess.run(["openssl", "ts", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NotStamped("There is no openssl here: apt install openssl") from None
    if done.returncode:
        raise NotStamped(f"openssl says: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout
