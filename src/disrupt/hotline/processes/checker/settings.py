"""The checker: looks at reported addresses; opens nothing that was sealed, serves nothing, sends no mail."""

from disrupt.hotline.processes.base import *  # noqa: F403
from disrupt.hotline.processes.base import HOUSE_APPS, secret_for, templates

SECRET_KEY = secret_for("checker")
ROOT_URLCONF = "disrupt.hotline.processes.worker.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    *HOUSE_APPS,
    "disrupt.hotline.takedown.apps.TakedownConfig",
]
MIDDLEWARE: list[str] = []
TEMPLATES = templates()
