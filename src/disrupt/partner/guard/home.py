"""The folder of a guard: `guard.toml` says what it may do, beside it are its keys, notices and quarantine."""

from __future__ import annotations

import base64
import json
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from disrupt.errors import DisruptError
from disrupt.partner.guard.pinned import read_keys
from disrupt.partner.shared.options import LEVELS
from disrupt.protocol import answer
from disrupt.protocol.envelope import HOST, follows
from disrupt.protocol.guard import Announcement

KEY_NAME = "guard"
SETTINGS = "guard.toml"

OnNotice = Literal["wait", "hold"]
OnMatch = Literal["report", "hold"]


class BadSettings(DisruptError):
    """The guard's settings cannot be used."""


@dataclass(frozen=True, slots=True)
class Uploads:
    """A folder that is guarded, and the address that the site shows it at ("": it is shown otherwise)."""

    folder: Path
    at: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """What `guard.toml` says; docs/guard.md has each member in words."""

    folder: Path
    host: str
    uploads: tuple[Uploads, ...]
    on_notice: OnNotice = "wait"
    on_match: OnMatch = "report"
    banks: tuple[str, ...] = ()
    level: str = "standard"
    jobs: int = 1
    most_a_day: int = 100
    resolve: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    webhook: str = ""
    public_log: str = ""
    listen: str = ""
    endpoint: str = ""
    poll: str = ""
    poll_seconds: int = 60
    maildir: str = ""
    sendmail: tuple[str, ...] = ()
    _cache: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def quarantine(self) -> Path:
        return self.folder / "quarantine"

    @property
    def stopped(self) -> bool:
        """Whether the owner has stopped all that happens by itself."""
        return (self.folder / "stopped").exists()

    def stop(self, stopped: bool) -> None:
        """The owner's switch; every process heeds it with its next deed."""
        if stopped:
            (self.folder / "stopped").touch(mode=0o600)
        else:
            (self.folder / "stopped").unlink(missing_ok=True)

    def keys(self) -> dict[str, bytes]:
        """The hotlines' pinned keys, read anew: one that was taken out counts no more. Raises BadKeys."""
        return read_keys(self.folder / "hotline.keys")

    def sign(self, told: answer.Answer) -> bytes:
        """The envelope of an answer."""
        return answer.signed(told, KEY_NAME, self._own_key().sign)

    def announcement(self) -> dict[str, Any]:
        """What stands at `/.well-known/disrupt-guard.json`."""
        public = self._own_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return Announcement(self.host, self.endpoint, KEY_NAME, public).to_wire()

    def _own_key(self) -> Ed25519PrivateKey:
        if "key" not in self._cache:
            seed = base64.b64decode((self.folder / "answers.key").read_text())
            self._cache["key"] = Ed25519PrivateKey.from_private_bytes(seed)
        key: Ed25519PrivateKey = self._cache["key"]
        return key


def make(folder: Path, host: str, uploads: Sequence[Uploads], keys: str) -> Home:
    """A new guard that reports and does nothing by itself yet. Raises BadSettings, BadKeys, OSError."""
    if (folder / SETTINGS).exists():
        raise BadSettings(f"{folder}: there is a guard here already: edit its {SETTINGS}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [
        "# What this guard may do by itself; docs/guard.md says what each line means.",
        f"host = {json.dumps(host.lower())}",
        'on_notice = "wait"  # or "hold": take off at once what a hotline\'s notice names, until you decide',
        'on_match = "report"  # or "hold": take off new uploads that are in the banks',
        "most_a_day = 100  # files that notices may take off in 24 hours",
        "banks = []",
        'level = "standard"',
    ]
    for one in uploads:
        lines += ["", "[[uploads]]", f"folder = {json.dumps(str(one.folder.resolve()))}"]
        lines += [f"at = {json.dumps(one.at)}"] if one.at else []
    _write(folder / "hotline.keys", keys)
    read_keys(folder / "hotline.keys")
    _write(folder / "answers.key", base64.b64encode(os.urandom(32)).decode() + "\n")
    _write(folder / SETTINGS, "\n".join(lines) + "\n")
    return read(folder)


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)


def read(folder: Path) -> Home:
    """The guard of this folder. Raises BadSettings, which names the line."""
    path = folder / SETTINGS
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror}: make a guard with `disrupt guard init`") from error
    except ValueError as error:  # TOML's own errors, and what is not UTF-8
        raise BadSettings(f"{path}: {error}") from error
    known = {name for name in Home.__dataclass_fields__ if name not in ("folder", "_cache")}
    for name in told:
        _need(name in known, path, f"{name} is no setting")
    made: dict[str, Any] = {}
    for name in known & set(told) - {"uploads"}:
        made[name] = _value(path, name, told[name])
    _need(follows(HOST, made.get("host")), path, "host is the site's, for example forum.example")
    found = told.get("uploads", [])
    _need(isinstance(found, list) and len(found) > 0, path, "name a folder: [[uploads]] folder = ...")
    home = Home(folder.resolve(), uploads=tuple(_uploads(path, one) for one in found), **made)
    home = replace(home, banks=tuple(str(home.folder / bank) for bank in home.banks))
    _need(home.on_notice in ("wait", "hold"), path, "on_notice is wait or hold")
    _need(home.on_match in ("report", "hold"), path, "on_match is report or hold")
    _need(home.level in LEVELS, path, f"level is one of {', '.join(LEVELS)}")
    _need(home.jobs > 0 and home.most_a_day >= 0 and home.poll_seconds > 0, path, "numbers are positive")
    for one in home.uploads:
        inside = home.folder.is_relative_to(one.folder)
        _need(not inside, path, "the guard's own folder must not be in a folder that the site shows")
    return home


def _value(path: Path, name: str, value: object) -> object:
    kind = str(Home.__dataclass_fields__[name].type)
    if kind.startswith("tuple"):
        good = isinstance(value, list) and all(isinstance(one, str) for one in value)
        _need(good, path, f"{name} is a list of texts")
        return tuple(value) if isinstance(value, list) else ()
    wanted = int if kind == "int" else str
    _need(type(value) is wanted, path, f"{name} is a {'number' if wanted is int else 'text'}")
    return value


def _uploads(path: Path, raw: object) -> Uploads:
    good = isinstance(raw, dict) and set(raw) <= {"folder", "at"} and isinstance(raw.get("folder"), str)
    _need(good, path, "[[uploads]] has a folder, and at where the site shows it")
    told: dict[str, Any] = raw if isinstance(raw, dict) else {}
    at = told.get("at", "")
    _need(at == "" or str(at).startswith(("https://", "http://")), path, "at begins with https://")
    folder = Path(told["folder"]).resolve()
    _need(folder.is_dir(), path, f"{folder} is no folder")
    return Uploads(folder, str(at))


def _need(good: bool, path: Path, what: str) -> None:
    if not good:
        raise BadSettings(f"{path}: {what}")
