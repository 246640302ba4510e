"""Notices that a site fetches itself, having no server of its own: from a mailbox, or from the hotline."""

from __future__ import annotations

import email
import json
import logging
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from email.message import EmailMessage, Message
from pathlib import Path, PurePath
from typing import Any

import httpx

from disrupt.errors import DisruptError
from disrupt.partner.following.feed_client import base_address
from disrupt.partner.guard.desk import Desk
from disrupt.partner.guard.home import Home
from disrupt.partner.guard.opened import QuarantineError, folder_below, plain_file
from disrupt.partner.guard.records import Record
from disrupt.protocol.envelope import MOST_BYTES, NoticeError

_LOG = logging.getLogger("disrupt.guard")
ATTACHED = "notice.json"
ANSWERED = "notice-answer.json"
_SECONDS = 60.0
# Some notices in base64, and the words around them.
_MOST_MAIL = 4 * MOST_BYTES


def from_maildir(desk: Desk, other: set[str] | None = None) -> None:
    """Act on each notice that waits in the mailbox; other mail is left alone, as it is.

    A notice that is not to be acted on is answered by nothing: its sender's address proves nothing.
    `other`: the names of mail that held no notice, which is not read a second time; kept up here.
    Raises BadKeys, QuarantineError, OSError.
    """
    folder, new = Path(desk.home.maildir), PurePath("new")
    there_now = sorted(path.name for path in (folder / new).iterdir())
    other = set() if other is None else other
    other &= set(there_now)
    for name in there_now:
        if name in other:
            continue
        try:
            # What is no plain file (a link, a pipe) is no mail, and must not hold us.
            with folder_below(folder, new) as there, plain_file(there, name) as file:
                found = _notices_in(file.read(_MOST_MAIL))
        except (QuarantineError, OSError):
            continue
        if not found:
            other.add(name)
        for envelope in found:
            try:
                desk.receive(envelope, "mail")
            except NoticeError as error:
                _refused(desk, error, "mail")
        if found:
            with suppress(OSError):
                (folder / new / name).rename(folder / "cur" / f"{name.partition(':')[0]}:2,S")


def _notices_in(mail: bytes) -> list[bytes]:
    """The notices that a mail brings; none where the mail cannot be taken apart: anybody may send one."""
    try:
        return list(_attached(email.message_from_bytes(mail)))
    except Exception as error:  # a thousand parts in one another are more than Python's parser bears
        _LOG.warning("a mail could not be read: %s", type(error).__name__)
        return []


def _attached(message: Message) -> Iterator[bytes]:
    for part in message.walk():
        if part.get_filename() == ATTACHED:
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and len(content) <= MOST_BYTES:
                yield content


def from_hotline(desk: Desk, client: httpx.Client) -> None:
    """Ask the hotline for notices to this host. Raises httpx.HTTPError, OSError, ValueError."""
    with client.stream("GET", _address(desk.home), params={"host": desk.home.host}) as answer:
        answer.raise_for_status()
        told = _value(answer.iter_bytes())
    for envelope in (
        told["notices"] if isinstance(told, dict) and isinstance(told.get("notices"), list) else ()
    ):
        try:
            desk.receive(json.dumps(envelope).encode(), "poll")
        except NoticeError as error:
            _refused(desk, error, "poll")


def _value(pieces: Iterable[bytes]) -> Any:
    """The JSON of an answer: whoever sits at the hotline must not fill our memory. Raises ValueError."""
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > _MOST_MAIL:
            raise ValueError("An answer of that size holds no notices.")
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("JSON without an end.") from None


def _address(home: Home) -> str:
    return base_address(home.poll)


def send_answers(desk: Desk, client: httpx.Client | None) -> None:
    """Send back each complete answer whose notice was fetched; what cannot be sent waits for next time."""
    for record in desk.records.all():
        if record.sent or not record.answer.get("complete") or record.way not in ("mail", "poll"):
            continue
        with suppress(httpx.HTTPError, OSError, subprocess.SubprocessError):
            if record.way == "mail":
                _mail(desk.home, record)
            elif client is not None:
                _post(desk.home, record, client)
            desk.records.mark_sent(record.told.id)


def _post(home: Home, record: Record, client: httpx.Client) -> None:
    answered = record.answered
    assert answered is not None
    address, headers = f"{_address(home)}/{record.told.id}", {"content-type": "application/json"}
    with client.stream("POST", address, content=home.sign(answered), headers=headers) as sent:
        sent.raise_for_status()  # what it says beside is not read


def _mail(home: Home, record: Record) -> None:
    """To the address that the signed notice gives, by the owner's own mailer (`sendmail -t`)."""
    answered, notice = record.answered, record.told
    if not home.sendmail or answered is None:
        return
    message = EmailMessage()
    message["To"] = notice.email
    message["Subject"] = f"Re: notice {notice.id}"
    message["Auto-Submitted"] = "auto-replied"
    states = "\n".join(" ".join(filter(None, (a.state, a.reason, a.address))) for a in answered.addresses)
    message.set_content(
        f"{states}\ncopies found {answered.copies_found}, held {answered.copies_held}, "
        f"seconds {answered.seconds:.0f}\n"
    )
    message.add_attachment(home.sign(answered), "application", "json", filename=ANSWERED)
    subprocess.run(list(home.sendmail), input=message.as_bytes(), timeout=_SECONDS, check=True)


def _refused(desk: Desk, error: DisruptError, way: str) -> None:
    desk.quarantine.note("refused", code=error.code, way=way)
    _LOG.warning("a notice was not acted on: %s: %s", error.code, error)


def client_of(home: Home) -> httpx.Client:
    """For asking the hotline. Raises BadAddress where that would be in clear."""
    _address(home)
    return httpx.Client(timeout=_SECONDS, follow_redirects=False)
