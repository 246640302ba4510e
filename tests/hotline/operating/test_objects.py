"""The worker sees that the store of objects is away, and an operator is told; the secret stays its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.functional.servers import free_port
from tests.hotline.common.store.test_bucket import server as server
from tests.hotline.common.store.test_bucket import there as there

from disrupt.hotline.common import clock
from disrupt.hotline.common.running.sweep import MAIN
from disrupt.hotline.operating import metrics, objects, screen, status
from disrupt.hotline.operating.alarms import alarms
from disrupt.hotline.processes.worker.duties import DUTIES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def worker_looks() -> None:
    (duty,) = (duty for duty in DUTIES if duty.name == "operating.objects")
    assert duty.lane != MAIN, "a store that does not answer holds nothing up"
    assert [duty.run(key) for key in duty.due()] == [None]
    assert list(duty.due()) == [], "once a minute"
    clock.move(dt.timedelta(minutes=1))


def told() -> tuple[str, bool, str]:
    """What the screen says of it, whether there is an alarm, and what Prometheus reads."""
    seen = status.look()
    raised = alarms(seen)
    (line,) = (text for text in screen.render(seen, raised).splitlines() if text.startswith("Objects"))
    (sample,) = (
        text for text in metrics.exposition(seen, raised).splitlines() if text.startswith("disrupt_objects")
    )
    return line, "objects" in {alarm.kind for alarm in raised}, sample


def test_a_store_that_goes_away_and_comes_back(there: Any, settings: Any) -> None:
    assert told() == ("Objects        The worker has not looked lately.", True, "disrupt_objects_answer 0")
    worker_looks()
    assert told() == ("Objects        the store answers", False, "disrupt_objects_answer 1")
    url, settings.S3_URL = settings.S3_URL, f"http://127.0.0.1:{free_port()}"
    worker_looks()
    assert told() == (
        "Objects        The store does not answer (EndpointConnectionError).",
        True,
        "disrupt_objects_answer 0",
    )
    settings.S3_URL = url
    worker_looks()
    assert not told()[1]
    settings.S3_BUCKET = "of-nobody"
    worker_looks()
    assert told()[0] == "Objects        The store answered NoSuchBucket."
    # The watch needs no secret for it.
    settings.S3_SECRET = settings.S3_ACCOUNT = ""
    assert told()[1]
    clock.move(dt.timedelta(minutes=5))
    assert told()[0] == "Objects        The worker has not looked lately."


def test_where_contents_stand_in_the_folder_nothing_is_said(settings: Any) -> None:
    assert not settings.S3_BUCKET
    assert objects.trouble(clock.now(), dt.timedelta(minutes=3)) is None
    assert "Objects" not in screen.render(status.look(), [])
    (duty,) = objects.DUTIES
    assert list(duty.due()) == []
