"""The console's addresses."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("takedown/", include("disrupt.hotline.takedown.urls")),
    path("", include("disrupt.hotline.review.urls")),
]
