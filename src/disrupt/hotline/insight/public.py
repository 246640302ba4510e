"""The pages of published reports: what was frozen, in both languages, with all its versions."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.http import require_safe

from disrupt.hotline.insight import opendata
from disrupt.hotline.insight.document import document
from disrupt.hotline.insight.files import LANGUAGES
from disrupt.hotline.insight.models import OpenMonth, Report, ReportFile, ReportState
from disrupt.hotline.insight.reports import whole

_PUBLISHED = Report.objects.filter(state=ReportState.PUBLISHED)


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """In the language that the browser asks for, if it is one of ours."""
    asked = translation.get_language_from_request(request)
    return redirect("published:reports", asked if asked in LANGUAGES else LANGUAGES[0])


@require_safe
def reports(request: HttpRequest, language: str) -> HttpResponse:
    """Every published report."""
    context: dict[str, object] = {
        "reports": _PUBLISHED.all(),
        "months": OpenMonth.objects.exclude(rows=[]).defer("rows").order_by("-month"),
    }
    return _render(request, language, "insight/public_reports.html", context)


@require_safe
def report(request: HttpRequest, language: str, name: str, version: int | None = None) -> HttpResponse:
    """One version of a report, the newest if none is named, and which others there are."""
    versions = _PUBLISHED.filter(period=name)
    found = versions.filter(version=version).first() if version else versions.first()
    if found is None or language not in LANGUAGES:
        raise Http404
    context = {
        "report": found,
        "document": document(whole(found), language),
        "versions": versions,
        "files": found.files.defer("data"),
    }
    return _render(request, language, "insight/public_report.html", context)


@require_safe
def file(request: HttpRequest, name: str, version: int, file: str) -> HttpResponse:
    """The bytes that were signed off."""
    reports_ = _PUBLISHED.filter(period=name, version=version)
    return download(get_object_or_404(ReportFile, report__in=reports_, name=file))


@require_safe
def month(request: HttpRequest, month: str) -> HttpResponse:
    """The open data of a month."""
    found = next((one for one in OpenMonth.objects.all() if f"{one.month:%Y-%m}" == month), None)
    if found is None or not found.rows:
        raise Http404
    return HttpResponse(opendata.as_csv(found), content_type="text/csv; charset=utf-8")


@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """What the columns of the open data mean."""
    return JsonResponse(opendata.dictionary(), json_dumps_params={"indent": 1, "ensure_ascii": False})


def download(found: ReportFile) -> HttpResponse:
    """A file of a report, to be saved under its period's name."""
    response = HttpResponse(bytes(found.data), content_type=found.media)
    name = f"{found.report.period}-v{found.report.version}-{found.name}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _render(request: HttpRequest, language: str, template: str, context: dict[str, object]) -> HttpResponse:
    if language not in LANGUAGES:
        raise Http404
    with translation.override(language):
        everywhere = {"hotline": settings.HOTLINE_NAME, "language": language, "languages": LANGUAGES}
        return render(request, template, {**everywhere, **context})
