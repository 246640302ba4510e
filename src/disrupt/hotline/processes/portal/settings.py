"""The portal: public, seals what it receives and cannot open it."""

from disrupt.hotline.common.keys import older_secrets
from disrupt.hotline.intake.visit.policy import of_static_file
from disrupt.hotline.processes.base import *  # noqa: F403
from disrupt.hotline.processes.base import (
    HOUSE_APPS,
    KEYS_FOLDER,
    LOCALE_FOLDER,
    cookie,
    secret_for,
    templates,
)
from disrupt.hotline.processes.languages import TRANSLATED, languages

SECRET_KEY = secret_for("portal")
SECRET_KEY_FALLBACKS = older_secrets(KEYS_FOLDER, "portal")
ROOT_URLCONF = "disrupt.hotline.processes.portal.urls"
# The browser's language is chosen; English where it is none of ours, and where a sentence is not translated.
LANGUAGES = languages(LOCALE_FOLDER, TRANSLATED)
LANGUAGE_CODE = "en"
WSGI_APPLICATION = "disrupt.hotline.processes.portal.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    *HOUSE_APPS,
    "disrupt.hotline.intake.apps.IntakeConfig",
    "disrupt.hotline.insight.apps.InsightConfig",
]
MIDDLEWARE = [
    "disrupt.hotline.common.headers.SafeHeaders",
    "disrupt.hotline.intake.visit.limits.Lanes",
    "disrupt.hotline.intake.visit.compress.Compress",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "disrupt.hotline.common.still.Still",
    "disrupt.hotline.common.again.Again",
]
WHITENOISE_ADD_HEADERS_FUNCTION = of_static_file
TEMPLATES = templates("disrupt.hotline.intake.visit.context.portal")
# Nothing about a visit is kept on the server: the session is a signed cookie that ends with the browser.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = cookie("session")
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 2 * 3600
CSRF_COOKIE_NAME = cookie("csrf")
CSRF_COOKIE_AGE = None  # like the session: no cookie outlives the browser
STILL_VIEW = "disrupt.hotline.intake.visit.views.still"
CSRF_FAILURE_VIEW = "disrupt.hotline.intake.visit.views.csrf_failure"
# No view takes a file unless it installs the handler that seals; Django's own would write to a disk.
FILE_UPLOAD_HANDLERS = ["disrupt.hotline.intake.receiving.uploads.RefusingUploadHandler"]
# Text only; files are limited one by one as they arrive. More parts than this is no browser's form.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 500
