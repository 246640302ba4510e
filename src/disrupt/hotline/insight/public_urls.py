"""The addresses of published reports, for everybody: they stay."""

from __future__ import annotations

from django.urls import path

from disrupt.hotline.insight import public

app_name = "published"
urlpatterns = [
    path("", public.begin, name="begin"),
    path("data/dictionary.json", public.dictionary, name="dictionary"),
    path("data/<str:month>.csv", public.month, name="month"),
    path("files/<str:name>/<number:version>/<str:file>", public.file, name="file"),
    path("<str:language>/", public.reports, name="reports"),
    path("<str:language>/<str:name>/", public.report, name="newest"),
    path("<str:language>/<str:name>/<number:version>/", public.report, name="report"),
]
