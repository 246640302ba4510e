"""What a site that takes signed notices by itself announces (docs/notice.md, docs/schemas)."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from disrupt.protocol.envelope import HOST, NotANotice, a_list, an_object, follows, need
from disrupt.protocol.notice import FORMAT as NOTICES

ANNOUNCED_AT = "/.well-known/disrupt-guard.json"
FORMAT = "disrupt-guard/1"


@dataclass(frozen=True, slots=True)
class Announcement:
    """Where a host takes notices ("": by mail, or it asks for them), and the key that signs its answers."""

    host: str
    endpoint: str
    key: str
    public: bytes

    def to_wire(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "host": self.host,
            "notices": [NOTICES],
            "endpoint": self.endpoint or None,
            "answers": {"key": self.key, "public": base64.b64encode(self.public).decode()},
        }


def announcement(raw: bytes) -> Announcement:
    """What a site announces. Raises NotANotice."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise NotANotice("expected JSON") from None
    told = an_object(value, {"format", "host", "notices", "endpoint", "answers"})
    need(told["format"] == FORMAT, f"an announcement of format {FORMAT}")
    need(follows(HOST, told["host"]), "a host in lower case")
    need(NOTICES in a_list(told["notices"], "formats of notices"), f"notices of format {NOTICES}")
    endpoint = told["endpoint"]
    need(endpoint is None or (isinstance(endpoint, str) and 0 < len(endpoint) <= 4000), "an endpoint or null")
    key = an_object(told["answers"], {"key", "public"})
    need(isinstance(key["key"], str) and 0 < len(key["key"]) <= 100, "the name of a key")
    try:
        public = base64.b64decode(key["public"], validate=True)
    except (ValueError, TypeError):
        public = b""
    need(len(public) == 32, "a key of 32 bytes")
    return Announcement(told["host"], endpoint or "", key["key"], public)
