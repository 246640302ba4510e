"""What the person takes away: all that is held about their case, and a document for a complaint."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from disrupt.hotline.cases.finding import Unlocked
from disrupt.hotline.intake.following import complaint, dossier
from disrupt.hotline.intake.following.views.opened import language, with_key

# In a script element only these could end it or open a comment; JSON reads them back the same.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


@require_safe
@with_key
def everything(request: HttpRequest, unlocked: Unlocked) -> HttpResponse:
    """One file that a person reads in any browser, and a program as the JSON inside it."""
    held = dossier.everything(unlocked.case, unlocked.private_key, language())
    data = json.dumps(held, ensure_ascii=False, indent=1)
    page = render_to_string(
        "intake/following/everything.html",
        {"held": held, "data": data.translate(_ESCAPES), "language": language()},
    )
    return _download(page.encode(), "text/html; charset=utf-8", "notes.html")


@require_safe
@with_key
def document(request: HttpRequest, unlocked: Unlocked) -> HttpResponse:
    """The document for a complaint, in French, made now and not kept."""
    return _download(
        complaint.document(unlocked.case, unlocked.private_key), "application/pdf", "document.pdf"
    )


def _download(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
