"""Finding out who hosts an address: looked up, asked of registries, written down; a host's notice follows.

The page is fetched once, through the door, for its headers and for where its pictures stand: the host of the
pictures is often another one, and the one that can remove them.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.outbound import errors
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.common.sites import registrable, site_of
from disrupt.hotline.takedown import locking, services
from disrupt.hotline.takedown.channels.ways import way
from disrupt.hotline.takedown.checks.page import is_page, read
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Contact, Holder, Notice, Scope, Target
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.states import Channel, NoticeState, Step
from disrupt.hotline.takedown.tracing import delivery
from disrupt.hotline.takedown.tracing.contacts import neutral_mail
from disrupt.hotline.takedown.tracing.registries import holder_of_network, holder_of_system, registrar_of

log = logging.getLogger(__name__)
LEASE, AGAIN = dt.timedelta(minutes=10), dt.timedelta(hours=1)
_PATIENCE, _MOST_MEDIA_HOSTS, _MOST_TRIES, _LEAST_A_DAY = 20.0, 3, 5, 24


@dataclass(frozen=True)
class Found:
    """A contact, before it is written down."""

    scope: Scope
    name: str
    address: str
    form: str
    about: str
    source: str
    country: str = ""


def due() -> Iterator[int]:
    """Addresses of which somebody wants to know who hosts them."""
    found = Target.objects.filter(trace_at__lte=clock.now()).exclude(url="")
    return found.order_by("trace_at").values_list("pk", flat=True).iterator()


def trace(target_id: int, door: Door | None = None) -> list[Contact] | None:
    """Find an address's contacts; None when that is not due (any more), or has to wait. Safe to run twice."""
    now = clock.now()
    claimed = Target.objects.filter(pk=target_id, trace_at__lte=now).exclude(url="")
    if not claimed.update(trace_at=now + LEASE):
        return None
    target = Target.objects.get(pk=target_id)
    try:
        found = _look(target, door or Door())
    except errors.Busy as busy:
        Target.objects.filter(pk=target_id).update(trace_at=busy.until)
        return None
    except errors.DoorError as error:
        log.info("who hosts an address was not found out: %s", type(error).__name__)
        tries = target.trace_tries + 1
        # That our own resolver is away says nothing about this address: it is not given up for that.
        goes_on = tries < _MOST_TRIES or isinstance(error, errors.NameTrouble)
        again = clock.now() + AGAIN * min(tries, _LEAST_A_DAY) if goes_on else None
        Target.objects.filter(pk=target_id).update(trace_at=again, trace_tries=tries)
        return None
    return _write(target, found)


def _look(target: Target, door: Door) -> list[Found]:
    """All contacts, in the order in which they are to be told. Raises DoorError."""
    host = target.host
    found = _curated(target.url)
    headers, media = _page_of(target.url, door)
    found += _behind(target.url, host, Scope.HOST, headers, door)
    for address in media:
        found += _curated(address, Scope.MEDIA)
        try:
            found += _behind(address, urlsplit(address).hostname or "", Scope.MEDIA, {}, door)
        except (errors.NoSuchName, errors.Forbidden, errors.NameTrouble):
            continue
    name = registrable(host)
    registrar = registrar_of(name, door) if name else None
    if registrar is not None:
        found += _of_holder(registrar, Scope.REGISTRAR, name)
    found += _upstream(target.url, host, {one.address for one in found}, door)
    return _in_order(found, site_of(host))


def _curated(url: str, scope: Scope = Scope.HOST) -> list[Found]:
    """What the hotline's own registry says."""
    recipients, place = registry(), take_apart(url)
    if not any(entry.matches(place) for entry in recipients.hosts):
        return []
    who, about = recipients.host(place), place.host
    mails = [address for address in (who.address, *who.others) if "@" in address]
    source = f"registry {recipients.version}"
    return [Found(scope, who.name, mail, "", about, source) for mail in mails or [""]]


def _page_of(url: str, door: Door) -> tuple[dict[str, str], list[str]]:
    """The headers of a page, and an address for each of the hosts on which most of its pictures stand."""
    try:
        fetched = door.get(url, patience=_PATIENCE)
    except errors.Busy:
        raise
    except errors.DoorError:
        return {}, []
    response = fetched.response
    content_type = response.headers.get("content-type", "")
    if not is_page(content_type, response.body):
        return dict(response.headers), []
    own = site_of(urlsplit(fetched.url).hostname or "")
    by_host: dict[str, str] = {}
    counted = Counter[str]()
    for address in read(response.body, content_type, fetched.url).pictures:
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            continue
        if host and site_of(host) != own:
            by_host.setdefault(host, address)
            counted[host] += 1
    return dict(response.headers), [by_host[host] for host, _n in counted.most_common(_MOST_MEDIA_HOSTS)]


def _behind(url: str, host: str, scope: Scope, headers: dict[str, str], door: Door) -> list[Found]:
    """Whose machine answers for an address: a delivery network's, by its ranges, or a holder's."""
    addresses = door.addresses(url)
    known = next((one for address in addresses if (one := delivery.by_range(address))), None)
    if known is not None:
        return [Found(Scope.CDN, known.name, "", known.form, host, f"ranges {delivery.known().version}")]
    found: list[Found] = []
    hinted = delivery.by_headers(headers)
    if hinted is not None:
        found.append(Found(Scope.CDN, hinted.name, "", hinted.form, host, "headers"))
    for address in addresses[:2]:
        holder = holder_of_network(str(address), door)
        if holder is not None:
            found += _of_holder(holder, scope, host)
    return found


def _upstream(url: str, host: str, known: set[str], door: Door) -> list[Found]:
    """Who announces the network that the page stands on: the last who can do something. Raises DoorError."""
    addresses = door.addresses(url)
    if any(delivery.by_range(address) for address in addresses):
        return []
    found: list[Found] = []
    for address in addresses[:2]:
        network = holder_of_network(str(address), door)
        for number in network.origins if network else ():
            holder = holder_of_system(number, door)
            if holder is not None:
                found += _of_holder(holder, Scope.UPSTREAM, host)
    return [one for one in found if not one.address or one.address not in known]


def _of_holder(holder: Holder, scope: Scope, about: str) -> list[Found]:
    prefix = "RDAP AS" if scope == Scope.UPSTREAM else "RDAP "
    source, name = f"{prefix}{holder.key}"[:120], holder.name or holder.key
    mails = holder.contacts or [""]
    return [Found(scope, name[:120], mail, "", about[:255], source, holder.country) for mail in mails]


def _in_order(found: list[Found], site: str) -> list[Found]:
    """Each once; who has the site's own name may run it, and comes last."""
    seen: dict[tuple[str, str, str], Found] = {}
    for one in found:
        if one.address and site_of(one.address.rpartition("@")[2]) == site and "registry" not in one.source:
            one = Found(Scope.OPERATOR, one.name, one.address, one.form, one.about, one.source, one.country)
        seen.setdefault((one.scope, one.name, one.address), one)
    rank = list(Scope)
    return sorted(seen.values(), key=lambda one: rank.index(one.scope))


@transaction.atomic(durable=True)
def _write(claimed: Target, found: list[Found]) -> list[Contact] | None:
    """The contacts; and where a host's notice waited for one, it goes to the first that is neutral."""
    locking.hold_target(claimed.pk)
    target = Target.objects.get(pk=claimed.pk)
    if not target.url:
        return None
    target.contacts.all().delete()
    now = clock.now()
    made = Contact.objects.bulk_create(
        Contact(
            target=target, place=number, scope=one.scope, name=one.name, address=one.address, form=one.form,
            about=one.about, source=one.source, country=one.country, found_at=now,
        )
        for number, one in enumerate(found, 1)
    )  # fmt: skip
    Target.objects.filter(pk=target.pk).update(trace_at=None, trace_tries=0)
    waiting = Notice.objects.select_for_update(of=("self",)).filter(
        target=target, step=Step.HOST, state=NoticeState.TASK, scope="unknown", address=""
    )
    for notice in waiting:
        _lead(notice, made)
    return made


def _lead(notice: Notice, contacts: list[Contact]) -> None:
    """Send a notice that waited for a contact to the first neutral one; or tell its person where to go."""
    neutral = neutral_mail(notice.target)
    behind = next((one for one in contacts if one.scope == Scope.CDN and one.source != "headers"), None)
    if behind is not None:
        # The network in front hides the host: a person fills its form, which names the host.
        groups.change(notice, name=behind.name, scope=Scope.CDN)
        if behind.name == "Cloudflare" and way(Channel.CLOUDFLARE).takes(notice.category):
            groups.change(notice, channel=Channel.CLOUDFLARE, state=NoticeState.SCHEDULED)
    elif neutral:
        first = neutral[0]
        groups.change(
            notice,
            name=first.name,
            scope=Scope.HOST,
            address=first.address,
            channel=Channel.EMAIL,
            state=NoticeState.SCHEDULED,
        )
    else:
        return
    services.note(notice, "notice.contact_found", WORKER, source=(behind or neutral[0]).source)
