"""The addresses of the account's pages."""

from django.urls import path, re_path

from disrupt.hotline.exchange.account import pages

_IN = r"^(?P<language>fr|en)"
_KEY = r"/keys/(?P<key_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

urlpatterns = [
    path("", pages.begin, name="account-begin"),
    path("style.css", pages.style, name="account-style"),
    path("test-picture.png", pages.test_picture, name="account-picture"),
    re_path(_IN + r"/$", pages.account, name="account"),
    re_path(_IN + r"/sign-in/$", pages.sign_in, name="account-sign-in"),
    re_path(_IN + r"/sign-out/$", pages.sign_out, name="account-sign-out"),
    re_path(_IN + _KEY + r"/more/$", pages.make, name="account-make"),
    re_path(_IN + _KEY + r"/rotate/$", pages.rotate, name="account-rotate"),
    re_path(_IN + _KEY + r"/end/$", pages.end, name="account-end"),
]
