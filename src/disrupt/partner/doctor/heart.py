"""The health file of a `disrupt sync --watch`: does it still beat, and does what it follows answer?"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from disrupt.partner.doctor.checkup import Check


def heart_check(path: Path, now: Callable[[], float] = time.time) -> Check:
    """What the file says; it is read, never written."""
    try:
        told = json.loads(path.read_bytes())
        state, source = told["state"], str(told["source"])
        due = datetime.fromisoformat(told["next_by"]).timestamp()
        reached, message = told["reached"], str(told["message"])
    except OSError as error:
        return Check("sync", "failure", f"{path}: {error.strerror}: is `disrupt sync --watch` running?")
    except (ValueError, LookupError, TypeError, RecursionError):
        return Check("sync", "failure", f"{path}: is no health file of `disrupt sync` in JSON")
    if now() > due:
        return Check("sync", "failure", f"{source}: no sign of life since {told.get('at')}: start it again")
    if state == "failing":
        return Check("sync", "failure", f"{source}: read to its end {reached or 'never'}; now: {message}")
    if state != "ok":
        return Check("sync", "warning", f"{source}: the first fetch is under way")
    return Check("sync", "ok", f"{source}: read to its end at {reached}")
