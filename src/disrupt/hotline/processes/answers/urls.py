"""The answers' only address."""

from django.urls import path

from disrupt.hotline.takedown.answers import page

urlpatterns = [path("a/<str:key>/", page.answer, name="answer")]

handler404 = "disrupt.hotline.takedown.answers.page.not_found"
