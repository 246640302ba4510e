"""What a command says on standard error: a sentence, or with `--json` one object with its code."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import dataclass

from disrupt.partner.shared.words import printable


@dataclass
class Voice:
    """How this program speaks, in all its threads."""

    as_json: bool = False


VOICE = Voice()


def complain(what: object, *, who: str = "", path: object = "", code: str = "note") -> None:
    """Say an error, or a sentence that is none; `path` is what it is about, `who` the command.

    `code` is for a sentence: an error has its own, and one of the system is `system`.
    """
    message, about = str(what), str(path)
    if isinstance(what, OSError):
        code, message = "system", what.strerror or message
        about = about or str(what.filename or "")
    code = getattr(what, "code", code)
    if VOICE.as_json:
        print(_line(code, message, about), file=sys.stderr, flush=True)
    else:
        said = ": ".join(part for part in (who and f"disrupt {who}", about, message) if part)
        print(printable(said), file=sys.stderr, flush=True)


class Logged(logging.Formatter):
    """What is logged, in the same voice."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        return _line("log", message) if VOICE.as_json else f"disrupt: {message}"


def _line(code: str, message: str, about: str = "") -> str:
    return json.dumps({"code": code, "message": message} | ({"path": about} if about else {}))
