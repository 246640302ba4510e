"""The guard of a site: a signed notice that it reads by itself, answered for each address at once or later.

Only for sites with whom that was agreed (the registry names them): it tells whoever runs the site. The
notice's id makes a second copy known, so that asking again is sending the same bytes, and there is no doubt.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings

from disrupt.hotline.bank.queries import entry_of_item
from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.common import keys
from disrupt.hotline.common.outbound import errors, one_line
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.common.sites import site_of
from disrupt.hotline.takedown.channels.base import Capabilities, Found, Outcome, Parcel, Steps
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.compose import Composed
from disrupt.protocol import guard
from disrupt.protocol import notice as signed_notice
from disrupt.protocol.answer import Answer, verified
from disrupt.protocol.envelope import NotANotice, NoticeError
from disrupt.protocol.feed import BadChange, prints_from

VALID = dt.timedelta(days=30)
# The status with which a site says that it has not done all yet.
LATER = 202
_PATIENCE = 10.0


class Guard:
    """Notices to sites that announce where they take them."""

    capabilities = Capabilities(
        by_itself=True, most_at_once=signed_notice.MOST_ADDRESSES, one_host=True, repeats=True
    )

    def __init__(self, door: Door | None = None) -> None:
        self._door = door or Door()

    def takes(self, category: str) -> bool:
        return True

    def prepare(self, notice: Notice, composed: Composed, at: dt.datetime) -> bytes:
        category = scheme(notice.scheme)[notice.category]
        about = composed.attachment["category"]
        urls = [one["ascii"] for one in composed.attachment["urls"]]
        told = signed_notice.Notice(
            id=str(notice.pk),
            issued_at=at.replace(microsecond=0),
            expires_at=at.replace(microsecond=0) + VALID,
            host=urlsplit(urls[0]).netloc.lower(),
            notifier=one_line(settings.HOTLINE_NAME, 120),
            email=settings.HOTLINE_EMAIL,
            category=category.code,
            # As the notice says it in the recipient's language.
            law=(about["law"],),
            explanation=about["facts"],
            examined=True,
            good_faith=True,
            asks="remove",
            addresses=tuple(urls),
            contents=() if category.minors else _contents(notice),
        )
        key = keys.notice_key()
        return signed_notice.signed(told.payload(), keys.name_of(key), lambda text: key.sign(text).signature)

    def send(self, parcel: Parcel, steps: Steps) -> None:
        try:
            site = self._announced(parcel.recipient)
        except NoticeError as error:
            steps.fail(str(error))
            return
        except errors.DoorError as error:
            steps.postpone(str(error))
            return
        if not steps.begin():
            return
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            fetched = self._door.call("POST", site.endpoint, headers, parcel.message, patience=_PATIENCE)
        except errors.DoorError as error:
            # Whether it came or not: the same bytes again are the same notice.
            steps.postpone(str(error))
            return
        status = fetched.response.status
        if status in {200, LATER}:
            try:
                answer = _opened(site, fetched.response.body, parcel.notice)
                steps.accept(_reply(answer), "", answer.addresses)
            except NoticeError as error:
                steps.fail(f"its answer is none: {error}")
        elif 400 <= status <= 499 and status != 429:
            steps.refuse(f"{status} not acted on")
        else:
            steps.postpone(f"{status}")

    def read(self, notice: Notice) -> Answer:
        """What a site has done by now. Raises NoticeError, DoorError."""
        site = self._announced(notice.address)
        place = f"{site.endpoint.rstrip('/')}/{notice.pk}"
        fetched = self._door.call("GET", place, {"Accept": "application/json"}, patience=_PATIENCE)
        return _opened(site, fetched.response.body, str(notice.pk))

    def reconcile(self, notice: Notice) -> Found:
        return Found(Outcome.NOT_THERE)

    def _announced(self, address: str) -> guard.Announcement:
        """The guard of a site: as it announces it, and on the same site. Raises NoticeError, DoorError."""
        fetched = self._door.get(address.rstrip("/") + guard.ANNOUNCED_AT, patience=_PATIENCE)
        if fetched.response.status != 200:
            raise errors.BadAnswer("The site announces no guard.")
        told, own = guard.announcement(fetched.response.body), urlsplit(address)
        other = urlsplit(told.endpoint)
        if not told.endpoint:
            raise NotANotice("a guard that takes notices over HTTP")
        if told.host != own.netloc.lower() or own.scheme != other.scheme:
            raise NotANotice("the guard of this very site")
        if site_of(own.hostname or "") != site_of(other.hostname or ""):
            raise NotANotice("a guard on the site itself")
        return told


def _opened(site: guard.Announcement, body: bytes, notice: str) -> Answer:
    return verified(body, keys={site.key: site.public}, notice=notice)


def _reply(answer: Answer) -> str:
    return "200 complete" if answer.complete else f"{LATER} it goes on looking for copies"


def _contents(notice: Notice) -> tuple[signed_notice.Content, ...]:
    """The fingerprints of what stands there, by which a site finds copies."""
    found = []
    for row in (notice, *notice.members.all()):
        for item in row.items:
            entry = entry_of_item(item.pk)
            if entry is None:
                continue
            try:
                pdq, vpdq = prints_from(entry.prints)
            except BadChange:
                continue
            found.append(
                signed_notice.Content(entry.kind, entry.sha256 or None, entry.md5 or None, pdq, vpdq)
            )
    return tuple(dict.fromkeys(found))[: signed_notice.MOST_FINGERPRINTS]
