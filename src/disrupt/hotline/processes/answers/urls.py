"""The answers' addresses: the page and its style, and where a provider hands mail over."""

from django.urls import path

from disrupt.hotline.takedown.answers import page, webhook

urlpatterns = [
    path("a/style.css", page.style, name="answer-style"),
    path("a/<str:key>/", page.answer, name="answer"),
    path("mail/", webhook.receive, name="mail"),
]

handler404 = "disrupt.hotline.takedown.answers.page.not_found"
