"""The addresses of takedown, in the console."""

from __future__ import annotations

from django.urls import path

from disrupt.hotline.takedown import mandates
from disrupt.hotline.takedown.figures import pages as figures
from disrupt.hotline.takedown.pages import stops, tray, views
from disrupt.hotline.takedown.watch import pages as watch

app_name = "takedown"
urlpatterns = [
    path("", views.notices, name="list"),
    path("answers/", tray.answers, name="answers"),
    path("answers/<number:answer_id>/", tray.act, name="answer"),
    path("mandates/<uuid:case_id>/", mandates.page, name="mandates"),
    path("mandates/<uuid:case_id>/end/<slug:what>/", mandates.end, name="mandate_end"),
    path("watch/", watch.page, name="watch"),
    path("watch/add/", watch.add, name="watch_add"),
    path("watch/<number:source_id>/end/", watch.end, name="watch_end"),
    path("watch/hits/<number:hit_id>/<slug:what>/", watch.decide, name="hit"),
    path("hosts/", figures.slow, name="hosts"),
    path("hosts/one/", figures.host, name="host"),
    path("stops/", stops.stops, name="stops"),
    path("stops/<number:halt_id>/lift/", stops.lift, name="lift"),
    path("<uuid:notice_id>/", views.notice, name="notice"),
    path("<uuid:notice_id>/message.eml", views.message, name="message"),
    path("<uuid:notice_id>/notice.pdf", views.paper, name="paper"),
    path("<uuid:notice_id>/complaint.zip", views.complaint, name="complaint"),
    path("<uuid:notice_id>/tell/<number:contact_id>/", views.tell, name="tell"),
    path("<uuid:notice_id>/<slug:action>/", views.act, name="act"),
]
