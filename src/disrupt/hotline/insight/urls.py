"""The addresses of insight in the console."""

from __future__ import annotations

from django.urls import path

from disrupt.hotline.insight import pages, views

app_name = "insight"
urlpatterns = [
    path("time/", pages.over_time, name="time"),
    path("years/", pages.years, name="years"),
    path("reports/", views.reports, name="reports"),
    path("reports/new/", views.new, name="new"),
    path("reports/<number:report_id>/", views.report, name="report"),
    path("reports/<number:report_id>/words/", views.words, name="words"),
    path("reports/<number:report_id>/anew/", views.anew, name="anew"),
    path("reports/<number:report_id>/sign/", views.sign, name="sign"),
    path("reports/<number:report_id>/publish/", views.publish, name="publish"),
    path("reports/<number:report_id>/<str:name>", views.file, name="file"),
]
