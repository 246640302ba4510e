"""What the browser remembers of a visit: a signed cookie that ends with it, and nothing on the server.

It holds at most the key of a report that is being written (for two hours, shelf.py), the number of the open
case with its private key (for half an hour after their last use), and, until the person says that they saved
it, the case code, so that a phone that reloads the page shows it again. That key and the code are sealed with
a key of the portal: the cookie alone opens nothing, and neither does the portal's disk alone (docs/adr/0010).
Neither the cookie nor the address bar can be read as a code.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import uuid
from collections.abc import Iterable

from django.contrib.sessions.backends.base import SessionBase
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.secret import SecretBox

from disrupt.hotline.cases import finding
from disrupt.hotline.cases.finding import Unlocked
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.codes import CaseCode
from disrupt.hotline.intake.following.queries import readable_case

_SHOWN, _ASKS = b"shown-code", b"asks-by-file"
OPEN_FOR = dt.timedelta(minutes=30)
# However much it is used: after that the code is asked for again.
LONGEST = dt.timedelta(hours=8)
WRITING_FOR = dt.timedelta(hours=2)
_CASE, _SEEN, _CODE, _NEW, _NOTICE, _KEY = "case", "seen", "code", "new", "notice", "key"
_DRAFT, _DRAFT_KEY, _DRAFT_SEEN = "draft", "draft-key", "draft-seen"
_FORM_TURN = "form-turn"
_SINCE, _EPOCH = "since", "epoch"
_ASKED, _TURN = "asked", "asked-turn"
_LIMITS = ((_SEEN, OPEN_FOR), (_DRAFT_SEEN, WRITING_FOR))


class NothingOpen(LookupError):
    """No case is open in this browser, or it was open for too long without use."""


def _box(purpose: bytes) -> SecretBox:
    return SecretBox(hashlib.blake2b(keys.submission_key(), person=purpose, digest_size=32).digest())


def _key_box(pk: str) -> SecretBox:
    """Bound to one case: the sealed key of a cookie opens nothing in the cookie of another case."""
    return _box(hashlib.blake2b(b"case-key" + pk.encode(), digest_size=16).digest())


def show_code(session: SessionBase, case: Case, code: CaseCode) -> None:
    """Remember a new case's code until the person has saved it."""
    session.clear()
    session[_CODE] = _box(_SHOWN).encrypt(code.encode()).hex()
    session[_NEW] = case.pk.hex
    _begin(session, case)


def shown_code(session: SessionBase) -> CaseCode:
    """The code that waits to be saved. Raises NothingOpen."""
    try:
        _current(session, session[_NEW])
        return CaseCode(_box(_SHOWN).decrypt(bytes.fromhex(session[_CODE])).decode())
    except (KeyError, ValueError, CryptoError):
        raise NothingOpen("No code waits to be saved.") from None


def new_case(session: SessionBase) -> Case:
    """The case whose code waits to be saved. Raises NothingOpen."""
    if _NEW not in session:
        raise NothingOpen("No code waits to be saved.")
    return _current(session, session[_NEW])


def code_saved(session: SessionBase) -> None:
    """Forget the code and open its case. Raises NothingOpen."""
    if _NEW not in session:
        raise NothingOpen("No code waits to be saved.")
    try:
        unlocked = finding.unlock(shown_code(session))
    except finding.UnknownCode:
        raise NothingOpen("The case was erased.") from None
    open_case(session, unlocked)


def open_case(session: SessionBase, unlocked: Unlocked) -> None:
    """Let this browser follow a case, whose code was just given."""
    session.clear()
    _open(session, unlocked.case, unlocked.private_key)


def _open(session: SessionBase, case: Case, private: PrivateKey) -> None:
    pk = case.pk.hex
    session[_CASE] = pk
    session[_KEY] = _key_box(pk).encrypt(bytes(private)).hex()
    session[_SEEN] = int(clock.now().timestamp())
    _begin(session, case)


def _begin(session: SessionBase, case: Case) -> None:
    session[_SINCE] = int(clock.now().timestamp())
    session[_EPOCH] = case.epoch


def _current(session: SessionBase, pk: str) -> Case:
    """The case of a visit that has neither ended nor lasted too long. Raises NothingOpen."""
    now = int(clock.now().timestamp())
    if not 0 <= now - session.get(_SINCE, 0) <= LONGEST.total_seconds():
        raise NothingOpen("The visit has lasted too long: the code is asked for again.")
    case = readable_case(uuid.UUID(hex=pk))
    if case is None:
        raise NothingOpen("The case was erased.")
    if case.epoch != session.get(_EPOCH):
        raise NothingOpen("The visit was ended, perhaps in another browser.")
    return case


def opened(session: SessionBase) -> Case:
    """The case that is open in this browser. Raises NothingOpen."""
    now = int(clock.now().timestamp())
    if _CASE not in session or not 0 <= now - session.get(_SEEN, 0) <= OPEN_FOR.total_seconds():
        # Only the case is forgotten: a report that is being written has nothing to do with it.
        for name in (_CASE, _SEEN, _KEY):
            session.pop(name, None)
        raise NothingOpen("No case is open in this browser.")
    try:
        case = _current(session, session[_CASE])
    except NothingOpen:
        close(session)
        raise
    session[_SEEN] = now
    return case


def case_in_hand(session: SessionBase) -> str:
    """What uploads for a case are kept under: its number, also when it was left unused; "" without one.

    It opens nothing: a large file goes on arriving, and whoever gives the code again finds it there. Of a
    visit that was ended nothing is found, and what a copy of its cookie sends afterwards is added by nobody.
    """
    return f"{session[_CASE]}:{session.get(_EPOCH)}" if _CASE in session else ""


def private_key(session: SessionBase) -> PrivateKey:
    """The key of the open case, for as long as this request lasts. Raises NothingOpen."""
    try:
        return PrivateKey(_key_box(session[_CASE]).decrypt(bytes.fromhex(session[_KEY])))
    except (KeyError, ValueError, CryptoError):
        close(session)
        raise NothingOpen("This browser does not hold the key of the case any more.") from None


def keep_draft(session: SessionBase, name: str, secret: str) -> None:
    """Remember where the report that is being written lies, and its key; the time begins anew."""
    session[_DRAFT], session[_DRAFT_KEY] = name, secret
    session[_DRAFT_SEEN] = int(clock.now().timestamp())


def kept_draft(session: SessionBase) -> tuple[str, str]:
    """Where the report that is being written lies, and its key. Raises NothingOpen."""
    now = int(clock.now().timestamp())
    if _DRAFT in session and not 0 <= now - session.get(_DRAFT_SEEN, 0) <= WRITING_FOR.total_seconds():
        forget_draft(session)
    try:
        return str(session[_DRAFT]), str(session[_DRAFT_KEY])
    except KeyError:
        raise NothingOpen("No report is being written in this browser.") from None


def forget_draft(session: SessionBase) -> None:
    """Throw the key of the report that is being written away."""
    for name in (_DRAFT, _DRAFT_KEY, _DRAFT_SEEN):
        session.pop(name, None)


def stay(session: SessionBase) -> None:
    """What is open now stays open as long as if it had just been used."""
    now = int(clock.now().timestamp())
    for seen, limit in _LIMITS:
        if seen in session and 0 <= now - session[seen] <= limit.total_seconds():
            session[seen] = now


def seconds_left(session: SessionBase) -> int | None:
    """Until the first thing that is open in this browser closes by itself; None when nothing is."""
    ends = _ends(session)
    return max(min(ends)[0], 0) if ends else None


def lasts(session: SessionBase) -> int:
    """For how many seconds the first thing that closes is open after each use."""
    ends = _ends(session)
    return min(ends)[1] if ends else 0


def _ends(session: SessionBase) -> list[tuple[int, int]]:
    now = int(clock.now().timestamp())
    known = ((seen, int(limit.total_seconds())) for seen, limit in _LIMITS if seen in session)
    ends = [(session[seen] + seconds - now, seconds) for seen, seconds in known]
    if _CASE in session:
        longest = int(LONGEST.total_seconds())
        ends.append((session.get(_SINCE, 0) + longest - now, longest))
    # What is over is not open any more: its page is gone, and no other page closes because of it.
    return ends if all(left > 0 for left, _lasts in ends) else []


def end(session: SessionBase) -> None:
    """End the visit: forget everything here, and let no copy of its cookie open the case again."""
    for name in (_CASE, _NEW):
        if name in session:
            finding.end_visits(uuid.UUID(hex=session[name]))
    close(session)


def close(session: SessionBase) -> None:
    """Forget everything."""
    session.flush()


def keep_asked(session: SessionBase, digests: Iterable[str], turn: dt.datetime) -> None:
    """Files by which somebody asks to stop (digests), and when their turn is; none once it is done."""
    packed = b"".join(map(bytes.fromhex, digests))
    session[_ASKED], session[_TURN] = _box(_ASKS).encrypt(packed).hex(), turn.timestamp()


def asked(session: SessionBase) -> tuple[list[str], dt.datetime]:
    """What keep_asked keeps. Raises NothingOpen."""
    try:
        packed = _box(_ASKS).decrypt(bytes.fromhex(session[_ASKED]))
        digests = [packed[start : start + 32].hex() for start in range(0, len(packed), 32)]
        return digests, dt.datetime.fromtimestamp(session[_TURN], dt.UTC)
    except (KeyError, ValueError, TypeError, CryptoError):
        raise NothingOpen("Nobody asked to stop in this browser.") from None


def keep_turn(session: SessionBase, token: str, turn: dt.datetime) -> None:
    """When the form with this token may be sent again."""
    session[_FORM_TURN] = [hashlib.sha256(token.encode()).hexdigest(), int(turn.timestamp())]


def turn_of(session: SessionBase, token: str) -> dt.datetime | None:
    """When the form with this token may be sent; None where it was not told to wait."""
    name, at = session.get(_FORM_TURN, ("", 0))
    known = hmac.compare_digest(str(name), hashlib.sha256(token.encode()).hexdigest())
    return dt.datetime.fromtimestamp(int(at), dt.UTC) if known else None


def forget_turn(session: SessionBase) -> None:
    """The form was sent."""
    session.pop(_FORM_TURN, None)


def leave_notice(session: SessionBase, notice: str) -> None:
    """A word for the next page, e.g. `withdrawn`."""
    session[_NOTICE] = notice


def take_notice(session: SessionBase) -> str:
    """The word that the last page left, once."""
    return str(session.pop(_NOTICE, ""))
