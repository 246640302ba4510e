"""Puts a page's style into the page on a first visit: one answer instead of two (docs/adr/0012).

Later pages link to the sheets, which the first one has fetched meanwhile, after everything else.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponseBase
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from disrupt.hotline.common.headers import HEADERS

register = template.Library()
_SHEETS = "disrupt_sheets"
_POLICY = "Content-Security-Policy"
_OUR_STYLE = "style-src 'self'"


class NoSuchSheet(LookupError):
    """A template names a style sheet that is not there; the message says which."""


@functools.cache
def written_small(name: str) -> str:
    """The text of a sheet without comments, nor space that means nothing. Raises NoSuchSheet."""
    found = finders.find(name)
    if found is None:
        raise NoSuchSheet(f"There is no style sheet {name} among the static files.")
    text = re.sub(r"/\*.*?\*/", "", Path(found).read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", text)).replace(": ", ":").strip()


@functools.cache
def digest(name: str) -> str:
    """What the policy must allow for that text (CSP 3, 2.3.1)."""
    return base64.b64encode(hashlib.sha256(written_small(name).encode()).digest()).decode()


def first_visit(request: HttpRequest) -> bool:
    """Whether the browser shows no cookie of ours: its cache may be empty, and the page holds no secret."""
    ours = {settings.SESSION_COOKIE_NAME, settings.UPLOADS_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    return not ours & {*request.COOKIES}


@register.simple_tag(takes_context=True)
def sheet(context: Any, name: str) -> SafeString:
    """The style sheet of this name: in the page, or as a link."""
    request = context.get("request")
    if request is None or not first_visit(request):
        return format_html('<link rel="stylesheet" href="{}">', static(name))
    request.__dict__.setdefault(_SHEETS, []).append(name)
    return mark_safe(f"<style>{written_small(name)}</style>")  # noqa: S308 - our own file


@register.simple_tag(takes_context=True)
def sheets_for_later(context: Any) -> SafeString:
    """Links that bring what is in the page into the cache, without holding the page up."""
    names = getattr(context.get("request"), _SHEETS, [])
    links = ((static(name),) for name in names)
    return format_html_join("\n", '<link rel="stylesheet" href="{}" media="not all">', links)


def allow_sheets(request: HttpRequest, response: HttpResponseBase) -> None:
    """The policy of a page lets in the styles that were put into it, by their hashes, and no others."""
    names = getattr(request, _SHEETS, [])
    if names and not response.has_header(_POLICY):
        hashes = " ".join(f"'sha256-{digest(name)}'" for name in names)
        response[_POLICY] = HEADERS[_POLICY].replace(_OUR_STYLE, f"{_OUR_STYLE} {hashes}")
