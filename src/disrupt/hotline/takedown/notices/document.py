"""A notice on paper, for the lawyers and files of its recipient: the words of the mail, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings

from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.common.typesetting import pdf, printable
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.notices.compose import Composed, Line, Section
from disrupt.hotline.takedown.notices.facts import moment_of

# So many characters of an address stand on a line; an invisible break would be copied along with it.
_ACROSS = 84


def document(composed: Composed, language: str, at: dt.datetime) -> bytes:
    """The PDF; the same bytes for the same words and moment."""
    first, *others = composed.sections
    title, *opening = [line for line in first.lines if line.text]
    named = composed.attachment["notifier"] is not None
    author = one_line(settings.HOTLINE_NAME, 120) if named else ""
    sections = [Section("", tuple(opening)), *others]
    return printed(title.text, sections, composed.attachment["reference"], language, at, author=author)


def printed(
    title: str, sections: Iterable[Section], reference: str, language: str, at: dt.datetime, *, author: str
) -> bytes:
    """A document of sections under a title, with its reference on every page."""
    values = {
        "title": printable(title),
        "author": printable(author),
        "reference": reference,
        "made": moment_of(at, language),
        "language": language,
        "sections": [
            {"title": printable(one.title), "lines": [_shown(line) for line in one.lines if line.text]}
            for one in sections
        ],
    }
    return pdf("disrupt.hotline.takedown", "notice.typ", values, at)


def _shown(line: Line) -> dict[str, object]:
    if not line.exact:
        return {"text": printable(line.text), "pieces": []}
    # What the fonts have no shape for is shown as a browser sends it.
    text = line.text if printable(line.text) == line.text else take_apart(line.text).ascii
    text = printable(text)
    return {"text": "", "pieces": [text[at : at + _ACROSS] for at in range(0, len(text), _ACROSS)]}
