"""What a look-up found, in the form that every command and server prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from disrupt.fingerprint import FingerprintError
from disrupt.fingerprint.digest import Digests, digest_file
from disrupt.matching.health import State
from disrupt.matching.lookup import Action, Findings, Match, same_bytes
from disrupt.matching.several import Banks, Several, named
from disrupt.matching.store import Bank
from disrupt.protocol import matched


def as_json(
    path: str, found: Findings, explain: bool = False, state: State = "clean", banked: bool = False
) -> dict[str, Any]:
    """The published form of what was found, in a bank of this state; `banked`: with each match's bank."""
    line: dict[str, Any] = {
        "path": path,
        "action": found.action,
        "matches": [
            ({"bank": match.bank} if banked else {}) | match_as_json(match, explain) for match in found
        ],
    }
    if state != "clean":
        line["bank"] = state
    if found.refused:
        line["refused"] = found.refused
    return line


def error_as_json(
    path: str,
    error: FingerprintError,
    banks: Banks,
    explain: bool = False,
    state: State = "clean",
    banked: bool = False,
    same: Findings | None = None,
) -> dict[str, Any]:
    """The same for a file that could not be decoded: only the very same bytes are recognised.

    Otherwise a person has to look at it, so that nothing passes because it is broken. `same`: what
    has the very same bytes, where that is known already.
    """
    try:
        if same is None:
            with Path(path).open("rb") as file:
                same = recognised(digest_file(file), banks)
    except OSError:
        same = Findings((), 0, (0, 0))
    found = same
    line = as_json(path, found, explain, state, banked)
    return line | {"action": careful(found), "error": told(error)}


def recognised(digests: Digests, banks: Banks) -> Findings:
    """The entries of the very same bytes."""
    several = Several(named(banks))
    matches = same_bytes(digests, cast("Bank", several))
    return several.told_apart(Findings(matches, 0, (0, 0)), None)


def careful(found: Findings) -> Action:
    """What to do with what could not be decoded: a person looks, unless its very bytes are banked."""
    return "review" if found.action == "none" else found.action


def told(error: FingerprintError) -> dict[str, str]:
    """An error as every line has it."""
    return {"kind": type(error).__name__, "code": error.code, "message": str(error)}


def match_as_json(match: Match, explain: bool) -> dict[str, Any]:
    """One of its matches."""
    line = matched.to_wire(match)
    if explain:
        line["box"] = list(match.box) if match.box else None
        line["hash"] = match.hex or None
        line["role"] = match.role
        line["seconds"] = matched.seconds(match)
    return line
