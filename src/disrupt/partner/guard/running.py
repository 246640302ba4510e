"""`disrupt guard run`: everything that a guard does by itself, until it is told to end."""

from __future__ import annotations

import importlib.util
import logging
import signal
import threading

import httpx

from disrupt.errors import DisruptError
from disrupt.extras import more_needed
from disrupt.fingerprint import Sandbox
from disrupt.partner.guard.desk import Desk
from disrupt.partner.guard.endpoint import serve
from disrupt.partner.guard.fetching import client_of, from_hotline, from_maildir, send_answers
from disrupt.partner.guard.home import BadSettings, Home
from disrupt.partner.guard.watching import watch_for_ever

_LOG = logging.getLogger("disrupt.guard")
_MAIL_SECONDS = 5.0


def run(home: Home) -> None:
    """Watch, fetch, listen and look for copies, each in a thread. Raises DisruptError, OSError."""
    for extra, needed in (("watchfiles", home.banks), ("uvicorn", home.listen)):
        if needed and importlib.util.find_spec(extra) is None:
            raise BadSettings(f"the guard {more_needed('guard')}")
    if not (home.banks or home.listen or home.maildir or home.poll):
        raise BadSettings(f"{home.folder}: name banks to watch with, or listen, maildir or poll for notices")
    ended, received = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with Sandbox(workers=home.jobs) as sandbox:
        sandbox.start()
        desk = Desk(home, sandbox)
        threads = [threading.Thread(target=_answer, args=(desk, received, ended), name="copies")]
        if home.banks:
            threads.append(threading.Thread(target=watch_for_ever, args=(home, sandbox, ended), name="watch"))
        if home.maildir or home.poll:
            threads.append(threading.Thread(target=_fetch, args=(desk, received, ended), name="fetch"))
        for thread in threads:
            thread.start()
        try:
            if home.listen:
                serve(desk, received.set, ended)
            ended.wait()
        finally:
            ended.set()
            received.set()
            for thread in threads:
                thread.join()


def _answer(desk: Desk, received: threading.Event, ended: threading.Event) -> None:
    """Look for the copies of each notice, oldest first; also of those that a kill left undone."""
    while not ended.is_set():
        received.clear()
        for notice_id in desk.unfinished():
            if ended.is_set():
                return
            try:
                desk.finish(notice_id)
            except (DisruptError, OSError) as error:
                _LOG.error("the copies of a notice could not be looked for: %s", error)
        received.wait(60)


def _fetch(desk: Desk, received: threading.Event, ended: threading.Event) -> None:
    """Ask the mailbox often, the hotline as often as the settings say, and send answers."""
    waited, other = float(desk.home.poll_seconds), set[str]()
    client = client_of(desk.home) if desk.home.poll else None
    try:
        while not ended.is_set():
            if desk.home.maildir:
                try:
                    from_maildir(desk, other)
                except (DisruptError, OSError) as error:
                    _LOG.error("the mailbox could not be gone through: %s", error)
            if client is not None and waited >= desk.home.poll_seconds:
                waited = 0.0
                try:
                    from_hotline(desk, client)
                except (DisruptError, httpx.HTTPError, OSError, ValueError) as error:
                    _LOG.warning("the hotline could not be asked: %s", type(error).__name__)
            try:
                if desk.unfinished():
                    received.set()
                send_answers(desk, client)
            except (DisruptError, OSError, ValueError) as error:
                _LOG.error("answers could not be sent: %s", error)
            pause = min(_MAIL_SECONDS, desk.home.poll_seconds)
            ended.wait(pause)
            waited += pause
    finally:
        if client is not None:
            client.close()
