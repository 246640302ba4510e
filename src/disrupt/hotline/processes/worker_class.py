"""gunicorn's threaded worker, with a door: no client can hold its threads, or its loop, against the others.

Connections wait in a hall (hall.py) until their request is there (arriving.py), and in a room until there is
what it asks for (waiting.py), of which all are told together (telling.py); what is small and asked all the
time is answered from the hall (desk.py).
Threads are shared among networks (places.py); long bodies must keep coming (patience.py). Closing never
waits: who does not hang up stands in a second hall.
"""

from __future__ import annotations

import errno
import math
import selectors
import socket
import threading
import time
from collections.abc import Hashable
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from disrupt.hotline.common.networks import NETWORKS, origin
from disrupt.hotline.processes import patience
from disrupt.hotline.processes.arriving import MOST_PEEKED, look
from disrupt.hotline.processes.desk import Desk, desk
from disrupt.hotline.processes.hall import Hall
from disrupt.hotline.processes.patience import HEAD_WITHIN, Reading
from disrupt.hotline.processes.places import Places
from disrupt.hotline.processes.plain_answers import answer_of
from disrupt.hotline.processes.telling import Teller, Told, teller
from disrupt.hotline.processes.waiting import Room, room

# A client that was answered and is to go has so long to hang up.
HANG_UP_WITHIN = 2.0


def _places(total: int) -> Places:
    """So many threads, of which one network has half at most."""
    return Places(total, min(total, max(4, total // 2)))


def shared_out(threads: int) -> tuple[Places, Places]:
    """Threads for bodies that take minutes, and for all the rest; of each, half for one network."""
    long = threads * 3 // 4 if threads >= 32 else max(1, threads // 2)
    short = max(1, threads - long)
    return _places(long), _places(short)


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """Everything but `handle` runs in the loop's own thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._long, self._short = shared_out(self.cfg.threads)
        self._hall, self._leaving = Hall(), Hall()
        self._room: Room | None = None
        self._desk: Desk | None = None
        self._teller: Teller | None = None
        self._reading: dict[Any, Reading] = {}
        self._reading_lock = threading.Lock()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self._room = room(partial(self.method_queue.defer, self._news))
        self._desk = desk(partial(self.method_queue.defer, self._answer))
        self._teller = teller(partial(self.method_queue.defer, self._told))

    # ---- Coming in

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, client, address, listener.getsockname())
        patience.limit_writing(client)
        self._enter(conn)
        if self.nr_conns >= self.worker_connections - 1:
            self._make_room()

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """A connection that was kept alive says something again."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._enter(conn)

    def _enter(self, conn: Any) -> None:
        self._hall.enter(conn, self._network(conn, ""), time.monotonic() + HEAD_WITHIN)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._arrives, conn))
        # Most requests are here as soon as their connection is.
        self._arrives(conn, conn.sock)

    def _arrives(self, conn: Any, client: Any, *, quick: bool = True) -> None:
        try:
            data = client.recv(MOST_PEEKED, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if quick and self.alive and self._desk is not None and self._desk.takes(conn, data):
            return
        # A Unix socket is our own proxy's, which has read the head; the kernel does not count there.
        counted = client.family in (socket.AF_INET, socket.AF_INET6)
        arriving = look(data) if data else None
        if arriving is None or (arriving.missing and counted and patience.has_ended(client)):
            self._drop(conn)
            return
        if arriving.missing and counted:
            patience.wake_after(client, len(data) + arriving.missing)
            return
        patience.wake_after(client, 1)
        self._out_of_hall(conn)
        network = self._network(conn, arriving.forwarded)
        if self._room is None or not self._room.takes(conn, data, network):
            self._give_thread(conn, network, long=arriving.long)
        elif self._teller is not None:
            self._teller.notes(conn, data)

    def _answer(self) -> None:
        """Those at the desk are answered and stay in the hall; the others go the usual way."""
        assert self._desk is not None
        for conn, length, answer in self._desk.answered():
            if answer is None:
                self._arrives(conn, conn.sock, quick=False)
                continue
            if self._is_told(conn, length, answer):
                self._hall.stays(conn, time.monotonic() + HEAD_WITHIN)
            else:
                self._drop(conn)

    def _is_told(self, conn: Any, length: int, answer: bytes) -> bool:
        """Take the request from its connection, and write the answer: whether all of it went."""
        try:
            conn.sock.recv(length)
            patience.wake_after(conn.sock, 1)
            return bool(conn.sock.send(answer, socket.MSG_DONTWAIT) == len(answer))
        except OSError:
            return False

    def _told(self, those: list[Told]) -> None:
        """The answers for some who waited; who has none is given a thread."""
        for one in those:
            if one.answer is None:
                self._give_thread(one.who, one.network, long=False)
            elif not self._is_told(one.who, one.length, one.answer[0]):
                self._close(one.who)
            elif one.answer[1] and self.alive:
                one.who.set_timeout()
                self.keepalived_conns.append(one.who)
                again = partial(self.on_client_socket_readable, one.who)
                self.poller.register(one.who.sock, selectors.EVENT_READ, again)
            else:
                self._see_out(one.who)

    def _news(self, number: int) -> None:
        """The newest number is another, or somebody asked for it: who waited for that is answered."""
        if self._room is not None:
            self._let_in(self._room.arrived(number))

    def _let_in(self, those: list[tuple[Any, Hashable]]) -> None:
        for conn, network in those:
            if not (self.alive and self._teller is not None and self._teller.takes(conn, network)):
                self._give_thread(conn, network, long=False)
        if self._teller is not None:
            self._teller.go()

    def _network(self, conn: Any, forwarded: str) -> Hashable:
        peer = conn.client[0] if isinstance(conn.client, tuple) and conn.client else ""
        return NETWORKS.of(origin(peer, forwarded))

    def _give_thread(self, conn: Any, network: Hashable, *, long: bool) -> None:
        if (self._long if long else self._short).ask(conn, network):
            self._submit(conn)

    def _submit(self, conn: Any) -> None:
        conn.data_ready = True
        self.enqueue_req(conn)

    # ---- Being answered (a thread of the pool)

    def handle(self, conn: Any) -> Any:
        try:
            return super().handle(conn)
        finally:
            with self._reading_lock:
                self._reading.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        with self._reading_lock:
            self._reading[conn] = Reading(time.monotonic(), patience.bytes_received(conn.sock))
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """A request that cannot be read: a safe page, and no word of it in a log (D10)."""
        self.log.debug("a request could not be read: %s", type(exc).__name__)
        try:
            client.sendall(answer_of(exc))
        except OSError:
            self.log.debug("nobody waited for the answer")

    # ---- Going

    def finish_request(self, conn: Any, fs: Any) -> None:
        for one in (*self._long.leave(conn), *self._short.leave(conn)):
            self._submit(one)
        kept = not fs.cancelled() and fs.exception() is None and bool(fs.result()) and self.alive
        # No browser sends its next request before the answer: a thread would wait for the rest of it.
        if kept and not conn.parser.unreader.buf.getvalue():
            super().finish_request(conn, fs)
        else:
            self._see_out(conn)

    def _see_out(self, conn: Any) -> None:
        """Half-close, and wait without a thread until the client has taken the answer (RFC 9112, 9.6)."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drains, conn))
        except (OSError, ValueError):
            self._close(conn)
            return
        self._leaving.enter(conn, self._network(conn, ""), time.monotonic() + HANG_UP_WITHIN)

    def _drains(self, conn: Any, client: Any) -> None:
        try:
            if client.recv(1 << 16):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.log.debug("a connection was reset")
        self._drop(conn)

    def _drop(self, conn: Any) -> None:
        self._out_of_hall(conn)
        self._close(conn)

    def _out_of_hall(self, conn: Any) -> None:
        if self._desk is not None:
            self._desk.leave(conn)
        if self._hall.leave(conn) or self._leaving.leave(conn):
            self.poller.unregister(conn.sock)

    def _close(self, conn: Any) -> None:
        if self._teller is not None:
            self._teller.leaves(conn)
        self.nr_conns -= 1
        conn.close()

    def _make_room(self) -> None:
        """The portal is full of connections: one goes that does nothing, of whoever holds the most."""
        # Who waits for news may be the crowd that shuts a newcomer out.
        if self._room is not None and self._room.crowd > self._hall.crowd and not len(self._leaving):
            self._close(self._room.first_of_the_crowd())
            return
        for hall in (self._leaving, self._hall):
            conn = hall.first_of_the_crowd()
            if conn is not None:
                self._drop(conn)
                return
        if self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0.0
            self.murder_keepalived()
            return
        conn = self._short.give_up() or self._long.give_up()
        if conn is not None:
            self._close(conn)

    def murder_pending(self) -> None:
        """gunicorn calls this once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn in (*self._hall.late(now), *self._leaving.late(now)):
            self._drop(conn)
        if self._desk is not None and not self.alive:
            for conn in self._desk.idle():
                self._drop(conn)
        if self._room is not None:
            # Who stops answers all that wait.
            self._let_in(self._room.late(now if self.alive else math.inf))
        with self._reading_lock:
            reading = list(self._reading.items())
        others_wait = self._long.waiting > 0
        slow = [
            conn
            for conn, state in reading
            if state.is_too_slow(now, patience.bytes_received(conn.sock), others_wait=others_wait)
        ]
        asked_back = self._long.to_ask_back()
        for conn in slow if asked_back is None else [*slow, asked_back]:
            # A request whose body is here already notices nothing: only reading ends.
            try:
                conn.sock.shutdown(socket.SHUT_RD)
            except OSError:
                self.log.debug("a slow connection had gone already")
