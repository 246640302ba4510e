"""A recipient's form with what we know filled in; a person sends it, and records its reference."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings

from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Contact, Notice, Scope
from disrupt.hotline.takedown.recipients import Recipient, registry
from disrupt.hotline.takedown.states import Channel, RecipientKind, Step


def asks(notice: Notice) -> Recipient | None:
    """The way of the registry that a person goes for a notice: whether it needs an account, what it asks."""
    if notice.channel != Channel.FORM or not notice.target.url or notice.recipient != RecipientKind.HOST:
        return None
    who = registry().host(take_apart(notice.target.url), notice.category)
    return who if who.name == notice.name else None


def form_of(notice: Notice) -> str:
    """Where the form is, with what stands in braces filled in; "" where none is known."""
    if notice.channel != Channel.FORM or not notice.target.url:
        return ""
    known, place = registry(), take_apart(notice.target.url)
    who = known.police if notice.recipient == RecipientKind.PHAROS else known.host(place, notice.category)
    form = who.form if who.name == notice.name else ""
    if notice.step == Step.FLAGGER:
        form = who.flagger_form
    if notice.step == Step.SEARCH:
        form = next((engine.form for engine in known.search if engine.name == notice.name), "")
    apart = {Step.REGULATOR: known.regulator, Step.PROSECUTOR: known.prosecutor, Step.COURT: known.counsel}
    if notice.step in apart:
        authority = apart[Step(notice.step)]
        form = authority.form if authority else ""
    if not form and notice.scope == Scope.CDN:
        contact = Contact.objects.filter(target=notice.target_id, scope=Scope.CDN, name=notice.name).first()
        form = contact.form if contact else ""
    values = {
        "url": place.ascii,
        "reference": notice.reference,
        "name": settings.HOTLINE_NAME,
        "email": settings.HOTLINE_EMAIL,
    }
    for name, value in values.items():
        form = form.replace("{" + name + "}", quote(value, safe=""))
    return form
