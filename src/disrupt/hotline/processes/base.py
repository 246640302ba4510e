"""Settings that the four processes share; everything that an operator sets comes from the environment.

docs/operating.md lists every DISRUPT_* variable (a test keeps that list complete).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from disrupt.hotline.common.keys import django_secret
from disrupt.hotline.processes.database import database
from disrupt.hotline.processes.environment import env, env_days, env_flag, env_hours, env_list
from disrupt.hotline.processes.languages import TRANSLATED, UNREAD, languages
from disrupt.hotline.processes.logs import logging_at
from disrupt.hotline.processes.mail import *  # noqa: F403

VAR = Path(env("VAR", "var")).resolve()
KEYS_FOLDER = Path(env("KEYS", str(VAR / "keys"))).resolve()
STORE_FOLDER = Path(env("STORE", str(VAR / "store"))).resolve()
KEYSTORE_FOLDER = Path(env("KEYSTORE", str(VAR / "keystore"))).resolve()
# Whole contents go into this bucket instead, if there is one; what is on its way in, and all keys, never do.
S3_BUCKET, S3_URL = env("S3_BUCKET"), env("S3_URL")
S3_REGION = env("S3_REGION", "us-east-1")
S3_ACCOUNT, S3_SECRET = env("S3_ACCOUNT"), env("S3_SECRET")
# Whether portal, console and worker are accounts of their own, in the group whose the two stores are.
STORE_SHARED = env_flag("STORE_SHARED")

# Where the keyholder is asked for a review key that several people bring in, and who is given it.
KEYHOLDER = Path(env("KEYHOLDER", str(VAR / "keyholder.socket"))).resolve()
KEYHOLDER_GIVES_TO = env_list("KEYHOLDER_GIVES_TO", "disrupt-console,disrupt-worker")

# True only for a demonstration on this machine: plain HTTP, and a clock that can be moved.
INSECURE_LOOPBACK = env_flag("INSECURE_LOOPBACK")
CLOCK_FILE: Path | None = Path(env("CLOCK_FILE")).resolve() if env("CLOCK_FILE") else None

DEBUG = False
ALLOWED_HOSTS = env_list("HOSTS", "127.0.0.1,localhost")
MAY_OPEN = False
# Whether this process speaks to programs: what cannot be read is then answered in the API's shape.
SPEAKS_TO_PROGRAMS = False


def secret_for(process: str) -> str:
    return django_secret(KEYS_FOLDER, process)


DATABASES = {"default": database(env("DATABASE"), VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A hotline's own catalogues add languages, and win over the packaged words (docs/pages.md).
LOCALE_FOLDER: Path | None = Path(env("LOCALE_FOLDER")).resolve() if env("LOCALE_FOLDER") else None
LOCALE_PATHS = [LOCALE_FOLDER] if LOCALE_FOLDER else []
LANGUAGES = languages(LOCALE_FOLDER)
TRANSLATED_LANGUAGES, UNREAD_LANGUAGES = TRANSLATED, UNREAD
LANGUAGE_CODE = "fr"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["disrupt.hotline.processes.formats"]
TIME_ZONE = env("TIME_ZONE", "Europe/Paris")

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
# Other sites have no business with our files, not even to find out whether a browser has them.
WHITENOISE_ALLOW_ALL_ORIGINS = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not INSECURE_LOOPBACK
# Our own proxy is in front: what it says of the protocol and of the network is believed, and only then.
BEHIND_PROXY = env_flag("BEHIND_PROXY")
# From these peers, and no others, X-Forwarded-For is read (addresses or networks).
PROXIES = env_list("PROXIES", "127.0.0.0/8,::1")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None


def cookie(name: str) -> str:
    """A cookie name; `__Host-` pins it to this host over TLS (browsers refuse that prefix on plain HTTP)."""
    return name if INSECURE_LOOPBACK else f"__Host-{name}"


# Argon2id for case codes (RFC 9106): about a tenth of a second and 64 MiB a guess.
CODE_ARGON2_OPS = 3
CODE_ARGON2_BYTES = 64 * 1024 * 1024

# Retention: docs/law.md. Personal data go two weeks after a case is closed; abandoned uploads after a day.
KEEP_PERSONAL_DATA = env_hours("KEEP_PERSONAL_DATA_HOURS", 14 * 24)
KEEP_ABANDONED = env_hours("KEEP_ABANDONED_HOURS", 24)
# Texts and contact of a case that does not end; the person is told two weeks before, and prolongs it.
KEEP_OPEN = env_days("OPEN_DAYS", 183)
# The longest that a proof is kept; it is destroyed with its case, or when the person says, if that is sooner.
KEEP_PROOFS = env_days("PROOF_DAYS", 183)
STOP_WAIT = env_days("STOP_WAIT_DAYS", 14)  # for the holder of the code to say no (docs/adr/0041)
# Hashes of a withdrawn entry, and partners' words on what is not in the bank (docs/adr/0013).
KEEP_WITHDRAWN = env_days("WITHDRAWN_DAYS", 30)
KEEP_PARTNERS_WORDS = env_days("PARTNERS_WORDS_DAYS", 90)
# So many proposed hashes, and as many words on hashes, are kept of one partner.
PARTNERS_WORDS_MOST = int(env("PARTNERS_WORDS_MOST", "200000"))

MAX_UPLOAD_BYTES = int(env("MAX_UPLOAD_BYTES", str(1024**3)))
MAX_FILES = 50
# Without JavaScript a form cannot be resumed: what would be lost with the connection is kept bearable.
MAX_FORM_FILE_BYTES = min(MAX_UPLOAD_BYTES, int(env("MAX_FORM_FILE_BYTES", str(100 * 1024**2))))
UPLOADS_COOKIE_NAME = cookie("files")
# By which a partner's administrator is known on the account's pages of the exchange.
PARTNER_COOKIE = cookie("partner")
# Of the portal's threads, so many may be busy with uploads; the others keep the pages answering.
UPLOADS_AT_ONCE = 64
# Of one sending; more can be added with the code. Whoever pastes more is told, and loses none.
MAX_URLS = 500
# Of one case, all kinds together, withdrawn ones too; then a second report goes on.
MAX_ITEMS = 2000
MAX_MESSAGES_AN_HOUR = int(env("MAX_MESSAGES_AN_HOUR", "30"))
# Where the portal's quick exit leads: something that anybody might be reading.
EXIT_URL = env("EXIT_URL", "https://www.wikipedia.org/")

# So long a decision can be undone; nothing follows from it before.
UNDO_WAIT = dt.timedelta(minutes=float(env("UNDO_MINUTES", "10")))

# A second person is asked, unseen, where an urgent case would be refused, about an analyst's first decisions,
# and about so many in a hundred drawn by chance; what is illegal and not urgent waits so long for the answer.
SECOND_OPINIONS = env("SECOND_OPINIONS", "1") != "0"
SECOND_FIRST = int(env("SECOND_FIRST", "20"))
SECOND_SAMPLE = float(env("SECOND_SAMPLE_PERCENT", "2"))
SECOND_WAIT = env_hours("SECOND_WAIT_HOURS", 4)

# So long a case is one analyst's after the last sign that they work on it.
CLAIM_TIME = dt.timedelta(minutes=float(env("CLAIM_MINUTES", "15")))

# Within so many hours somebody should have looked at a case of priority P0, P1, P2, P3 (docs/operating.md).
TARGETS = tuple(dt.timedelta(hours=float(hours)) for hours in env_list("TARGET_HOURS", "2,24,72,168"))

# Hashes of parts of each banked picture: find deep crops, tell more about the picture (docs/adr/0004).
DERIVED_ENTRIES = env_flag("DERIVED_ENTRIES")

# Fingerprints that nobody has seen (made on a device): so many of one report, and so many in any 24 hours,
# are offered at once; the others wait for a person.
UNSEEN_A_REPORT = int(env("UNSEEN_A_REPORT", "10"))
UNSEEN_A_DAY = int(env("UNSEEN_A_DAY", "200"))

# What must hold a decoder in; without one of them no file is decoded (docs/threat-model.md).
DECODERS_REQUIRE = env_list("DECODERS_REQUIRE", "seccomp,no_new_privileges,unprivileged,resource_limits")

# Whose law the categories of this hotline's entries are of (ISO 3166): partners may choose by it.
JURISDICTION = env("JURISDICTION", "FR")

# Changes of the bank are told to partners in shuffled batches at these times of the clock; 0: each at once.
# An addition waits for so many batches more rather than stand beside another of its case.
OFFER_EVERY = dt.timedelta(minutes=int(env("OFFER_EVERY_MINUTES", "15")))
OFFER_SPREAD = int(env("OFFER_SPREAD", "2"))
# The most urgent cases do not wait, and their moment is known to the minute.
OFFER_URGENT_AT_ONCE = env_flag("OFFER_URGENT_AT_ONCE")

# The other lists that are taken in, by which rules (JSON; docs/federation.md), and the folder in which
# `disrupt relay` lays down what it has fetched of them.
TAKE_FROM: Path | None = Path(env("TAKE_FROM")).resolve() if env("TAKE_FROM") else None
TAKEN_FOLDER = Path(env("TAKEN", str(VAR / "taken"))).resolve()

# Look-ups of a key that matches with us instead of holding the list (twice as many at once); its uploads.
LOOK_UPS_A_SECOND = int(env("LOOK_UPS_A_SECOND", "20000"))
UPLOADS_A_MINUTE, MATCH_UPLOAD_MIB = int(env("UPLOADS_A_MINUTE", "120")), int(env("MATCH_UPLOAD_MIB", "64"))
# An entry that matched so often at one partner within a day is set aside until a person has looked; of one
# partner's word so many entries a day, further ones stay on while a person looks.
FLOOD_AFTER = int(env("FLOOD_AFTER", "500"))
SET_ASIDE_A_DAY = int(env("SET_ASIDE_A_DAY", "20"))
# Whether a thread of this process follows the list to match against; elsewhere whoever asks takes changes in.
MATCH_FOLLOWS = False
QUICK = ""  # who answers small requests in the server's own loop (processes/desk.py)
NEWS = MAY_WAIT = ""  # what tells the newest number, and who may wait for it (processes/waiting.py)
TELLS = ""  # who answers those who waited, all together (processes/telling.py)

# Who is told when something is wrong (the process “watch”), and from when on it is.
ALERT_EMAIL = env("ALERT_EMAIL")
ALERT_WEBHOOK = env("ALERT_WEBHOOK")
ALERT_WEBHOOK_SECRET = env("ALERT_WEBHOOK_PASSWORD")
ALERT_P0_MINUTES = float(env("ALERT_P0_MINUTES", "60"))
# Of the time in which somebody should have looked: when so much is over, somebody is told.
ALERT_TARGET_SHARE = float(env("ALERT_TARGET_PERCENT", "75")) / 100
ALERT_REPORTS_AN_HOUR = int(env("ALERT_REPORTS_AN_HOUR", "500"))
# A backup that is older is an alarm; 0 where backups are made by other means.
BACKUP_EVERY_HOURS = float(env("BACKUP_EVERY_HOURS", "26"))
# So long a backup is kept; what was taken back and erased since then stands in a list that travels apart.
KEEP_BACKUPS = env_days("KEEP_BACKUPS_DAYS", 30)
ERASURES_FILE = Path(env("ERASURES", str(VAR / "erasures.log"))).resolve()
# The certificate that the TLS proxy shows, as PEM: its last days are an alarm.
CERTIFICATE: Path | None = Path(env("CERTIFICATE")).resolve() if env("CERTIFICATE") else None
# What the law asks a site to say about who runs it; shown on the page of legal information.
LEGAL_PUBLISHER = env("LEGAL_PUBLISHER")
LEGAL_ADDRESS = env("LEGAL_ADDRESS")
LEGAL_DIRECTOR = env("LEGAL_DIRECTOR")
LEGAL_HOST = env("LEGAL_HOST")
DATA_PROTECTION_EMAIL = env("DATA_PROTECTION_EMAIL")
# The hotline's own help pages, over the packaged ones (docs/pages.md).
PAGES_FOLDER: Path | None = Path(env("PAGES_FOLDER")).resolve() if env("PAGES_FOLDER") else None
# A hotline's own languages of notices, a file each (docs/law.md).
NOTICE_LANGUAGES: Path | None = Path(env("NOTICE_LANGUAGES")).resolve() if env("NOTICE_LANGUAGES") else None
# The hotline's own recipients of notices (JSON; docs/law.md); the packaged ones are examples.
RECIPIENTS_FILE: Path | None = Path(env("RECIPIENTS_FILE")).resolve() if env("RECIPIENTS_FILE") else None
# The hotline's account at Cloudflare, to report through its interface; none: a person fills the form.
CLOUDFLARE_ACCOUNT = env("CLOUDFLARE_ACCOUNT")
CLOUDFLARE_TOKEN = env("CLOUDFLARE_TOKEN")
CLOUDFLARE_URL = env("CLOUDFLARE_URL", "https://api.cloudflare.com/client/v4")
# Where the lists of registries are that say who holds a network or a name; none: no registry is asked.
RDAP_LISTS = env("RDAP_LISTS", "" if INSECURE_LOOPBACK else "https://data.iana.org/rdap/")
# Whether looks compare a page's pictures with the case's fingerprints; minors' only where the hotline may.
CHECK_MEDIA = env("CHECK_MEDIA", "1") != "0"
CHECK_MINORS_MEDIA = env_flag("CHECK_MINORS_MEDIA")
# A proxy in another country, through which “gone” and “blocked” are looked at once more (docs/law.md).
SECOND_EGRESS = env("SECOND_EGRESS")
# Beside the public network, what a demonstration or a test on this machine looks at: “127.0.0.1:8080”.
REACHABLE = env_list("REACHABLE", "")
PORTAL_URL = env("PORTAL_URL", "http://127.0.0.1:8000")

LOGGING = logging_at(env("LOG_LEVEL", "INFO"))

HOUSE_APPS = [
    "disrupt.hotline.common.apps.CommonConfig",
    "disrupt.hotline.tally.apps.TallyConfig",
    "disrupt.hotline.cases.apps.CasesConfig",
    "disrupt.hotline.bank.apps.BankConfig",
]


def templates(*context_processors: str) -> list[dict[str, Any]]:
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.template.context_processors.i18n",
                    *context_processors,
                ]
            },
        }
    ]
