"""The portal's addresses."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("published/", include("disrupt.hotline.insight.public_urls")),
    *i18n_patterns(path("", include("disrupt.hotline.intake.urls"))),
]

_PAGES = "disrupt.hotline.intake.visit.views"
handler400 = f"{_PAGES}.bad_request"
handler404 = f"{_PAGES}.not_found"
handler500 = f"{_PAGES}.server_error"
