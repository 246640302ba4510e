"""A real SMTP server on loopback: it keeps what it accepts, answers as told, and can stall at any stage."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class _Reporting(SMTP):
    """Takes the parameters of RFC 3461, of which the library knows nothing."""

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_MAIL(self._noted(arg))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_RCPT(self._noted(arg))

    def _noted(self, arg: str | None) -> str | None:
        address, end, parameters = (arg or "").partition(">")
        self.event_handler.asked += parameters.split()
        return address + end


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Reporting(self.handler, **self.SMTP_kwargs)


STAGES = ("ehlo", "mail", "rcpt", "data", "accepted")


@dataclass
class Mail:
    """One accepted message."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, email.message_from_bytes(self.raw, policy=email.policy.default))

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class Postmaster:
    """`answers` maps a stage to the reply instead of 250; `stall_at` names the stage to hang in.

    `reports`: it offers reports of delivery; `asked`: with which parameters it was given mails.
    """

    answers: dict[str, str] = field(default_factory=dict)
    stall_at: str = ""
    drop_at: str = ""
    mails: list[Mail] = field(default_factory=list)
    reports: bool = False
    asked: list[str] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def to(self, recipient: str) -> list[Mail]:
        return [mail for mail in self.mails if recipient in mail.recipients]

    def start(self) -> Controller:
        """Listen on a free port; the caller stops the controller."""
        controller = _Controller(self, hostname="127.0.0.1", port=0, server_hostname="mail.example")
        # The controller connects to itself once to see that it listens: it needs to know its port beforehand.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            controller.port = self.port = probe.getsockname()[1]
        controller.start()
        return controller

    async def _stage(self, name: str, server: SMTP) -> str | None:
        if self.drop_at == name:
            server.transport.abort()
        if self.stall_at == name:
            self.reached.set()
            while self.stall_at == name:
                await asyncio.sleep(0.02)
        return self.answers.get(name)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        await self._stage("ehlo", server)
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", *responses[-1:]] if self.reports else responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = await self._stage("mail", server)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = await self._stage("rcpt", server)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await self._stage("data", server)
        if answer is not None:
            return answer
        self.mails.append(Mail(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        await self._stage("accepted", server)
        return "250 Accepted as 42"


@contextmanager
def running() -> Iterator[Postmaster]:
    """A mail server, until the block ends."""
    one = Postmaster()
    controller = one.start()
    yield one
    one.stall_at = ""
    controller.stop()


@pytest.fixture
def postmaster(settings: Any) -> Iterator[Postmaster]:
    """The mail server of the settings, for this test."""
    with running() as one:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", one.port, 5
        yield one
