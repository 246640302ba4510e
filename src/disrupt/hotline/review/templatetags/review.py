"""Words for templates: events of the ledger, categories, ages and actors, in the reader's language."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from disrupt.hotline.cases.categories import DECLARED_MINOR, Text, UnknownCategory, scheme, schemes
from disrupt.hotline.cases.models import Qualification
from disrupt.hotline.decisions import opinions
from disrupt.hotline.processing.family import Member, Why
from disrupt.hotline.review.forms import EvidenceForm, LookForm, Motive

register = template.Library()

EVENTS = {
    "case.opened": gettext_lazy("Case opened by the reporter"),
    "case.closed": gettext_lazy("Case closed"),
    "case.reopened": gettext_lazy("Case opened again"),
    "case.purged": gettext_lazy("Contact and texts destroyed: their time had come"),
    "case.erased": gettext_lazy("Case erased by the reporter"),
    "case.erasure_waits": gettext_lazy("Erased by the reporter: done when the legal hold ends"),
    "hold.asked": gettext_lazy("Legal hold: nothing of the case is destroyed"),
    "hold.confirmed": gettext_lazy("Legal hold confirmed by a second person"),
    "hold.ended": gettext_lazy("Legal hold ended"),
    "items.added": gettext_lazy("Items added"),
    "item.held": gettext_lazy("Fingerprint held until a person has looked"),
    "item.disputed": gettext_lazy("Disputed by a partner: a person looks again"),
    "item.let_through": gettext_lazy("Held fingerprint let through"),
    "item.not_offered": gettext_lazy("Fingerprint not given to partners"),
    "case.taken_off": gettext_lazy("Everything of the case taken off the partners’ lists"),
    "item.decided": gettext_lazy("Decision recorded, in effect later"),
    "item.undone": gettext_lazy("Decision undone"),
    "item.asked": gettext_lazy("The person was asked about the item"),
    "item.second_opinion": gettext_lazy("Second opinion given"),
    "item.settled": gettext_lazy("Dispute settled"),
    "item.hurried": gettext_lazy("Decision made to take effect at once"),
    "item.decision_held": gettext_lazy("Decision held by a lead"),
    "item.decision_let_go": gettext_lazy("Held decision let go"),
    "item.qualified": gettext_lazy("Item qualified"),
    "item.banked": gettext_lazy("Fingerprint put into the bank"),
    "item.protected": gettext_lazy("Item protected"),
    "item.closed": gettext_lazy("Item closed"),
    "item.rejected": gettext_lazy("Item not qualified"),
    "item.withdrawn": gettext_lazy("Item withdrawn by the reporter"),
    "item.stop_asked": gettext_lazy("Somebody who has the same file asked to stop"),
    "item.stop_refused": gettext_lazy("The holder of the code said no to stopping"),
    "item.stopped": gettext_lazy("Item withdrawn: asked for by the file, and nobody said no"),
    "item.taken_off": gettext_lazy("Declared fingerprint taken off by an analyst"),
    "item.police_notified": gettext_lazy("Police notified"),
    "item.host_notified": gettext_lazy("Host notified"),
    "item.host_reminded": gettext_lazy("Host reminded"),
    "item.removed": gettext_lazy("Content is gone"),
    "item.back_online": gettext_lazy("Content is back online"),
    "item.stays": gettext_lazy("The person was told that it could not be removed"),
    "entry.withdrawn": gettext_lazy("Fingerprint withdrawn from the bank"),
    "entry.derived_withdrawn": gettext_lazy("Fingerprints of parts withdrawn from the bank"),
    "content.sealed_anew": gettext_lazy("Content sealed anew, under a new key"),
    "content.destroyed": gettext_lazy("Content destroyed, receipt written"),
    "content.previewed": gettext_lazy("Content looked at, blurred"),
    "content.viewed": gettext_lazy("Content looked at, unblurred"),
    "notice.scheduled": gettext_lazy("Notice scheduled"),
    "notice.sent": gettext_lazy("Notice sent"),
    "notice.joined": gettext_lazy("Joined: the address is known from another report"),
    "notice.bounced": gettext_lazy("Notice came back"),
    "notice.delivered": gettext_lazy("Notice reported as delivered"),
    "notice.host_asked": gettext_lazy("Registries were asked who hosts the address"),
    "notice.contact_found": gettext_lazy("A contact of the host was found"),
    "notice.described": gettext_lazy("Said where in the page the content is"),
    "notice.answer_assigned": gettext_lazy("An answer was put beside the notice"),
    "notice.hurried": gettext_lazy("Step done before its time"),
    "notice.held": gettext_lazy("Step held"),
    "notice.let_go": gettext_lazy("Step let go"),
    "notice.look_asked": gettext_lazy("A look at the address was asked for"),
    "notice.police_waived": gettext_lazy("The host is told without the police"),
    "notice.cancelled": gettext_lazy("Notice cancelled"),
    "notice.failed": gettext_lazy("Notice failed"),
    "notice.uncertain": gettext_lazy("Notice perhaps sent: nobody saw the end"),
    "notice.resend": gettext_lazy("Notice to be sent again"),
    "notice.readdressed": gettext_lazy("Notice addressed to somebody else"),
    "notice.wait_changed": gettext_lazy("Wait before the notice changed"),
    "notice.acknowledged": gettext_lazy("Notice acknowledged by its recipient"),
    "notice.decided": gettext_lazy("Recipient’s decision recorded"),
    "mandate.asked": gettext_lazy("The person asks for a step that needs a mandate"),
    "mandate.refused": gettext_lazy("The person refuses a step that needs a mandate"),
    "mandate.open": gettext_lazy("The person leaves a step open that needs a mandate"),
    "mandate.recorded": gettext_lazy("Signed mandate recorded"),
    "mandate.ended": gettext_lazy("Mandate ended"),
    "jotting.written": gettext_lazy("Note among analysts written"),
    "jotting.destroyed": gettext_lazy("Note among analysts destroyed"),
    "promise.made": gettext_lazy("Something was promised to the reporter for a day"),
    "promise.kept": gettext_lazy("What was promised to the reporter was done"),
    "message.written": gettext_lazy("Message from the reporter"),
    "message.answered": gettext_lazy("Message to the reporter"),
    "message.read": gettext_lazy("Messages read"),
    "message.destroyed": gettext_lazy("Message destroyed"),
    "contact.changed": gettext_lazy("Contact changed by the reporter"),
    "contact.bounced": gettext_lazy("Mail to the reporter came back: not tried again"),
    "letter.sent": gettext_lazy("Neutral mail sent to the reporter"),
    "letter.failed": gettext_lazy("Neutral mail to the reporter could not be sent"),
    "letter.uncertain": gettext_lazy("Neutral mail to the reporter perhaps sent"),
    "reporter.called": gettext_lazy("Reporter called"),
    "note.read": gettext_lazy("Sealed text read"),
    "case.read": gettext_lazy("Case read"),
    "evidence.asked": gettext_lazy("Evidence file asked for"),
    "evidence.allowed": gettext_lazy("Evidence file allowed by somebody else"),
    "evidence.made": gettext_lazy("Evidence file made"),
    "note.destroyed": gettext_lazy("Sealed text destroyed"),
}


@register.filter
def event_name(kind: str) -> str:
    """A ledger event in words; its own code where there are none yet."""
    return str(EVENTS.get(kind, kind))


@register.filter
def view_name(how: str) -> str:
    """What was done to a copy, as far as it is said in words: mirrored, turned, or else cut or framed."""
    if "mirrored" in how or "upside down" in how:
        return _("mirrored")
    if "turned" in how:
        return _("turned")
    return _("cut or framed")


@register.filter
def why_member(member: Member) -> str:
    """Why an item belongs to a family."""
    if member.why == Why.ADDRESS:
        return _("the same address")
    if member.why == Why.FILE:
        return _("a file of the same bytes")
    if member.why == Why.FILM:
        said = _("a copy of the film")
    elif member.how:
        said = _("an altered copy (%(how)s, distance %(d)s of 256)") % {
            "how": view_name(member.how),
            "d": member.distance,
        }
    else:
        said = _("a near copy (distance %(d)s of 256)") % {"d": member.distance}
    if member.like is None:
        return said
    other = _("of %(case)s, item %(n)s") % {"case": member.like.case.reference, "n": member.like.position}
    return f"{said} {other}"


@register.filter
def words(text: Text | None) -> str:
    """A text of the scheme in the reader's language."""
    return text.in_language(get_language() or "fr") if text else ""


@register.filter
def category_name(code: str) -> str:
    """The name of a category by its code, in any version of the scheme."""
    for version in reversed(schemes()):
        try:
            return version[code].name.in_language(get_language() or "fr")
        except UnknownCategory:
            continue
    return DECLARED_MINOR.name.in_language(get_language() or "fr") if code == DECLARED_MINOR.code else code


@register.filter
def reason_text(decision: Any) -> str:
    """Why an item was not qualified."""
    reason = scheme(decision.scheme).reasons.get(decision.reason)
    return reason.text.in_language(get_language() or "fr") if reason else ""


@register.filter
def waits_for_another(decision: Qualification) -> bool:
    """Whether a second person, or a lead, has to answer before it takes effect."""
    return opinions.asks(decision)


@register.filter
def age(value: dt.timedelta) -> str:
    """How long something has waited, in its largest unit."""
    minutes = int(value.total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}


@register.filter
def left(value: dt.timedelta) -> str:
    """The time until a target, or since it."""
    if value < dt.timedelta():
        return _("late by %(age)s") % {"age": age(-value)}
    return _("%(age)s left") % {"age": age(value)}


def _written(value: dt.datetime | None, form: str) -> str:
    return date_format(timezone.localtime(value), form) if value else ""


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Day and time, month in letters: 3/4 is read differently on each side of the Channel."""
    return _written(value, "j N Y, H:i")


@register.filter
def moment_s(value: dt.datetime | None) -> str:
    """Day and time to the second."""
    return _written(value, "j N Y, H:i:s")


@register.filter
def clock_time(value: dt.datetime | None) -> str:
    """Hour and minute only."""
    return _written(value, "H:i")


@register.filter
def timecode(seconds: float) -> str:
    """A place in a film, such as 1:05."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


@register.filter
def day(value: dt.datetime | None) -> str:
    """Day only."""
    return _written(value, "j N Y")


@register.filter
def actor_name(actor: str) -> str:
    """An actor of the ledger in words; an analyst by the account's name."""
    kind, _sep, ref = actor.partition(":")
    if kind == "analyst":
        user = get_user_model().objects.filter(pk=ref).values_list("username", flat=True).first()
        return user or _("analyst %(ref)s") % {"ref": ref}
    words = {
        "reporter": _("reporter"),
        "worker": _("worker"),
        "rule": _("a rule"),
        "stranger": _("a stranger"),
    }
    return words.get(kind, actor)


@register.filter
def motive_text(code: str) -> str:
    """Why a contact was read, or a content that may show a minor looked at."""
    return str(dict((*LookForm.CHOICES, *Motive.CHOICES)).get(code, ""))


@register.filter
def evidence_motive(code: str) -> str:
    """Why an evidence file is made."""
    return str(dict(EvidenceForm.CHOICES).get(code, code))


@register.filter
def details(data: dict[str, Any]) -> list[tuple[str, str]]:
    """The data of an event as pairs to print."""
    return [
        (key, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for key, value in data.items()
        if value not in ("", [], None)
    ]


ROLE_NAMES = {
    "analyst": gettext_lazy("analyst"),
    "senior": gettext_lazy("senior analyst"),
    "lead": gettext_lazy("lead"),
    "administrator": gettext_lazy("administrator"),
    "auditor": gettext_lazy("auditor"),
    "minors": gettext_lazy("may see minors"),
}


@register.filter
def role_name(role: str) -> str:
    """A role in words."""
    return str(ROLE_NAMES.get(role, role))
