"""Settings of mail: what goes out, what comes back, and who is written to."""

from __future__ import annotations

from pathlib import Path

from disrupt.hotline.processes.environment import env, env_flag, env_list

# Outgoing mail: the only transport to the police platform, hosts and reporters.
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env("SMTP_HOST", "127.0.0.1")
EMAIL_PORT = int(env("SMTP_PORT", "25"))
EMAIL_HOST_USER = env("SMTP_USER")
EMAIL_HOST_PASSWORD = env("SMTP_PASSWORD")
EMAIL_USE_TLS = env_flag("SMTP_STARTTLS")
EMAIL_TIMEOUT = 30
HOTLINE_NAME = env("HOTLINE_NAME", "Disrupt")
HOTLINE_EMAIL = env("HOTLINE_EMAIL", "notices@hotline.example")
# Mail to reporters says “something is new” and nothing else: from an address that says nothing either.
CONTACT_EMAIL = env("CONTACT_EMAIL", HOTLINE_EMAIL)
CONTACT_SHOWS_ADDRESS = env_flag("CONTACT_SHOWS_ADDRESS")
TELL_REPORTER_OF = env_list(
    "TELL_REPORTER_OF",
    "message.answered,item.qualified,item.removed,item.back_online,item.protected,item.taken_off,item.held,item.not_offered,texts.ending,"
    "item.stays,item.stop_asked,case.closed",
)
# No mail to a reporter in these hours of TIME_ZONE, unless they asked for it at any hour; “none” for none.
QUIET_HOURS = env("QUIET_HOURS", "21-8")
# When people of ours read reports: days of the week and hours of TIME_ZONE. Unset, the pages promise no hour.
TEAM_HOURS = env("TEAM_HOURS")
# What comes back: the return address (a token is added after a +), and the Maildir it is delivered to.
BOUNCE_EMAIL = env("BOUNCE_EMAIL")
BOUNCE_MAILDIR: Path | None = Path(env("BOUNCE_MAILDIR")).resolve() if env("BOUNCE_MAILDIR") else None
# The return address of notices (a name is added after a +), and the Maildir that what comes back is
# delivered to.
ANSWERS_EMAIL = env("ANSWERS_EMAIL")
ANSWERS_MAILDIR: Path | None = Path(env("ANSWERS_MAILDIR")).resolve() if env("ANSWERS_MAILDIR") else None
# Or the mailbox on another machine in which it arrives (IMAP; other ports than 993 ask for TLS).
ANSWERS_IMAP_HOST = env("ANSWERS_IMAP_HOST")
ANSWERS_IMAP_PORT = int(env("ANSWERS_IMAP_PORT", "993"))
ANSWERS_IMAP_USER = env("ANSWERS_IMAP_USER")
ANSWERS_IMAP_PASSWORD = env("ANSWERS_IMAP_PASSWORD")
ANSWERS_IMAP_FOLDER = env("ANSWERS_IMAP_FOLDER", "INBOX")
# Or handed over by a mail provider to the process “answers”, signed with this secret.
ANSWERS_WEBHOOK_SECRET = env("ANSWERS_WEBHOOK_SECRET")
# Where recipients answer notices on a page of their own (the process “answers”); none: by mail only.
ANSWERS_URL = env("ANSWERS_URL")
PHAROS_EMAIL = env("PHAROS_EMAIL", "pharos@police.example")
