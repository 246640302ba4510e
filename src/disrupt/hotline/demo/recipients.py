"""The registry of hosts of the demonstration: the loopback host and where its notices go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from disrupt.hotline import takedown  # the package alone: its modules need a database


def write(path: Path) -> None:
    """Write the carried registry with the loopback host added, for DISRUPT_RECIPIENTS_FILE."""
    source = Path(takedown.__path__[0]) / "data" / "recipients-2026-11.json"
    registry: dict[str, Any] = json.loads(source.read_text("utf-8"))
    registry["hosts"].append(
        {
            "pattern": "127.0.0.1",
            "name": "Demonstration host",
            "channel": "email",
            "address": "abuse@host.example",
            "language": "en",
            "scope": "host",
            "tested": "2026-11-22",
            "dsa_tier": "platform",
        }
    )
    path.write_text(json.dumps(registry, ensure_ascii=False, indent=1), "utf-8")
