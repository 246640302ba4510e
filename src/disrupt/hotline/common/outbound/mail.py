"""Mail over SMTP (RFC 5321), in stages that the caller can commit between.

Whoever must send exactly once commits "transmitting" between `envelope` and `transmit`: before that point
nothing has left, after it an interruption leaves doubt (`Unknown`), which a person settles (docs/adr/0005).
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import socket
import ssl
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings

# RFC 5321, 4.5.3.2.6 lets a server take long over the final dot; giving up early makes doubt.
FINAL_REPLY_SECONDS = 120.0
MAX_MESSAGE_BYTES = 1024 * 1024
# Controls, ends of lines, and halves of characters, which no database takes.
_NOT_STORED = {"Cc", "Zl", "Zp", "Cs"}
# What turns the letters after it around, so that a name or an address reads as another (UAX #9).
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])")


class OutboundError(Exception):
    """Something that calls out did not succeed; `reply` is the server's last word, on one line."""

    def __init__(self, reply: str) -> None:
        self.reply = one_line(reply)
        super().__init__(self.reply)


class BadAddress(ValueError):
    """Not an address that mail is sent to."""


class Unsafe(OutboundError):
    """Refused by us before anything was sent: the configuration or the message is not what it should be."""


class Temporary(OutboundError):
    """Nothing was accepted; the same may succeed later (4xx, no connection, connection lost before DATA)."""


class Refused(OutboundError):
    """The server will never accept this (5xx)."""


class Unknown(OutboundError):
    """Lost after the transmission began: the server may have accepted the message, or not."""


def one_line(text: str, limit: int = 500) -> str:
    """Text from elsewhere, safe to store and show: no controls, no half of a character, no turns, limited."""
    return "".join(" " if c in _TURNS or unicodedata.category(c) in _NOT_STORED else c for c in text).strip()[
        :limit
    ]


def check_address(address: str) -> str:
    """The address itself: ASCII, one mailbox, nothing that could be a second command. Raises BadAddress."""
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise BadAddress(f"“{one_line(address, 80)}” is not an e-mail address that notices are sent to.")
    return address


@dataclass(frozen=True)
class Relay:
    """The mail server that takes our mail."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    timeout: float = 30.0

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def configured_relay() -> Relay:
    """The relay of the settings."""
    return Relay(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        starttls=settings.EMAIL_USE_TLS,
        timeout=float(settings.EMAIL_TIMEOUT),
    )


def _text(code: int, reply: bytes | str) -> str:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {words}"


def _judge(code: int, reply: bytes | str) -> OutboundError:
    return Refused(_text(code, reply)) if 500 <= code <= 599 else Temporary(_text(code, reply))


class MailSession:
    """One connection to the relay, for one message, in stages."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp
        self._ready = False

    def envelope(self, sender: str, recipient: str, *, report: str = "") -> None:
        """MAIL and RCPT: would the server take this? Raises Temporary, Refused, BadAddress.

        `report`: a name under which to be told what becomes of it (RFC 3461), where the server does that.
        """
        check_address(sender)
        check_address(recipient)
        with _before_data():
            asks = bool(report) and self._smtp.has_extn("dsn")
            mail = ["RET=HDRS", f"ENVID={report}"] if asks else []
            rcpt = ["NOTIFY=SUCCESS,FAILURE,DELAY"] if asks else []
            for code, reply in (self._smtp.mail(sender, mail), self._smtp.rcpt(recipient, rcpt)):
                if not 200 <= code <= 299:
                    raise _judge(code, reply)
        self._ready = True

    def transmit(self, message: bytes) -> str:
        """DATA: give the message away; return the reply. Raises Temporary, Refused, Unknown, Unsafe."""
        if not self._ready:
            raise Unsafe("DATA before MAIL and RCPT.")
        if len(message) > MAX_MESSAGE_BYTES:
            raise Unsafe(f"The message is larger than {MAX_MESSAGE_BYTES} bytes.")
        self._ready = False
        try:
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(max(self._smtp.timeout, FINAL_REPLY_SECONDS))
            code, reply = self._smtp.data(message)
        except smtplib.SMTPDataError as error:  # the server did not want DATA at all: nothing was transmitted
            raise _judge(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unknown(f"{type(error).__name__} after the transmission began") from error
        if not 200 <= code <= 299:
            raise _judge(code, reply)
        return one_line(_text(code, reply))


@contextlib.contextmanager
def _before_data() -> Iterator[None]:
    """Whatever goes wrong here, nothing was transmitted, and a relay refuses us, not the recipient."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise Temporary(_text(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Unsafe(f"The mail server lacks what the settings ask for: {error}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Temporary(f"no connection to the mail server ({type(error).__name__})") from error


@contextlib.contextmanager
def mail(relay: Relay | None = None) -> Iterator[MailSession]:
    """A session with the relay: connected, encrypted, signed in as configured. Raises Temporary, Unsafe."""
    relay = relay or configured_relay()
    if relay.user and not (relay.starttls or relay.is_loopback):
        raise Unsafe("A password goes over STARTTLS or loopback only: set DISRUPT_SMTP_STARTTLS=1.")
    # The name given in EHLO says nothing of this machine beyond its domain part.
    smtp = smtplib.SMTP(timeout=relay.timeout, local_hostname=_greeting())
    try:
        with _before_data():
            code, reply = smtp.connect(relay.host, relay.port)
            if code != 220:
                raise Temporary(_text(code, reply))
            smtp.ehlo_or_helo_if_needed()
            if relay.starttls:
                # smtplib checks the certificate against the name given to connect().
                smtp._host = relay.host  # type: ignore[attr-defined]  # set by the constructor only
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            if relay.user:
                smtp.login(relay.user, relay.password)
        yield MailSession(smtp)
    finally:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            if smtp.sock is not None:
                smtp.sock.settimeout(2.0)
                smtp.quit()
        smtp.close()


def _greeting() -> str:
    domain = settings.HOTLINE_EMAIL.rpartition("@")[2]
    return domain if domain.isascii() and domain else socket.gethostname()
