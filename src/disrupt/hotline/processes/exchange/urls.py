"""The exchange's addresses."""

from django.urls import include, path

urlpatterns = [path("", include("disrupt.hotline.exchange.urls"))]
