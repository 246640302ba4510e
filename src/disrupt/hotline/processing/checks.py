"""System checks of the decoders: what holds them in here, asked before a file comes that needs it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

_TRY = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "import disrupt.fingerprint._confined._confine as c; c.main()"
)
KNOWN = (
    "seccomp",
    "no_new_privileges",
    "network_namespace",
    "unprivileged",
    "resource_limits",
    "dies_with_parent",
)
_WHY = {
    "seccomp": "a hostile file could open files and connections (the kernel or a container refuses a filter)",
    "no_new_privileges": "a hostile file could gain rights",
    "network_namespace": "the kernel refuses a network of its own (seccomp refuses sockets all the same)",
    "unprivileged": "decoders would run as root",
    "resource_limits": "a hostile file could take all memory",
    "dies_with_parent": "decoders could outlive the process that started them",
}


def missing() -> tuple[str, ...] | None:
    """The protections that a decoder would do without here; None where not even a try can be made."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _TRY, json.dumps([p for p in sys.path if p])],
            capture_output=True,
            timeout=60,
            check=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return tuple(done.stdout.split())


@register(Tags.security)
def decoders_are_held_in(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """processing.E001, E002, E003, W001: a protection that is required, unknown, or missing."""
    required = set(settings.DECODERS_REQUIRE)
    found: list[CheckMessage] = []
    for name in sorted(required - set(KNOWN)):
        text = f"DISRUPT_DECODERS_REQUIRE names {name!r}, which is no protection."
        found.append(Error(text, hint=f"Known are {', '.join(KNOWN)}.", id="processing.E002"))
    lacking = missing()
    if lacking is None:
        hint = "Run `disrupt hash` on a picture and see what it says."
        return [*found, Error("No decoder can be started here.", hint=hint, id="processing.E003")]
    for name in lacking:
        text = f"Decoders are not held in by {name}: {_WHY[name]}."
        if name in required:
            hint = "Allow it to the process, or take it out of DISRUPT_DECODERS_REQUIRE at your own risk."
            found.append(Error(text + " No file is decoded.", hint=hint, id="processing.E001"))
        else:
            found.append(checks.Warning(text, id="processing.W001"))
    return found
