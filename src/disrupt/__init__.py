"""Interrupt the diffusion of intimate content shared without consent.

The public interface of the toolkit; docs/toolkit.md says it all in one page. A name is loaded when it is
asked for, so that importing this costs nothing.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from disrupt.errors import DisruptError as DisruptError
    from disrupt.fingerprint import Cancel as Cancel
    from disrupt.fingerprint import ImageFingerprint as ImageFingerprint
    from disrupt.fingerprint import Limits as Limits
    from disrupt.fingerprint import Pdq as Pdq
    from disrupt.fingerprint import Sandbox as Sandbox
    from disrupt.fingerprint import VideoFingerprint as VideoFingerprint
    from disrupt.fingerprint import fingerprint_file as fingerprint_file
    from disrupt.matching import Add as Add
    from disrupt.matching import Bank as Bank
    from disrupt.matching import BankEntry as BankEntry
    from disrupt.matching import Findings as Findings
    from disrupt.matching import Match as Match
    from disrupt.matching import PdqValue as PdqValue
    from disrupt.matching import Withdraw as Withdraw
    from disrupt.matching import look_up as look_up
    from disrupt.matching import look_up_async as look_up_async
    from disrupt.matching import warm_up as warm_up

__version__ = "0.1.0"

_HOMES = {
    "disrupt.errors": ("DisruptError",),
    "disrupt.fingerprint": (
        *("Cancel", "ImageFingerprint", "Limits", "Pdq", "Sandbox", "VideoFingerprint", "fingerprint_file"),
    ),
    "disrupt.matching": (
        *("Add", "Bank", "BankEntry", "Findings", "Match", "PdqValue", "Withdraw"),
        *("look_up", "look_up_async", "warm_up"),
    ),
}
PUBLIC = {name: home for home, names in _HOMES.items() for name in names}
"""Every public name and the module that it is in; what is not here may change without notice."""

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name not in PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *PUBLIC})
