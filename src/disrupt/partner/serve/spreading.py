"""A socket for each worker: the system spreads the connections, where one worker would take a crowd whole."""

from __future__ import annotations

import socket
import sys

import uvicorn
from uvicorn.supervisors import Multiprocess


def sockets_of(config: uvicorn.Config) -> list[socket.socket]:
    """A bound socket for each worker; one for all where the system cannot spread. Ends the program (3) where
    the address is taken: by another server of this kind as well."""
    only = config.bind_socket()
    if config.workers == 1 or not sys.platform.startswith("linux"):
        return [only]
    address, family = only.getsockname(), only.family
    only.close()  # nothing had listened there, so the address is free at once
    found = []
    for _ in range(config.workers):
        one = socket.socket(family)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(address)
        one.set_inheritable(True)
        found.append(one)
    return found


class Spread(Multiprocess):
    """Workers with a socket each. They stay open here: what arrives while a worker is replaced waits for the
    next one, and is not reset."""

    def __init__(self, config: uvicorn.Config, own: list[socket.socket]) -> None:
        self._own = own
        super().__init__(config, own)

    @property
    def sockets(self) -> list[socket.socket]:
        """Those of the worker that is about to be made: the first that nobody serves; else all."""
        if len(self._own) == 1:
            return self._own
        if len(self.processes) < len(self._own):
            return [self._own[len(self.processes)]]
        for one, process in zip(self._own, self.processes, strict=True):
            if not process.process.is_alive():
                return [one]
        return self._own

    @sockets.setter
    def sockets(self, told: list[socket.socket]) -> None:
        """As the supervisor remembers them; asked for anew each time."""

    def keep_subprocess_alive(self) -> None:
        """Replace workers that are gone.

        Our copy of a worker's end of its pipe is closed: else whoever asks a worker that is killed just then
        hears nothing for the whole minute that a busy one may take to answer, and its socket waits as long.
        """
        for process in self.processes:
            process.child_conn.close()
        super().keep_subprocess_alive()

    def handle_ttin(self) -> None:
        """One worker a socket: their number stays."""

    def handle_ttou(self) -> None:
        """As above: connections to a socket that nobody serves would hang."""
