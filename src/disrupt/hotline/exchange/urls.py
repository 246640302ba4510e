"""The addresses of exchange."""

from django.urls import include, path, re_path

from disrupt.hotline.exchange import views
from disrupt.hotline.exchange.door import views as door_views
from disrupt.hotline.exchange.match import listing
from disrupt.hotline.exchange.match import views as match_views
from disrupt.hotline.exchange.private import views as private_views
from disrupt.hotline.exchange.proving import views as views_log
from disrupt.hotline.exchange.stopncii import views as views_stopncii

app_name = "exchange"
urlpatterns = [
    path("v1/feed", views.feed, name="feed"),
    path("v1/feedback", views.feedback, name="feedback"),
    path("v1/list", listing.hashes, name="list"),
    path("v1/key/rotate", door_views.rotate, name="rotate-key"),
    path("v1/log", views_log.log, name="log"),
    path("v1/log/witness", views_log.witness, name="log-witness"),
    path("v1/match", match_views.match, name="match"),
    path("v1/private", private_views.table, name="private"),
    path("v1/private/evaluate", private_views.evaluate, name="private-evaluate"),
    path("v1/categories", views.categories, name="categories"),
    path("v1/figures", views.figures, name="figures"),
    path("v1/openapi.json", views.description, name="openapi"),
    path("v1/status", views.status, name="status"),
    path("v1/status/ready", views.ready, name="ready"),
    path("stopncii/v1/FetchHashes", views_stopncii.fetch_hashes, name="fetch-hashes"),
    path("stopncii/v1/SubmitHashes", views_stopncii.submit_hashes, name="submit-hashes"),
    path("stopncii/v1/SubmitFeedback", views_stopncii.submit_feedback, name="submit-feedback"),
    path("account/", include("disrupt.hotline.exchange.account.urls")),
    path("ncmec/v2/", include("disrupt.hotline.exchange.ncmec.urls")),
    path("tat/", include("disrupt.hotline.exchange.tat.urls")),
    re_path(r"", views.not_found, name="not-found"),
]
