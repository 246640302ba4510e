"""What can become of a notice, who it is for, and through what it goes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecipientKind(models.TextChoices):
    PHAROS = "pharos", _("Pharos (police)")
    HOST = "host", _("host")


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    FORM = "form", _("form filled by a person")


class NoticeState(models.TextChoices):
    SCHEDULED = "scheduled", _("scheduled")
    TASK = "task", _("waits for a person")
    SENDING = "sending", _("being sent: connecting")
    TRANSMITTING = "transmitting", _("being sent: transmitting")
    SENT = "sent", _("sent")
    UNCERTAIN = "uncertain", _("uncertain: perhaps sent")
    FAILED = "failed", _("failed")
    REFUSED = "refused", _("refused by the recipient’s server")
    CANCELLED = "cancelled", _("cancelled")


class Decision(models.TextChoices):
    REMOVED = "removed", _("removed")
    BLOCKED = "blocked", _("access blocked")
    DECLINED = "declined", _("declined")
    OTHER = "other", _("other")


S = NoticeState

# Nothing of it has left, so that it can be stopped without a doubt.
STOPPABLE = frozenset({S.SCHEDULED, S.TASK, S.SENDING, S.FAILED, S.REFUSED})
# A person may have it sent (again): with the same Message-ID, so that a second copy is known as one.
RESENDABLE = frozenset({S.UNCERTAIN, S.FAILED, S.REFUSED})
# A person must look: nothing more happens by itself.
NEEDS_PERSON = frozenset({S.TASK, S.UNCERTAIN, S.FAILED, S.REFUSED})


class WrongState(ValueError):
    """A notice in this state does not allow that."""
