"""The exchange: partners' API; reads the bank, and holds no content but an upload that is asked about."""

from disrupt.hotline.processes.base import *  # noqa: F403
from disrupt.hotline.processes.base import DATABASES, HOUSE_APPS, VAR, cookie, secret_for, templates
from disrupt.hotline.processes.database import database
from disrupt.hotline.processes.environment import env

SECRET_KEY = secret_for("exchange")
ROOT_URLCONF = "disrupt.hotline.processes.exchange.urls"
WSGI_APPLICATION = "disrupt.hotline.processes.exchange.wsgi.application"
INSTALLED_APPS = [*HOUSE_APPS, "disrupt.hotline.exchange.apps.ExchangeConfig"]
MIDDLEWARE = [
    "disrupt.hotline.common.headers.SafeHeaders",
    # Answers to programs echo nothing but a cursor: compressing them tells nothing (BREACH). Pages are not.
    "disrupt.hotline.exchange.door.packed.Packed",
    "django.middleware.common.CommonMiddleware",
    "disrupt.hotline.common.still.Still",
]
TEMPLATES = templates()
CSRF_COOKIE_NAME = cookie("account-csrf")
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "disrupt.hotline.exchange.account.pages.csrf_failure"
STILL_VIEW = "disrupt.hotline.exchange.views.still"
APPEND_SLASH = False
SPEAKS_TO_PROGRAMS = True
# A standby of the same database: pages of the list are read there while it is in step (exchange/standby.py).
if env("REPLICA", ""):
    DATABASES = {**DATABASES, "standby": database(env("REPLICA"), VAR)}
MATCH_FOLLOWS = True
QUICK = "disrupt.hotline.exchange.match.quick.QUICK"
NEWS = "disrupt.hotline.bank.queries.last_seq"
MAY_WAIT = "disrupt.hotline.exchange.door.recently.may_wait"
TELLS = "disrupt.hotline.exchange.news.NEWS"
