"""Every app at once: for migrations, management commands, type checking and tests; never served."""

from disrupt.hotline.processes.base import HOUSE_APPS
from disrupt.hotline.processes.console.settings import *  # noqa: F403

ROOT_URLCONF = "disrupt.hotline.processes.console.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "disrupt.hotline.review.apps.ReviewConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *HOUSE_APPS,
    "disrupt.hotline.correspondence.apps.CorrespondenceConfig",
    "disrupt.hotline.processing.apps.ProcessingConfig",
    "disrupt.hotline.intake.apps.IntakeConfig",
    "disrupt.hotline.takedown.apps.TakedownConfig",
    "disrupt.hotline.exchange.apps.ExchangeConfig",
    "disrupt.hotline.insight.apps.InsightConfig",
]
