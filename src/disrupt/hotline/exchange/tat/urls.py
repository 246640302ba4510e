"""The addresses of the hash list; their base is what its client has as a constant of its class."""

from django.urls import path

from disrupt.hotline.exchange.tat import views

urlpatterns = [
    path("token-auth/tcap/", views.token, name="tat-token"),
    path("api/hash-list/v2/all", views.hashes, name="tat-hashes"),
]
