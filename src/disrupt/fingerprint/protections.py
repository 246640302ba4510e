"""What holds a decoder in, as its kernel granted it, and on which systems there is a sandbox at all."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Protections:
    """What holds a decoder in; False where the kernel or a container around us refuses."""

    seccomp: bool
    """No file, socket, program or process can be opened or started."""
    no_new_privileges: bool
    network_namespace: bool
    """The process sees no network device at all."""
    unprivileged: bool
    """The process does not run as root."""
    resource_limits: bool
    """Address space, processor time, written files, descriptors and core dumps are limited."""
    dies_with_parent: bool

    def missing(self) -> tuple[str, ...]:
        """The names of those not in force."""
        return tuple(name for name, held in asdict(self).items() if not held)


def why_none() -> str:
    """Why there are no confined decoders on this system; empty on Linux, where there are."""
    if sys.platform == "linux":
        return ""
    return (
        f"files are decoded in a sandbox, which needs Linux (this is {sys.platform}): use a Linux machine, "
        "container or WSL, or, only for files that are all known to be harmless, --trusted (trusted=True)"
    )
