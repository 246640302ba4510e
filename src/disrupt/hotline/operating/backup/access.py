"""What was taken from somebody after a backup, as the list of erasures knows it; ending.py takes it again."""

from __future__ import annotations

from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.exchange.models import ExchangeEvent

# A password or a second factor that was replaced: what it was before must open nothing.
_REPLACED = ("account.password", "account.totp", "account.passkey-removed")
# What partners do with their own keys stands in the exchange's log alone: its process writes no other.
OF_KEYS = ("key-revoked", "key-rotated")
KINDS = (
    *("exchange.key-revoked", "exchange.key-rotated", "exchange.partner-suspended"),
    *("account.disable", "account.revoke", *_REPLACED),
)


def taken_by(event: AuditEvent | ExchangeEvent) -> str:
    """What one of KINDS or OF_KEYS took away, in the words under which the list knows it."""
    data = event.data
    match event.kind.removeprefix("exchange."):
        case "key-revoked":
            return f"key:{data['key']}"
        case "key-rotated":
            return f"key:{data['old']}"
        case "partner-suspended":
            return f"partner:{data['partner']}"
        case "account.disable":
            return f"account:{data['account']}"
        case "account.revoke":
            return f"role:{data['role']}:{data['account']}"
        case _:
            return f"secrets:{data['account']}"
