"""The exchange's addresses."""

from django.urls import include, path

urlpatterns = [path("", include("disrupt.hotline.exchange.urls"))]

handler400 = "disrupt.hotline.exchange.views.bad_request"
handler404 = "disrupt.hotline.exchange.views.not_found"
handler500 = "disrupt.hotline.exchange.views.server_error"
