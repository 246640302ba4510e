"""What an analyst says of one item for its host: bounded, and looked through for whom it could name.

Article 17 DSA lets the uploader read it: no name, no address, no account, no telephone number.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction

from disrupt.hotline.cases.models import Item, Qualification
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor, named
from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.actions import NotPossible
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Concern, Notice, Particular, Target
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


@dataclass(frozen=True)
class Said:
    """What was said: bounded, and naming nobody."""

    place: str = ""
    moment: str = ""
    media: str = ""
    shows: str = ""
    seen_at: dt.datetime | None = None

    def as_data(self) -> dict[str, str]:
        """To be kept with a decision until its notices are opened; nothing of what is not said."""
        told = asdict(self) | {"seen_at": self.seen_at.isoformat() if self.seen_at else ""}
        return {name: text for name, text in told.items() if text}

    @classmethod
    def of_data(cls, kept: Mapping[str, str]) -> Said:
        """What was kept with a decision."""
        seen = kept.get("seen_at")
        told = {name: kept.get(name, "") for name in ("place", "moment", "media", "shows")}
        return cls(**told, seen_at=dt.datetime.fromisoformat(seen) if seen else None)


def said(
    *,
    place: str = "",
    moment: str = "",
    media: str = "",
    shows: str = "",
    seen_at: dt.datetime | None = None,
) -> Said:
    """Bound what is said, and look whom it could name. Raises NotPossible (it could; a time to come)."""
    told = (one_line(place, 200), one_line(moment, 40), one_line(shows, 400))
    media = media.strip()[:2000]
    if any(named_in(text) for text in told):
        raise NotPossible("It could name somebody.")
    if media and not take_apart(media).host:
        raise NotPossible("The file's address is none.")
    if seen_at and seen_at > clock.now():
        raise NotPossible("It is a time to come.")
    return Said(told[0], told[1], media, told[2], seen_at)


@transaction.atomic
def describe(notice: Notice, actor: Actor, what: Said) -> Particular:
    """Say what identifies the content; what has not left is written anew with it.

    Raises NotPossible (it is empty), WrongState.
    """
    row = services.locked(notice, NoticeState)
    if what == Said():
        raise NotPossible("Say something.")
    found = _keep(row.target, row.category, what, actor)
    services.note(row, "notice.described", actor)
    return found


def adopt(item: Item, decision: Qualification) -> None:
    """What was said with a decision stands in its notices. In the transaction that opens them."""
    concern = Concern.objects.filter(item=item).select_related("target").first()
    if concern is None or not decision.particulars:
        return
    actor = named(decision.by)
    _keep(concern.target, concern.category, Said.of_data(decision.particulars), actor)
    notice = Notice.objects.filter(target=concern.target, category=concern.category).latest("created_at")
    services.note(notice, "notice.described", actor)


def _keep(target: Target, category: str, what: Said, actor: Actor) -> Particular:
    told = asdict(what) | {"by": str(actor), "at": clock.now()}
    found, _made = Particular.objects.update_or_create(target=target, category=category, defaults=told)
    waiting = Notice.objects.select_for_update(of=("self",)).filter(
        target=target, category=category, state__in=STOPPABLE - {NoticeState.SENDING}
    )
    for one in waiting:
        groups.take_out(one)
        groups.change(one, message=b"", message_sha256="")
    return found
