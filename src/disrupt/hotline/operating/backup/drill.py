"""A drill: back up, restore in a temporary place by the very commands, compare, and leave nothing behind."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from disrupt.hotline.common.keys import backup_key
from disrupt.hotline.operating.backup import databases, operators, taking
from disrupt.hotline.operating.backup.databases import Settings
from disrupt.hotline.operating.backup.errors import BackupError
from disrupt.hotline.operating.backup.inventory import Inventory, from_data
from disrupt.hotline.operating.backup.places import Places
from disrupt.hotline.operating.backup.scratch import scratch


@dataclass(frozen=True)
class Drilled:
    """What was saved and came back the same, and how many bytes the backup had."""

    inventory: Inventory
    size: int


def drill(places: Places, *, at: str) -> Drilled:
    """Back up and restore with an operator's key made for it. Raises BackupError where they differ."""
    with (
        scratch(places, "drill") as folder,
        _elsewhere(places.database) as url,
    ):
        key = folder / "operator.key"
        public = operators.public_key(operators.make(key))
        path = folder / "drill.backup"
        saved = taking.take(path, places, at=at, to=[public], needed=1)
        maker = bytes(backup_key(places.keys).verify_key).hex()
        answer = _restore(path, key, maker, folder / "var", url)
        different = from_data(answer["inventory"]).differs_from(saved)
        if different:
            raise BackupError("What came back is not what was saved: " + "; ".join(different))
        return Drilled(saved, path.stat().st_size)


def _restore(path: Path, key: Path, maker: str, var: Path, url: str) -> dict[str, object]:
    """Run `disrupt-hotline restore` in a process of its own, as after a fire."""
    ours = {"DISRUPT_KEYS", "DISRUPT_STORE", "DISRUPT_KEYSTORE", "DISRUPT_ERASURES", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"DISRUPT_VAR": str(var), "DISRUPT_DATABASE": url}
    command = [sys.executable, "-m", "disrupt.hotline", "restore", str(path), "--key", str(key)]
    command += ["--made-by", maker, "--no-head", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"The backup did not come back: {done.stderr.strip()[-500:]}")
    answer: dict[str, object] = json.loads(done.stdout)
    shutil.rmtree(var)
    return answer


def _sweep(connection: psycopg.Connection[Any], ours: str) -> None:
    """Drop what a drill that was killed has left: a copy of all that is erased later. Raises BackupError."""
    row = connection.execute("SELECT pg_try_advisory_lock(hashtext('disrupt-drill'))").fetchone()
    if row is None or not row[0]:
        raise BackupError("A drill is under way.")
    left = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [ours])
    for (name,) in left.fetchall():
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(name))))


@contextlib.contextmanager
def _elsewhere(database: Settings) -> Iterator[str]:
    """The address of an empty database beside the real one; nothing is left of it."""
    if databases.kind_of(database) == databases.SQLITE:
        yield ""
        return
    ours = f"disrupt_drill_{hashlib.sha256(str(database['NAME']).encode()).hexdigest()[:8]}_"
    name = f"{ours}{secrets.token_hex(6)}"
    with databases.connect(database, autocommit=True) as connection:
        _sweep(connection, ours)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield databases.url_of(database, name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
