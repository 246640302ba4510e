"""The watch and the status: count rows and look at the clock; hold no key that opens anything."""

from disrupt.hotline.processes.base import *  # noqa: F403
from disrupt.hotline.processes.base import HOUSE_APPS, secret_for, templates

SECRET_KEY = secret_for("watch")
ROOT_URLCONF = "disrupt.hotline.processes.worker.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    *HOUSE_APPS,
    "disrupt.hotline.takedown.apps.TakedownConfig",
    "disrupt.hotline.exchange.apps.ExchangeConfig",
]
MIDDLEWARE: list[str] = []
TEMPLATES = templates()
