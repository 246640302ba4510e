"""Locks on addresses: their own rows first, then the cases that hold them, then the notices about them.

What is done to one notice may have to be written to every case that learns of its message, and a message may
be about several addresses: all of them are held before any notice is, as a case is before what is of it
(cases/locking.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import Q

from disrupt.hotline.cases.locking import hold_items
from disrupt.hotline.cases.models import Item
from disrupt.hotline.takedown.models import Notice, Target
from disrupt.hotline.takedown.states import NoticeState

# A message that has left, or never will, is not taken apart any more.
_SETTLED = frozenset({NoticeState.SENT, NoticeState.CANCELLED})


class _Grown(Exception):
    """While the locks were waited for, another address has come into it."""


def hold_target(target_id: int, items: Iterable[uuid.UUID] = ()) -> None:
    """Hold an address, what shares a message with it, and their cases, until the end of the transaction.

    `items`: others that are held in the same turn, such as one that is to be about it.
    """
    _hold(lambda: {target_id}, (), items)


def hold_notice(notice_id: uuid.UUID, also: Iterable[int] = ()) -> set[int]:
    """The same for all addresses of a notice's message; `also`: of others that may come into it.

    The numbers of the addresses that are held.
    """
    return _hold(lambda: _of_messages(Notice.objects.filter(pk=notice_id)), also, ())


def _hold(find: Callable[[], set[int]], also: Iterable[int], items: Iterable[uuid.UUID]) -> set[int]:
    """Where more has come into it meanwhile, all is let go, and held anew in its order."""
    more, others = set(also), list(items)
    while True:
        wanted = _near(find() | more)
        try:
            with transaction.atomic():
                list(Target.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
                if not _near(find()) <= wanted:
                    raise _Grown
                hold_items(Item.objects.filter(Q(concern__target__in=wanted) | Q(pk__in=others)))
                return wanted
        except _Grown:
            continue


def _near(targets: set[int]) -> set[int]:
    """These, and whatever shares a message with them that may still be taken apart."""
    return targets | _of_messages(Notice.objects.filter(target__in=targets).exclude(state__in=_SETTLED))


def _of_messages(notices: Iterable[Notice]) -> set[int]:
    """The addresses of the messages that these go in."""
    leaders = {notice.within_id or notice.pk for notice in notices}
    of_them = Notice.objects.filter(Q(pk__in=leaders) | Q(within__in=leaders))
    return set(of_them.values_list("target", flat=True))
