"""What a notice is about: its addresses, its category, who is told; from the rows, nothing of the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from disrupt.hotline.bank.queries import entry_of_item
from disrupt.hotline.cases import mandates
from disrupt.hotline.cases.categories import Category, scheme
from disrupt.hotline.cases.models import Mandate
from disrupt.hotline.cases.queries import current_qualification
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown.answers.matching import link_of
from disrupt.hotline.takedown.hosts import Place, take_apart
from disrupt.hotline.takedown.models import Notice, Particular
from disrupt.hotline.takedown.notices.regimes import DSA, Regime, regime_of
from disrupt.hotline.takedown.notices.texts import Texts, texts_at
from disrupt.hotline.takedown.planning.history import came_back, first_of
from disrupt.hotline.takedown.recipients import Flagger, registry
from disrupt.hotline.takedown.states import RecipientKind, Step

# Of a long name the end says whose it is; a word that fits no line would be encoded.
_LONGEST_HOST = 40


@dataclass(frozen=True)
class Where:
    """One address of a notice: where it is, when it was examined, the digest of its file if it is known.

    `report` names it towards programs: the same whenever it is composed.
    """

    place: Place
    report: str
    examined_at: dt.datetime
    sha256: str
    history: Mapping[str, str] | None
    particular: Particular | None

    @property
    def examined(self) -> dt.date:
        """The day, where the hotline is."""
        return self.examined_at.astimezone(_zone()).date()


@dataclass(frozen=True)
class Facts:
    """All that the words of one notice are made from."""

    notice: Notice
    where: tuple[Where, ...]
    category: Category
    flagger: Flagger | None
    texts: Texts
    omit_notifier: bool
    takes_answers: bool
    takes_xarf: bool
    regime: Regime
    mandate: Mandate | None

    @property
    def place(self) -> Place:
        return self.where[0].place


def gather(notice: Notice, at: dt.datetime) -> Facts:
    """The facts of a notice composed at a moment. Raises UnknownCategory, BadRegistry."""
    others = notice.members.select_related("target").order_by("created_at", "pk")
    where = tuple(_where(row) for row in (notice, *others))
    recipients, place = registry(), where[0].place
    is_host, regime = notice.recipient == RecipientKind.HOST, regime_of(notice)
    known = recipients.host(place, notice.category)
    return Facts(
        notice=notice,
        where=where,
        category=scheme(notice.scheme)[notice.category],
        # A priority that the DSA gives is claimed in notices under the DSA only.
        flagger=recipients.flagger_towards(place, notice.address, notice.category)
        if is_host and regime.code == DSA
        else None,
        texts=texts_at(at),
        takes_answers=bool(settings.ANSWERS_URL) and is_host,
        takes_xarf=is_host and known.xarf and known.address == notice.address,
        omit_notifier=regime.may_omit_notifier and notice.category in recipients.omit_notifier_for,
        regime=regime,
        mandate=mandates.in_force(notice.items, regime.mandate) if regime.mandate else None,
    )


def _where(notice: Notice) -> Where:
    items = [item for item in notice.items if item.state != ItemState.WITHDRAWN] or notice.items
    decisions = [decision for item in items if (decision := current_qualification(item))]
    entries = [entry for item in items if (entry := entry_of_item(item.pk)) and entry.sha256]
    examined = max((decision.at for decision in decisions), default=notice.created_at)
    return Where(
        take_apart(notice.target.url),
        str(notice.pk),
        examined,
        entries[0].sha256 if entries else "",
        came_back(notice, lambda at: day_of(at.astimezone(_zone()).date(), notice.language)),
        Particular.objects.filter(target=notice.target_id, category=notice.category).first(),
    )


def day_of(day: dt.date, language: str) -> str:
    return f"{day:%d/%m/%Y}" if language.startswith("fr") else day.isoformat()


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def moment_of(moment: dt.datetime, language: str) -> str:
    local = moment.astimezone(_zone())
    return f"{local:%d/%m/%Y %H:%M %Z}" if language.startswith("fr") else f"{local:%Y-%m-%d %H:%M %Z}"


def values_of(facts: Facts) -> dict[str, str]:
    notice, category, language = facts.notice, facts.category, facts.notice.language
    host_notice = Notice.objects.filter(
        target=notice.target_id, category=notice.category, step=Step.HOST, round=notice.round
    ).first()
    first = first_of(notice)
    return {
        "reference": first.reference if first else notice.reference,
        # Under what number the recipient has the first message: so they find it.
        "ticket": first.filed_reference if first else "",
        "link": link_of(first or notice),
        "number": str(notice.number),
        "first_sent": moment_of(first.sent_at, language) if first and first.sent_at else "",
        "host": (facts.place.host or "?")[-_LONGEST_HOST:],
        "host_due": moment_of(host_notice.due_at if host_notice else notice.due_at, language),
        "code": category.code,
        **facts.texts.about(category, language),
        "hotline": one_line(settings.HOTLINE_NAME, 120),
        "email": settings.HOTLINE_EMAIL,
        **_signed(facts),
        "status": facts.flagger.words.in_language(language) if facts.flagger else "",
    }


def _signed(facts: Facts) -> dict[str, str]:
    """What the one who signs for the person says of their mandate."""
    mandate = facts.mandate
    if mandate is None or mandate.signed_on is None:
        return {"signed_on": "", "document": ""}
    return {"signed_on": day_of(mandate.signed_on, facts.notice.language), "document": mandate.document}
