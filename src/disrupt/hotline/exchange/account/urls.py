"""The addresses of the account's pages."""

from django.urls import path, re_path

from disrupt.hotline.exchange.account import hookpages, pages

_IN = r"^(?P<language>fr|en)"
_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_KEY, _HOOK = r"/keys/(?P<key_id>" + _ID, r"/webhooks/(?P<hook_id>" + _ID

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
    re_path(_IN + r"/webhooks/$", hookpages.make, name="account-hook"),
    re_path(_IN + _HOOK + r"/test/$", hookpages.test, name="account-hook-test"),
    re_path(_IN + _HOOK + r"/go-on/$", hookpages.go_on, name="account-hook-go-on"),
    re_path(_IN + _HOOK + r"/remove/$", hookpages.remove, name="account-hook-remove"),
]
