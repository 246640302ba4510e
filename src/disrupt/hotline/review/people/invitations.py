"""Invitations: a link that makes one account, once, within three days; its secret is kept by nobody here.

The database holds the SHA-256 of a link's 256 random bits, and the row goes with its use: two who open the
same link at once get one account between them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import Actor, analyst
from disrupt.hotline.common.permissions import ROLES
from disrupt.hotline.review.models import Invitation

LASTS = dt.timedelta(hours=72)
# Beside a role, never by itself.
MINORS = "minors"


class NameTaken(ValueError):
    """There is an account, or an invitation, of this name."""


class NameRefused(ValueError):
    """No account can have this name."""


class NoInvitation(LookupError):
    """The link was used, taken back, is too old, or was never one."""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(until__gt=clock.now())


def _free(name: str) -> bool:
    return not get_user_model().objects.filter(username__iexact=name).exists()


@transaction.atomic
def invite(name: str, role: str, actor: Actor, *, minors: bool = False) -> str:
    """The secret of a new link, told this once. Raises NameTaken, NameRefused."""
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError:
        raise NameRefused("Letters, digits and @ . + - _ only.") from None
    if role not in ROLES or role == MINORS:
        raise ValueError(f"There is no role “{role}” to invite to.")
    if not _free(name) or _open().filter(name__iexact=name).exists():
        raise NameTaken("There is an account, or an invitation, of this name.")
    secret = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        digest=_digest(secret), name=name, role=role, minors=minors, by=str(actor), until=clock.now() + LASTS
    )
    audit.record("account.invited", actor, {"invitation": made.pk, "role": role, "minors": minors})
    return secret


def waiting() -> QuerySet[Invitation]:
    """What was not used yet, the newest first."""
    return _open().order_by("-until")


@transaction.atomic
def take_back(number: int, actor: Actor) -> bool:
    """The link opens nothing any more; False where there is none."""
    if not Invitation.objects.filter(pk=number).delete()[0]:
        return False
    audit.record("account.invitation-taken-back", actor, {"invitation": number})
    return True


def of(secret: str) -> Invitation:
    """What a link invites to. Raises NoInvitation."""
    found = _open().filter(digest=_digest(secret)).first()
    if found is None:
        raise NoInvitation("This link opens nothing.")
    return found


@transaction.atomic
def accept(secret: str, password: str) -> Any:
    """The account that the link makes, with its password; a second factor is what it must set up first.

    Raises NoInvitation, NameTaken.
    """
    found = _open().select_for_update().filter(digest=_digest(secret)).first()
    if found is None or not Invitation.objects.filter(pk=found.pk).delete()[0]:
        raise NoInvitation("This link opens nothing.")
    if not _free(found.name):
        raise NameTaken("There is an account of this name by now.")
    user = get_user_model().objects.create_user(found.name, password=password)
    roles = [found.role, *([MINORS] if found.minors else [])]
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    said = {"account": user.pk, "roles": roles, "invited_by": found.by}
    audit.record("account.joined", analyst(user.pk), said)
    return user


def over() -> list[int]:
    """Links that nobody used in time."""
    return list(Invitation.objects.filter(until__lte=clock.now()).values_list("pk", flat=True)[:200])


def forget(number: int) -> None:
    """Delete one."""
    Invitation.objects.filter(pk=number, until__lte=clock.now()).delete()
