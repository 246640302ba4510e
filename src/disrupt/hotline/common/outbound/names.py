"""Names become addresses: by the system's resolver, within a time of our own."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable

from disrupt.hotline.common.outbound.errors import NameTrouble, NoSuchName
from disrupt.protocol.public_addresses import Address, read

Resolve = Callable[[str, float], list[Address]]


def system(host: str, seconds: float) -> list[Address]:
    """Every address of a name. Raises NoSuchName, NameTrouble.

    The system's call knows no time-out: it has a thread of its own, which is left to itself when it takes
    too long.
    """
    answer: queue.Queue[list[Address] | OSError] = queue.Queue(1)

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            answer.put([read(str(entry[4][0])) for entry in found])
        except (OSError, UnicodeError) as error:
            answer.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        got = answer.get(timeout=max(0.1, seconds))
    except queue.Empty:
        raise NameTrouble("The resolver took too long.") from None
    if isinstance(got, socket.gaierror) and got.errno == socket.EAI_NONAME:
        raise NoSuchName("The name does not exist.")
    if isinstance(got, OSError):
        raise NameTrouble("The resolver could not say.")
    return list(dict.fromkeys(got))
