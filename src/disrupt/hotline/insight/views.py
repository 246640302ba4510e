"""The console's pages of reports: each parses, authorises and renders."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.insight import reports as services
from disrupt.hotline.insight.document import document
from disrupt.hotline.insight.forms import PeriodForm, WordsForm
from disrupt.hotline.insight.models import Report, ReportFile
from disrupt.hotline.insight.public import download


@require_GET
@requires(may.FIGURES_READ)
def reports(request: HttpRequest) -> HttpResponse:
    """Every report in all its versions."""
    context = {"reports": Report.objects.defer("content"), "form": PeriodForm()}
    return render(request, "insight/reports.html", context)


@require_POST
@requires(may.REPORT_MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a report on a period, or the correction of one."""
    form = PeriodForm(request.POST)
    if form.is_valid():
        try:
            made = services.draft(form.cleaned_data["period"], analyst(request.user.pk or 0))
            return redirect("insight:report", made.pk)
        except services.NotOver:
            form.add_error("period", _("This period is not over yet."))
        except services.DraftExists:
            form.add_error("period", _("There is a draft for this period: it is below."))
        except services.Overlaps:
            form.add_error("period", _overlaps())
    context = {"reports": Report.objects.defer("content"), "form": form}
    return render(request, "insight/reports.html", context, status=422)


def _overlaps() -> str:
    return _("A report that is signed off shares months with it: subtracted, they could show single reports.")


@require_GET
@requires(may.FIGURES_READ)
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """One version, as it will be read; a draft with the form for its words."""
    found = get_object_or_404(Report, pk=report_id)
    fields = ("procedures_fr", "procedures_en", "change_fr", "change_en")
    context = {
        "report": found,
        "document": document(services.whole(found), get_language() or "fr"),
        "form": WordsForm(initial={name: getattr(found, name) for name in fields}),
        "files": found.files.defer("data"),
    }
    return render(request, "insight/report.html", context)


@require_POST
@requires(may.REPORT_MANAGE)
def words(request: HttpRequest, report_id: int) -> HttpResponse:
    """Keep the words of a draft."""
    form = WordsForm(request.POST)

    def keep(found: Report) -> None:
        if form.is_valid():
            said = form.cleaned_data
            services.write(
                found,
                procedures={"fr": said["procedures_fr"], "en": said["procedures_en"]},
                change={"fr": said["change_fr"], "en": said["change_en"]},
            )

    return _do(request, report_id, keep, _("Kept."))


@require_POST
@requires(may.REPORT_MANAGE)
def anew(request: HttpRequest, report_id: int) -> HttpResponse:
    """Take the figures of a draft anew."""
    return _do(request, report_id, services.take_anew, _("The figures are those of today."))


@require_POST
@requires(may.REPORT_MANAGE)
def sign(request: HttpRequest, report_id: int) -> HttpResponse:
    """Freeze a draft."""
    actor = analyst(request.user.pk or 0)
    return _do(
        request, report_id, lambda r: services.sign_off(r, actor), _("Signed off: it changes no more.")
    )


@require_POST
@requires(may.REPORT_MANAGE)
def publish(request: HttpRequest, report_id: int) -> HttpResponse:
    """Let everybody read it."""
    return _do(request, report_id, services.publish, _("Published."))


def _do(request: HttpRequest, report_id: int, deed: Callable[[Report], object], done: str) -> HttpResponse:
    found = get_object_or_404(Report, pk=report_id)
    try:
        deed(found)
        messages.success(request, done)
    except services.NotADraft:
        messages.error(request, _("It is signed off: begin a correction instead."))
    except services.NotSigned:
        messages.error(request, _("Sign it off first."))
    except services.WordsMissing:
        messages.error(
            request,
            _("Say in both languages how you stay independent and, in a correction, what it corrects."),
        )
    except services.Overlaps:
        messages.error(request, _overlaps())
    return redirect("insight:report", report_id)


@require_GET
@requires(may.FIGURES_READ)
def file(request: HttpRequest, report_id: int, name: str) -> HttpResponse:
    """A file of a report that is signed off."""
    return download(get_object_or_404(ReportFile, report=report_id, name=name))
