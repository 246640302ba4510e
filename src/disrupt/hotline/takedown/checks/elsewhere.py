"""Is it gone for everybody? What looks gone or blocked from here is looked at from another country too.

Only where the operator has a second way out (`settings.SECOND_EGRESS`). Without its word nothing is gone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from django.conf import settings

from disrupt.hotline.common.outbound import errors
from disrupt.hotline.common.outbound.door import Door, Fetched
from disrupt.hotline.common.outbound.egress import read_egress
from disrupt.hotline.takedown.checks.signs import Verdict
from disrupt.hotline.takedown.models import AWAY, Seen

_PATIENCE = 6.0
_DOUBTFUL = AWAY | {Seen.GEO, Seen.LOGIN}
THERE, UNCLEAR, SILENT = "seen_elsewhere", "unclear_elsewhere", "no_second_egress"


def agreed(url: str, here: Verdict, door: Door, judge: Callable[[Fetched, Door], Verdict]) -> Verdict:
    """What both ways out say of an address. Raises Busy."""
    egress = read_egress(settings.SECOND_EGRESS)
    if egress is None or here.seen not in _DOUBTFUL:
        return here
    far = dataclasses.replace(door, egress=egress)
    try:
        there = judge(far.get(url, patience=_PATIENCE), far)
    except errors.Busy:
        raise
    except errors.DoorError as error:
        if here.seen not in AWAY:
            return here
        silent = isinstance(error, errors.EgressDown)
        return Verdict(Seen.UNKNOWN, SILENT if silent else UNCLEAR)
    if there.seen == Seen.LIVE:
        return Verdict(Seen.LIVE, THERE)
    if here.seen in AWAY:
        return here if there.seen in AWAY else Verdict(Seen.UNKNOWN, UNCLEAR)
    # Blocked here, and gone where nobody blocks it.
    return there if here.seen == Seen.GEO and there.seen in AWAY else here
