"""The answers: one public page for recipients of notices; opens nothing that was sealed."""

from disrupt.hotline.processes.base import *  # noqa: F403
from disrupt.hotline.processes.base import HOUSE_APPS, cookie, secret_for, templates

SECRET_KEY = secret_for("answers")
ROOT_URLCONF = "disrupt.hotline.processes.answers.urls"
WSGI_APPLICATION = "disrupt.hotline.processes.answers.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    *HOUSE_APPS,
    "disrupt.hotline.takedown.apps.TakedownConfig",
]
MIDDLEWARE = [
    "disrupt.hotline.common.headers.SafeHeaders",
    "django.middleware.common.CommonMiddleware",
    "disrupt.hotline.common.still.Still",
    "django.middleware.csrf.CsrfViewMiddleware",
    "disrupt.hotline.common.again.Again",
]
TEMPLATES = templates()
CSRF_COOKIE_NAME = cookie("answers-csrf")
CSRF_COOKIE_AGE = None
STILL_VIEW = "disrupt.hotline.takedown.answers.page.still"
CSRF_FAILURE_VIEW = "disrupt.hotline.takedown.answers.page.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 0
