"""The addresses of takedown."""

from django.urls import URLPattern

app_name = "takedown"
urlpatterns: list[URLPattern] = []
