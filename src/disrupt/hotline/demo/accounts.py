"""The demonstration's accounts, made with the operator's own commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.site import Site


@dataclass(frozen=True)
class Account:
    """An analyst's account: password and TOTP secret (base 32)."""

    name: str
    password: str
    totp: str


@dataclass(frozen=True)
class Accounts:
    """An analyst, and the key file of a platform."""

    analyst: Account
    key_file: Path


def read(label: str, output: str) -> str:
    """What a command printed behind a label. Raises DemoFailed."""
    found = re.search(rf"^{label}: (\S+)$", output, re.MULTILINE)
    if not found:
        raise DemoFailed(f"The command printed no {label}.")
    return found[1]


def account(name: str, output: str) -> Account:
    """The one that `manage analyst add` says it has made. Raises DemoFailed."""
    return Account(name, read("password", output), read("totp secret", output))


def make_accounts(site: Site) -> Accounts:
    """One analyst called alice, and one partner called example-platform."""
    said = site.run("manage", "analyst", "add", "alice")
    analyst = account("alice", said)
    key_file = site.var / "platform.key"
    site.run(
        *("manage", "partner", "add", "example-platform"),
        *("--scopes", "exchange:feed:read", "--key-file", str(key_file)),
    )
    return Accounts(analyst, key_file)
