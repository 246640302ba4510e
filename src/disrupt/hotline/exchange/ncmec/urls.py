"""The addresses of NCMEC's hash sharing; their base is what its client calls an environment."""

from django.urls import path

from disrupt.hotline.exchange.ncmec import views

urlpatterns = [
    path("status", views.status, name="ncmec-status"),
    path("members", views.members, name="ncmec-members"),
    path("entries", views.entries, name="ncmec-entries"),
    path("feedback/<str:sign>/reasons", views.reasons, name="ncmec-reasons"),
    path("entries/<str:member>/<str:entry>/<str:sign>/feedback", views.feedback, name="ncmec-feedback"),
]
