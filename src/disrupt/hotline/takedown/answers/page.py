"""The page on which a recipient answers, address by address: whoever has the link of a notice, nobody else.

Looking at it changes nothing: mail scanners follow links. It shows the addresses, which the recipient has,
and nothing of a person or of a case.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from disrupt.hotline.common.running.allowance import Allowance
from disrupt.hotline.takedown.answers import recording
from disrupt.hotline.takedown.answers.matching import notice_by_key
from disrupt.hotline.takedown.states import Refusal

_STYLE = Path(__file__).with_name("style.css")
# For each link: whoever reads and answers 250 addresses does not get near it.
ALLOWANCE = Allowance(per_second=0.5, burst=60)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here, and no word of what there might be."""
    return HttpResponse("404\n", status=404, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our page."""
    return HttpResponse("403\n", status=403, content_type="text/plain; charset=utf-8")


def still(request: HttpRequest) -> HttpResponse:
    """Nothing is taken just now (common/still.py): in both languages, because no notice was looked for."""
    said = []
    for language in ("fr", "en"):
        with translation.override(language):
            said.append(gettext("We take no answer just now. Nothing was recorded: send it again later."))
    return HttpResponse("\n".join((*said, "")), status=503, content_type="text/plain; charset=utf-8")


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The page's style."""
    return HttpResponse(_STYLE.read_bytes(), content_type="text/css; charset=utf-8")


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """The addresses of one notice with a choice for each; sent, the answers are recorded."""
    notice = notice_by_key(key)
    if notice is None:
        raise Http404
    if wait := ALLOWANCE.wait(notice.pk):
        return HttpResponse(
            "429\n", status=429, headers={"Retry-After": str(wait)}, content_type="text/plain"
        )
    done = 0
    if request.method == "POST":
        done = recording.record(notice, request.POST.dict())
        notice.refresh_from_db()  # what was recorded is shown as answered
    with translation.override("fr" if notice.language.startswith("fr") else "en"):
        context = {
            "hotline": settings.HOTLINE_NAME,
            "notice": notice,
            "rows": recording.rows_of(notice),
            "choices": recording.Choice.choices,
            "refusals": Refusal.choices,
            "done": done,
            "language": translation.get_language(),
        }
        return render(request, "takedown/answer.html", context)
