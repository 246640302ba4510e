"""What the browser remembers of a visit: a signed cookie that ends with it, and nothing on the server.

It holds at most the number of the open case (for half an hour after its last use) and, until the person says
that they saved it, the case code sealed with a key of the portal, so that a phone that reloads the page shows
it again. Neither the cookie nor the address bar can be read as a code.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

from django.contrib.sessions.backends.base import SessionBase
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.codes import CaseCode
from disrupt.hotline.intake.queries import readable_case

OPEN_FOR = dt.timedelta(minutes=30)
_CASE, _SEEN, _CODE, _NEW, _NOTICE = "case", "seen", "code", "new", "notice"


class NothingOpen(LookupError):
    """No case is open in this browser, or it was open for too long without use."""


def _box() -> SecretBox:
    return SecretBox(hashlib.blake2b(keys.submission_key(), person=b"shown-code", digest_size=32).digest())


def show_code(session: SessionBase, case: Case, code: CaseCode) -> None:
    """Remember a new case's code until the person has saved it."""
    session.clear()
    session[_CODE] = _box().encrypt(code.encode()).hex()
    session[_NEW] = case.pk.hex


def shown_code(session: SessionBase) -> CaseCode:
    """The code that waits to be saved. Raises NothingOpen."""
    try:
        return CaseCode(_box().decrypt(bytes.fromhex(session[_CODE])).decode())
    except (KeyError, ValueError, CryptoError):
        raise NothingOpen("No code waits to be saved.") from None


def code_saved(session: SessionBase) -> None:
    """Forget the code and open its case. Raises NothingOpen."""
    if _NEW not in session:
        raise NothingOpen("No code waits to be saved.")
    pk = session[_NEW]
    session.clear()
    _open(session, pk)


def open_case(session: SessionBase, case: Case) -> None:
    """Let this browser follow a case, whose code was just given."""
    session.clear()
    _open(session, case.pk.hex)


def _open(session: SessionBase, pk: str) -> None:
    session[_CASE] = pk
    session[_SEEN] = int(clock.now().timestamp())


def opened(session: SessionBase) -> Case:
    """The case that is open in this browser. Raises NothingOpen."""
    now = int(clock.now().timestamp())
    if _CASE not in session or not 0 <= now - session.get(_SEEN, 0) <= OPEN_FOR.total_seconds():
        close(session)
        raise NothingOpen("No case is open in this browser.")
    case = readable_case(uuid.UUID(hex=session[_CASE]))
    if case is None:
        close(session)
        raise NothingOpen("The case was erased.")
    session[_SEEN] = now
    return case


def close(session: SessionBase) -> None:
    """Forget everything."""
    session.flush()


def leave_notice(session: SessionBase, notice: str) -> None:
    """A word for the next page, e.g. `withdrawn`."""
    session[_NOTICE] = notice


def take_notice(session: SessionBase) -> str:
    """The word that the last page left, once."""
    return str(session.pop(_NOTICE, ""))
