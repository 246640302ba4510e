"""What was taken from somebody after a backup stays taken: a key, a partner's access, an account, a role.

An older copy knows nothing of a key that was ended because it was stolen, nor of an analyst who has left. The
list of erasures says it, by the audit log. Sessions and open invitations of the copy end in any case.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction

from disrupt.hotline.common import audit
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.exchange.services import revoke_key, set_active
from disrupt.hotline.review.models import Invitation

Listed = Callable[[str], bool]


@transaction.atomic
def take_again(listed: Listed, actor: Actor) -> int:
    """Take away again what the list says; how many keys, partners, accounts and roles that were."""
    done = 0
    for key in ApiKey.objects.filter(revoked_at=None).select_related("partner"):
        if listed(f"key:{key.prefix}"):
            revoke_key(key, actor)
            done += 1
    for partner in Partner.objects.filter(active=True):
        if listed(f"partner:{partner.name}"):
            set_active(partner, False, actor)
            done += 1
    return done + sum(_of(user, listed) for user in User.objects.order_by("pk"))


def _of(user: User, listed: Listed) -> int:
    done = 0
    for group in user.groups.all():
        if listed(f"role:{group.name}:{user.pk}"):
            user.groups.remove(group)
            done += 1
    closed = listed(f"account:{user.pk}") and user.is_active
    if closed or (listed(f"secrets:{user.pk}") and user.has_usable_password()):
        # Until an operator gives it a password: the second factor of before may be in other hands as well.
        user.is_active = user.is_active and not closed
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        Authenticator.objects.filter(user=user).delete()
        done += 1
    return done


@transaction.atomic
def close_doors(actor: Actor, again: int) -> int:
    """End all sessions and invitations that the copy brought back; how many sessions."""
    ended = Session.objects.all().delete()[0]
    Invitation.objects.all().delete()
    audit.record("restored", actor, {"taken_again": again, "sessions": ended})
    return ended
