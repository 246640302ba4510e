"""A Django site whose uploads go into a folder, as its FileSystemStorage puts them, and are shown by nginx.

SITE=/srv/site python examples/guarded/django_site.py 8000     # for a try; a site has gunicorn or the like
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from wsgiref.simple_server import make_server

from django import forms
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.urandom(32).hex(),
    ALLOWED_HOSTS=["forum.example"],
    MEDIA_ROOT=Path(os.environ["SITE"], "media"),
    MEDIA_URL="/media/",
)


class UploadForm(forms.Form):
    """The form of an upload."""

    file = forms.FileField()


def upload(request: HttpRequest) -> HttpResponse:
    """Keep the file; where it is shown."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    storage = FileSystemStorage()
    file = form.cleaned_data["file"]
    return JsonResponse({"at": storage.url(storage.save(f"uploads/{file.name}", file))}, status=201)


urlpatterns = [path("upload", upload)]
application = get_wsgi_application()

if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), application).serve_forever()
