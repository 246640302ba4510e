"""What an analyst says of one item for its host: bounded, and looked through for whom it could name.

Article 17 DSA lets the uploader read it: no name, no address, no account, no telephone number.
"""

from __future__ import annotations

import datetime as dt
import enum
import re

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.actions import NotPossible
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Notice, Particular
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.states import STOPPABLE, NoticeState


class Names(enum.Enum):
    """What could say who somebody is."""

    MAIL = "mail"
    ACCOUNT = "account"
    NUMBER = "number"
    ADDRESS = "address"
    NAME = "name"
    LINK = "link"


_SIGNS: tuple[tuple[Names, re.Pattern[str]], ...] = (
    (Names.LINK, re.compile(r"https?://|www\.", re.IGNORECASE)),
    (Names.MAIL, re.compile(r"\S@\S+\.\w")),
    (Names.ACCOUNT, re.compile(r"(?:^|\s)@\w")),
    (Names.NUMBER, re.compile(r"(?:\d[\s.\-/()]{0,2}){8,}")),
    (Names.ADDRESS, re.compile(
        r"\b\d{1,4}\s*(?:bis|ter)?,?\s+(?:\w+\s+)?(?:rue|avenue|av\.|boulevard|bd|place|allée|impasse|chemin|"
        r"street|st\.|road|lane|drive|square)\b", re.IGNORECASE)),
    # Two words in a row that begin large: a name, most of the time; who means none writes them small.
    (Names.NAME, re.compile(
        r"\b[A-ZÀ-Ý][a-zà-ÿ’'][\w’'-]*\s+[A-ZÀ-Ý][a-zà-ÿ’']|\b[A-ZÀ-Ý]{3,}\s+[A-ZÀ-Ý]{3,}")),
)  # fmt: skip


def named_in(text: str) -> Names | None:
    """What in a text could name somebody; None where nothing is found."""
    return next((kind for kind, sign in _SIGNS if sign.search(text)), None)


@transaction.atomic
def describe(
    notice: Notice,
    actor: Actor,
    *,
    place: str = "",
    moment: str = "",
    media: str = "",
    shows: str = "",
    seen_at: dt.datetime | None = None,
) -> Particular:
    """Say what identifies the content; what has not left is written anew with it.

    Raises NotPossible (it could name somebody, it is empty, a time to come), WrongState.
    """
    row = services.locked(notice, NoticeState)
    told = {"place": one_line(place, 200), "moment": one_line(moment, 40), "shows": one_line(shows, 400)}
    media = media.strip()[:2000]
    if any(named_in(text) for text in told.values()):
        raise NotPossible("It could name somebody.")
    if media and not take_apart(media).host:
        raise NotPossible("The file's address is none.")
    if not (media or seen_at or any(told.values())) or (seen_at and seen_at > clock.now()):
        raise NotPossible("Say something, and no time to come.")
    fields = {**told, "media": media, "seen_at": seen_at, "by": str(actor), "at": clock.now()}
    found, _made = Particular.objects.update_or_create(
        target=row.target, category=row.category, defaults=fields
    )
    waiting = Notice.objects.select_for_update(of=("self",)).filter(
        target=row.target, category=row.category, state__in=STOPPABLE - {NoticeState.SENDING}
    )
    for one in waiting:
        groups.take_out(one)
        groups.change(one, message=b"", message_sha256="")
    services.note(row, "notice.described", actor)
    return found
