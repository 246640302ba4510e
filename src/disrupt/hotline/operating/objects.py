"""Whether the store of objects answers: only who opens contents holds its secret, so the worker looks."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from disrupt.hotline.common.models import Pulse
from disrupt.hotline.common.outbound.buckets import BucketFailed
from disrupt.hotline.common.running import pulse
from disrupt.hotline.common.running.sweep import Duty, NowAndThen
from disrupt.hotline.common.store import contents

NAME = "objects"
# A store that does not answer holds whoever asks for half a minute: nothing else waits for that.
LANE = "objects"


def _stores() -> list[str]:
    return [NAME] if settings.S3_BUCKET else []


def _look(_name: str) -> None:
    """The worker looks, and writes down what it was told."""
    try:
        contents.contents().must_answer()
    except BucketFailed as error:
        pulse.feel(NAME, {"why": str(error)})
    else:
        pulse.feel(NAME, {"why": ""})


DUTIES: tuple[Duty, ...] = (Duty("operating.objects", NowAndThen(_stores, 60), _look, lane=LANE),)


def trouble(now: dt.datetime, silent_after: dt.timedelta) -> str | None:
    """What is wrong with it as the worker last saw it; "" nothing, None: there is no such store."""
    if not settings.S3_BUCKET:
        return None
    seen = Pulse.objects.filter(name=NAME).first()
    if seen is None or now - seen.at > silent_after:
        return "The worker has not looked lately."
    return str(seen.says.get("why", ""))
