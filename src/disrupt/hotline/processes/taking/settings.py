"""Taking in: reads pages that `disrupt relay` has fetched; opens nothing that was sealed, calls nobody."""

from disrupt.hotline.processes.base import *  # noqa: F403
from disrupt.hotline.processes.base import HOUSE_APPS, secret_for, templates

SECRET_KEY = secret_for("taking")
ROOT_URLCONF = "disrupt.hotline.processes.worker.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    *HOUSE_APPS,
    "disrupt.hotline.exchange.apps.ExchangeConfig",
]
MIDDLEWARE: list[str] = []
TEMPLATES = templates()
