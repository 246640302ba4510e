"""The console: analysts only, behind the hotline's own network; may open what the portal sealed."""

from disrupt.hotline.common.keys import older_secrets
from disrupt.hotline.processes.base import *  # noqa: F403
from disrupt.hotline.processes.base import (
    HOUSE_APPS,
    INSECURE_LOOPBACK,
    KEYS_FOLDER,
    cookie,
    secret_for,
    templates,
)
from disrupt.hotline.processes.environment import env

SECRET_KEY = secret_for("console")
SECRET_KEY_FALLBACKS = older_secrets(KEYS_FOLDER, "console")
MAY_OPEN = True
ROOT_URLCONF = "disrupt.hotline.processes.console.urls"
WSGI_APPLICATION = "disrupt.hotline.processes.console.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "disrupt.hotline.review.apps.ReviewConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *HOUSE_APPS,
    "disrupt.hotline.correspondence.apps.CorrespondenceConfig",
    "disrupt.hotline.processing.apps.ProcessingConfig",
    "disrupt.hotline.takedown.apps.TakedownConfig",
    "disrupt.hotline.exchange.apps.ExchangeConfig",
    "disrupt.hotline.insight.apps.InsightConfig",
]
MIDDLEWARE = [
    "disrupt.hotline.common.headers.SafeHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "disrupt.hotline.review.middleware.Gate",
    "disrupt.hotline.common.still.Still",
    "disrupt.hotline.common.again.Again",
]
TEMPLATES = templates(
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "disrupt.hotline.review.context.everywhere",
)
SESSION_COOKIE_NAME = cookie("console")
CSRF_COOKIE_NAME = cookie("console-csrf")
# No longer than a session: it ends with the browser.
CSRF_COOKIE_AGE = None
DEVICE_COOKIE_NAME = cookie("device")
LANGUAGE_COOKIE_NAME = cookie("language")
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = True, "Strict"
LANGUAGE_COOKIE_SECURE = not INSECURE_LOOPBACK
# A session ends after half an hour without a request, and after a working day in any case.
SESSION_COOKIE_AGE = int(env("CONSOLE_IDLE_SECONDS", "1800"))
SESSION_SAVE_EVERY_REQUEST = True
CONSOLE_DAY_SECONDS = int(env("CONSOLE_SESSION_SECONDS", str(8 * 3600)))
# In these days and hours content is shown (`1-5 8-19`); empty: at any hour.
LOOK_HOURS = env("LOOK_HOURS")

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "disrupt.hotline.review.work.returned.csrf_failed"
STILL_VIEW = "disrupt.hotline.review.admin.still"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
# A file that is dropped into the search is hashed in memory: no content touches a disk here.
FILE_UPLOAD_HANDLERS = ["disrupt.hotline.review.waiting.dropped.InMemory"]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "disrupt.hotline.review.people.accounts.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Failed attempts are counted by review/people/attempts.py, in the database; the library's own counts are of
# this process. What is left of them is about people who are signed in.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password": None,
    "reset_password_from_key": None,
    "signup": None,
    "request_login_code": None,
    "confirm_email": None,
}
MFA_ADAPTER = "disrupt.hotline.review.people.accounts.SecondFactor"
MFA_RECOVERY_CODES_SHOW_ONCE = False
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "disrupt.hotline.review.people.second_factor.SignInForm",
    "reauthenticate": "disrupt.hotline.review.people.second_factor.ConfirmForm",
    "add_webauthn": "disrupt.hotline.review.people.passkeys.AddForm",
    "login_webauthn": "disrupt.hotline.review.people.passkeys.SignInForm",
    "authenticate_webauthn": "disrupt.hotline.review.people.passkeys.SecondForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Per network, which the library is not told: all would wait for whoever tries most.
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_TOTP_ISSUER = "Disrupt"
