"""Why a page was not fetched: one class a reason, because what follows differs."""

from __future__ import annotations

import datetime as dt


class DoorError(Exception):
    """A page was not fetched; the message is ours, and holds nothing that the other side said."""


class Forbidden(DoorError):
    """The address is none that we call: not the public network, another port, another scheme."""


class ByDesign(Forbidden):
    """On a network that is not the web's, as Tor or IPFS: whoever shows it on the web can be called."""


class NoSuchName(DoorError):
    """The name does not exist."""


class NameTrouble(DoorError):
    """Whether the name exists could not be found out now."""


class Unreachable(DoorError):
    """No connection, or it was lost."""


class NotConnected(Unreachable):
    """No connection: nothing has left."""


class EgressDown(DoorError):
    """The proxy of the second way out is not there: that says nothing about the site."""


class BadTls(DoorError):
    """The certificate or the handshake is not what it should be."""


class TooSlow(DoorError):
    """It took longer than one look may take, or came slower than anybody reads."""


class BadAnswer(DoorError):
    """What came is not HTTP, or is coded in a way that was not asked for."""


class TooManyRedirects(DoorError):
    """It was sent on and on, or in a circle."""


class Busy(DoorError):
    """Somebody of ours is there, or was a moment ago: to be polite, not before `until`."""

    def __init__(self, until: dt.datetime) -> None:
        self.until = until
        super().__init__("Not now: one request at a time, and not one after the other.")


NotSent = (Forbidden, NoSuchName, NameTrouble, NotConnected, BadTls)
"""After one of these nothing has left."""
