"""The help pages: their list, and each one."""

from __future__ import annotations

from itertools import groupby

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from disrupt.hotline.intake.library.files import NoSuchPage, Page, Section, library
from disrupt.hotline.intake.library.show import address, show

TITLES = {
    Section.NOW: _("If it is urgent"),
    Section.REPORT: _("Your report"),
    Section.UNDERSTAND: _("Understand"),
    Section.AROUND: _("You help somebody"),
    Section.TALK: _("Talk about it before it happens"),
    Section.SITE: _("This site"),
}


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every page, by section."""
    known, language = library(), _language()
    sections = [
        {"title": TITLES[section], "key": section.value, "pages": [show(known, page) for page in pages]}
        for section, pages in groupby(known.in_language(language), key=lambda page: page.section)
    ]
    return render(request, "intake/library/index.html", {"sections": sections})


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page; another language's address for it leads to its own."""
    known, language = library(), _language()
    try:
        found = known.at(language, slug)
    except NoSuchPage as error:
        raise Http404 from error
    if found.slug != slug:
        return redirect(reverse("intake:help-page", args=[found.slug]))
    return render(
        request,
        "intake/library/page.html",
        {"shown": show(known, found), "languages": _languages(found)},
    )


def _languages(found: Page) -> list[dict[str, object]]:
    """The same page in each language: slugs differ, so the address is not only translated."""
    languages = []
    for code, name in settings.LANGUAGES:
        with override(code):
            url = address(library(), code, found.key)
        languages.append({"code": code, "name": name, "url": url, "current": code == _language()})
    return languages
