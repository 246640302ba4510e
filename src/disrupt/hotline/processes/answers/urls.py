"""The answers' two addresses: the page, and where a provider hands mail over."""

from django.urls import path

from disrupt.hotline.takedown.answers import page, webhook

urlpatterns = [
    path("a/<str:key>/", page.answer, name="answer"),
    path("mail/", webhook.receive, name="mail"),
]

handler404 = "disrupt.hotline.takedown.answers.page.not_found"
