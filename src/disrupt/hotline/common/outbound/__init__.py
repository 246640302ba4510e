"""The only place that calls out: mail through the relay (`mail`), pages through the guarded door (`door`).

tests/architecture forbids sockets, and libraries that open them, anywhere else in the hotline; the web
processes listen, and the demonstration plays the world outside.
"""

from disrupt.hotline.common.outbound.mail import (
    MAX_MESSAGE_BYTES,
    BadAddress,
    MailSession,
    OutboundError,
    Refused,
    Relay,
    Temporary,
    Unknown,
    Unsafe,
    check_address,
    configured_relay,
    mail,
    one_line,
)

__all__ = [
    "MAX_MESSAGE_BYTES",
    "BadAddress",
    "MailSession",
    "OutboundError",
    "Refused",
    "Relay",
    "Temporary",
    "Unknown",
    "Unsafe",
    "check_address",
    "configured_relay",
    "mail",
    "one_line",
]
