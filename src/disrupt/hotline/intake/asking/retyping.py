"""A page that must be shown again is shown by a GET: its words wait on the shelf, not in the browser.

The answer to a POST stays in a browser's history with all that was posted, and comes back with “back”, also
after the exit. So what was typed is kept where the exit takes the key away (shelf.py), and the page is
asked for anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.http import QueryDict

from disrupt.hotline.intake.asking.journey import Journey

# Nothing that a person typed; `proof` is the work of their browser.
_NOT_TYPED = ("csrfmiddlewaretoken", "draft", "complete", "proof", "action")


def keep(
    report: Journey,
    page: str,
    data: QueryDict,
    pressed: str,
    notices: Iterable[str] = (),
    *,
    failed: bool = False,
) -> Journey:
    """The report with what was typed on a page; `failed`: it could not be saved, nothing is wrong with it."""
    fields = data.copy()
    for name in _NOT_TYPED:
        fields.pop(name, None)
    typed = fields.urlencode()
    return replace(report, page=page, typed=typed, pressed=pressed, notices=tuple(notices), failed=failed)


def forget(report: Journey) -> Journey:
    """The report without what was typed on the page before."""
    return replace(report, page="", typed="", pressed="", notices=(), failed=False)


def typed_on(report: Journey, page: str) -> QueryDict | None:
    """What was typed on this page, if it is the one to be shown again."""
    return QueryDict(report.typed) if report.page == page else None
