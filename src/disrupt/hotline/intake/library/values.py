"""What pages say only through a placeholder, so that it is always true: settings, limits, the law in force.

`{{ name }}` or `{{ name ARGUMENT }}` in a page. A block (a table or a list made from data) stands
alone in its paragraph. docs/pages.md lists them; a test compares.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from disrupt.hotline.cases import categories
from disrupt.hotline.cases.categories import Category, Scheme
from disrupt.hotline.common import clock
from disrupt.hotline.intake.library import data
from disrupt.hotline.intake.library.drawn import told
from disrupt.hotline.intake.library.typography import spaced
from disrupt.hotline.intake.visit import days

Value = Callable[[str], str]
WithArgument = Callable[[str, str], str]
Block = Callable[[str], SafeString]


def in_force() -> Scheme:
    return categories.scheme_at(clock.now())


def duration(span: dt.timedelta) -> str:
    """A span in words: whole weeks from two on, whole days from two on, else hours."""
    hours = round(span.total_seconds() / 3600)
    if hours >= 336 and hours % 168 == 0:
        return ngettext("%(n)d week", "%(n)d weeks", hours // 168) % {"n": hours // 168}
    if hours >= 48 and hours % 24 == 0:
        return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def _size() -> str:
    """The largest file in the unit that people know: a gigabyte here is what a telephone calls one."""
    megabytes = settings.MAX_UPLOAD_BYTES // 1024**2
    if megabytes >= 1024:
        return _("%(n)d GB") % {"n": megabytes // 1024}
    return _("%(n)d MB") % {"n": megabytes}


def _waits() -> list[float]:
    """Hours between the report to the police and the request to the site, over all categories."""
    return sorted(c.host_wait_hours for c in in_force().values() if c.illegal and c.host_wait_hours)


def _hours(number: float) -> str:
    return ngettext("%(n)d hour", "%(n)d hours", round(number)) % {"n": round(number)}


def _law(which: Callable[[Category], categories.Text]) -> WithArgument:
    return lambda language, code: spaced(which(in_force()[code]).in_language(language), language)


def _law_table(language: str) -> SafeString:
    rows = [
        {
            part: spaced(getattr(c, part).in_language(language), language)
            for part in ("name", "facts", "article", "penalty")
        }
        for c in in_force().values()
        if c.illegal
    ]
    return render_to_string("intake/library/law.html", {"rows": rows})


def _publisher(language: str) -> SafeString:
    rows = [
        (_("Publisher"), settings.LEGAL_PUBLISHER),
        (_("Address"), settings.LEGAL_ADDRESS),
        (_("Editor in charge"), settings.LEGAL_DIRECTOR),
        (_("Host of this site"), settings.LEGAL_HOST),
        (_("E-mail"), settings.HOTLINE_EMAIL),
    ]
    return render_to_string("intake/library/publisher.html", {"rows": rows})


def _platforms(language: str) -> SafeString:
    return render_to_string("intake/library/platforms.html", {"platforms": data.platforms(language)})


def _help_lines(language: str) -> SafeString:
    return render_to_string("intake/library/countries.html", {"countries": data.countries(language)})


def _resources(language: str) -> SafeString:
    return render_to_string("intake/library/resources.html", {"resources": data.resources(language)})


def _rules(kind: str) -> Block:
    return lambda language: render_to_string(
        "intake/library/around_the_law.html", {"rules": data.rules(language, kind)}
    )


def _comic(language: str) -> SafeString:
    return render_to_string("intake/library/comic.html", {"panels": told.comic(language)})


def _stories(language: str) -> SafeString:
    return render_to_string("intake/library/stories.html", {"scenes": told.scenes(language)})


VALUES: Mapping[str, Value] = {
    "hotline-name": lambda language: settings.HOTLINE_NAME,
    "hotline-email": lambda language: settings.HOTLINE_EMAIL,
    "data-email": lambda language: settings.DATA_PROTECTION_EMAIL or settings.HOTLINE_EMAIL,
    "keep-personal-data": lambda language: duration(settings.KEEP_PERSONAL_DATA),
    "keep-open": lambda language: duration(settings.KEEP_OPEN),
    "keep-proofs": lambda language: duration(settings.KEEP_PROOFS),
    "keep-withdrawn": lambda language: duration(settings.KEEP_WITHDRAWN),
    "keep-partners-words": lambda language: duration(settings.KEEP_PARTNERS_WORDS),
    "keep-abandoned": lambda language: duration(settings.KEEP_ABANDONED),
    "session-time": lambda language: duration(dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)),
    "largest-file": lambda language: _size(),
    "most-files": lambda language: str(settings.MAX_FILES),
    "most-addresses": lambda language: str(settings.MAX_URLS),
    "shortest-wait": lambda language: _hours(_waits()[0]),
    "longest-wait": lambda language: _hours(_waits()[-1]),
    "law-version": lambda language: in_force().version,
    "law-since": lambda _language: days.in_words(in_force().valid_from, "DATE_FORMAT"),
    "exit-site": lambda language: urlsplit(settings.EXIT_URL).hostname or "",
}
WITH_ARGUMENT: Mapping[str, WithArgument] = {
    "name": _law(lambda c: c.name),
    "article": _law(lambda c: c.article),
    "penalty": _law(lambda c: c.penalty),
}
BLOCKS: Mapping[str, Block] = {
    "law-table": _law_table,
    "platforms": _platforms,
    "help-lines": _help_lines,
    "publisher": _publisher,
    "higher-penalties": _rules("higher"),
    "time-limits": _rules("time"),
    "resources": _resources,
    "comic": _comic,
    "stories": _stories,
}
