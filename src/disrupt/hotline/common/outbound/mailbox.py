"""A mailbox on another machine (IMAP, RFC 9051): what has come is read by number, a bounded part of each.

Over TLS, or on loopback. The standard library's client is enough, and it can ask for the first bytes of a
mail only, which is what keeps a huge one out.
"""

from __future__ import annotations

import contextlib
import imaplib
import ipaddress
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field

from disrupt.hotline.common.outbound.mail import Temporary, Unsafe

_TIMEOUT = 30.0


@dataclass(frozen=True)
class Mailbox:
    """Where mail is read. `folder` is read; what is done with is deleted from it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"

    @property
    def is_loopback(self) -> bool:
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class MailboxSession:
    """One connection, with the folder selected; `validity` changes when numbers begin anew."""

    def __init__(self, imap: imaplib.IMAP4, validity: int) -> None:
        self._imap, self.validity = imap, validity

    def numbers(self, after: int) -> list[int]:
        """The numbers of mails that came after one, in order."""
        found = self._ask("SEARCH", None, f"UID {after + 1}:*")
        words = b" ".join(one for one in found if isinstance(one, bytes)).split()
        # `n:*` always names the last mail, even when its number is lower.
        return sorted(number for word in words if (number := int(word)) > after)

    def fetch(self, number: int, most: int) -> bytes:
        """The first `most` bytes of a mail; nothing if it is gone."""
        for part in self._ask("FETCH", str(number), f"(BODY.PEEK[]<0.{most}>)"):
            if isinstance(part, tuple):
                return bytes(part[1])[:most]
        return b""

    def delete_until(self, number: int) -> None:
        """Delete what was dealt with."""
        if number:
            self._ask("STORE", f"1:{number}", "+FLAGS.SILENT", r"(\Deleted)")
            with _trouble():
                self._imap.expunge()

    def _ask(self, command: str, *arguments: str | None) -> list[bytes | tuple[bytes, bytes]]:
        with _trouble():
            kind, data = self._imap.uid(command, *[a for a in arguments if a is not None])
        if kind != "OK":
            raise Temporary(f"the mailbox answered {kind}")
        return [part for part in data if part is not None]


@contextlib.contextmanager
def _trouble() -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        raise Temporary(f"the mailbox cannot be read ({type(error).__name__})") from error


@contextlib.contextmanager
def open_mailbox(mailbox: Mailbox) -> Iterator[MailboxSession]:
    """A session: connected, signed in, folder selected. Raises Temporary, Unsafe."""
    with _trouble():
        if mailbox.port == 993:
            imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                mailbox.host, mailbox.port, ssl_context=ssl.create_default_context(), timeout=_TIMEOUT
            )
        else:
            imap = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=_TIMEOUT)
    try:
        with _trouble():
            if mailbox.port != 993 and not mailbox.is_loopback:
                imap.starttls(ssl.create_default_context())
        if not isinstance(imap.sock, ssl.SSLSocket) and not mailbox.is_loopback:
            raise Unsafe("A password goes over TLS or loopback only.")
        with _trouble():
            imap.login(mailbox.user, mailbox.password)
            imap.select(f'"{mailbox.folder}"')
            _kind, data = imap.response("UIDVALIDITY")
        found = re.search(rb"\d+", data[0]) if data and data[0] else None
        yield MailboxSession(imap, int(found[0]) if found else 0)
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            imap.logout()
        # A line that was cut leaves the socket open.
        with contextlib.suppress(imaplib.IMAP4.error, OSError, ValueError):
            imap.shutdown()
