"""The worker: fingerprints, destroys, notifies; serves nothing."""

from disrupt.hotline.processes.base import *  # noqa: F403
from disrupt.hotline.processes.base import HOUSE_APPS, secret_for, templates

SECRET_KEY = secret_for("worker")
MAY_OPEN = True
ROOT_URLCONF = "disrupt.hotline.processes.worker.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "disrupt.hotline.review.apps.ReviewConfig",
    *HOUSE_APPS,
    "disrupt.hotline.correspondence.apps.CorrespondenceConfig",
    "disrupt.hotline.processing.apps.ProcessingConfig",
    "disrupt.hotline.intake.apps.IntakeConfig",
    "disrupt.hotline.takedown.apps.TakedownConfig",
    "disrupt.hotline.exchange.apps.ExchangeConfig",
    "disrupt.hotline.insight.apps.InsightConfig",
]
MIDDLEWARE: list[str] = []
TEMPLATES = templates()
