"""A Django site that refuses an upload that is in the bank: a form field's worth of code.

DISRUPT_BANK=bank python -m gunicorn --pythonpath examples/refuse django_site:application
"""

from __future__ import annotations

import os

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from disrupt import Bank, DisruptError, Sandbox, look_up

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.urandom(32).hex(),
    ALLOWED_HOSTS=["127.0.0.1", "localhost", "testserver"],
    DATA_UPLOAD_MAX_MEMORY_SIZE=None,
)

BANK = Bank.open(os.environ["DISRUPT_BANK"])
DECODERS = Sandbox(workers=2)


def action_of(upload: UploadedFile) -> str:
    """block, review or none; what cannot be decoded is for a person to look at."""
    BANK.refresh()
    if BANK.health().state in ("empty", "damaged"):
        raise RuntimeError("the bank cannot be relied on")
    try:
        return look_up(upload.file, BANK, level="fast", sandbox=DECODERS).action
    except DisruptError:
        return "review"


class UploadForm(forms.Form):
    """The form of an upload."""

    file = forms.FileField()


def upload(request: HttpRequest) -> HttpResponse:
    """Take an upload, unless it is in the bank."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    try:
        action = action_of(form.cleaned_data["file"])
    except RuntimeError:
        return JsonResponse({"error": "uploads are closed for a moment"}, status=503)
    if action == "block":
        return JsonResponse({"error": "this cannot be published here"}, status=451)
    # Here the file would be stored; one to review is not shown before somebody has looked at it.
    return JsonResponse({"held": action == "review"}, status=202 if action == "review" else 201)


urlpatterns = [path("upload", upload)]
application = get_wsgi_application()
