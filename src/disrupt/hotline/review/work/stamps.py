"""The family of an item as its page shows it: each member with the reason why, copies as stamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from disrupt.hotline.cases.models import AgeWhenTaken
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.processing import preparing
from disrupt.hotline.processing.family import Member
from disrupt.hotline.review import services
from disrupt.hotline.review.seeing import previews

# So many stamps at once; whoever has judged them is shown the others.
MOST = 24


@dataclass(frozen=True)
class Relative:
    """A member, its stamp's name, whether it can be kept here, and whether it is unless taken out.

    A copy is kept by a tick, and only with its stamp in sight; what may show a minor is opened instead.
    """

    member: Member
    token: str = ""
    offered: bool = False
    ticked: bool = False


def relatives(members: list[Member], user: Any, *, seen: bool) -> list[Relative]:
    """`seen`: the item itself is in sight, so that there is something to compare stamps with."""
    shown, stamps = [], 0
    for member in members:
        if member.exact:
            shown.append(Relative(member, offered=True, ticked=not member.careful))
            continue
        guarded = member.item.case.age_when_taken != AgeWhenTaken.ADULT
        token = "" if guarded or not seen or stamps >= MOST else _stamp(member, user)
        stamps += bool(token)
        shown.append(Relative(member, token, offered=bool(token)))
    return shown


def _stamp(member: Member, user: Any) -> str:
    sketch = preparing.sketch_of(member.item)
    if sketch is None or not sketch.stamp:
        return ""
    services.record_preview(member.item, analyst(user.pk), stamp=True)
    return previews.keep_stamp(sketch.stamp, user.pk)
