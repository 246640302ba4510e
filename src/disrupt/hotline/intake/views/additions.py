"""Adding addresses or files to a case later, behind the code. What is wrong comes back."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases import services as cases
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.states import ItemKind
from disrupt.hotline.intake import addresses, refusals, sessions
from disrupt.hotline.intake.templatetags.uploads import size_in_words
from disrupt.hotline.intake.uploads import END_FIELD, Incoming, largest
from disrupt.hotline.intake.views.opened import with_case


@csrf_exempt  # checked inside, once the files are going to the sealed store and nowhere else
@require_http_methods(["GET", "HEAD", "POST"])
@with_case
def add(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the form; on POST add what it brings. A case that was closed opens again."""
    if request.method != "POST":
        return _page(request, case)
    with Incoming(request) as incoming:
        return _receive(request, case, incoming)


@csrf_protect
def _receive(request: HttpRequest, case: Case, incoming: Incoming) -> HttpResponse:
    if END_FIELD not in request.POST:
        return render(request, "intake/problem.html", {"kind": "bad_request"}, status=400)
    good, wrong = _addresses(request.POST.get("urls", ""))
    known = set(case.items.filter(kind=ItemKind.URL).values_list("url", flat=True))
    fresh = [url for url in addresses.distinct(good) if url not in known]
    over, fresh = fresh[settings.MAX_URLS :], fresh[: settings.MAX_URLS]
    files = incoming.keep(settings.MAX_FILES)
    added = cases.add_items(case, urls=fresh, files=files) if fresh or files else []
    problems = refusals.sentences(incoming)
    problems += [_("This is not the address of a page: %(text)s") % {"text": text} for text in wrong[:5]]
    if over:
        problems.append(_("These addresses did not fit: please add them now, in a second step."))
    if not added and not good and not problems:
        problems = [_("Give at least one address, or choose at least one photo or video.")]
    if problems:
        return _page(request, case, len(added), problems, "\n".join([*wrong, *over]))
    sessions.leave_notice(request.session, "added" if added else "known")
    return redirect("intake:status")


def _addresses(typed: str) -> tuple[list[str], list[str]]:
    """What was typed, as full addresses, and what is none."""
    good: list[str] = []
    wrong: list[str] = []
    for text in addresses.split(typed[:200_000]):
        try:
            good.append(addresses.clean(text))
        except addresses.NotAnAddress:
            wrong.append(text[:200])
    return good, wrong


def _page(
    request: HttpRequest, case: Case, added: int = 0, problems: list[str] | None = None, typed: str = ""
) -> HttpResponse:
    context = {
        "case": case,
        "added": added,
        "problems": problems or [],
        "typed": typed,
        "end_field": END_FIELD,
        "most_files": settings.MAX_FILES,
        "largest": largest(),
        "largest_in_words": size_in_words(largest()),
    }
    return render(request, "intake/add.html", context, status=422 if problems else 200)
