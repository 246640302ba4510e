"""What can become of a notice, who it is for, and through what it goes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecipientKind(models.TextChoices):
    PHAROS = "pharos", _("Pharos (police)")
    HOST = "host", _("host")
    NETWORK = "network", _("network or registrar")
    REGULATOR = "regulator", _("regulator")
    SEARCH = "search", _("search engine")
    PROSECUTOR = "prosecutor", _("public prosecutor")
    COUNSEL = "counsel", _("lawyer")


class Step(models.TextChoices):
    """What of an address's plan a notice is."""

    POLICE = "police", _("report to the police")
    HOST = "host", _("notice to the host")
    REMINDER = "reminder", _("reminder to the host")
    SECOND = "second", _("notice to another contact of the host")
    NETWORK = "network", _("notice to the network")
    REGULATOR = "regulator", _("complaint to the regulator")
    SEARCH = "search", _("de-listing by a search engine")
    TAKE_DOWN = "take_down", _("request under the TAKE IT DOWN Act")
    FTC = "ftc", _("complaint to the Federal Trade Commission")
    FLAGGER = "flagger", _("notice to the contact for trusted flaggers")
    APPEAL = "appeal", _("complaint with the platform itself")
    PROSECUTOR = "prosecutor", _("report to the public prosecutor")
    COURT = "court", _("instruction to the lawyer: a court order")
    POLICE_AGAIN = "police_again", _("report to the police, again")


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    CLOUDFLARE = "cloudflare", _("Cloudflare’s interface")
    GUARD = "guard", _("signed notice to the site’s guard")
    FORM = "form", _("form filled by a person")


class NoticeState(models.TextChoices):
    SCHEDULED = "scheduled", pgettext_lazy("notice", "scheduled")
    TASK = "task", _("waits for a person")
    SENDING = "sending", _("being sent: connecting")
    TRANSMITTING = "transmitting", _("being sent: transmitting")
    SENT = "sent", pgettext_lazy("notice", "sent")
    UNCERTAIN = "uncertain", _("uncertain: perhaps sent")
    FAILED = "failed", pgettext_lazy("notice", "failed")
    REFUSED = "refused", _("refused by the recipient’s server")
    CANCELLED = "cancelled", pgettext_lazy("notice", "cancelled")


class Decision(models.TextChoices):
    REMOVED = "removed", pgettext_lazy("decision", "removed")
    BLOCKED = "blocked", _("access blocked")
    DECLINED = "declined", pgettext_lazy("decision", "declined")
    OTHER = "other", pgettext_lazy("decision", "other")


class Refusal(models.TextChoices):
    """Why a recipient refuses, as few words as can be counted; its own words stay in the notice."""

    LAWFUL = "lawful", _("it is not illegal")
    CONSENT = "consent", _("the person agreed to it")
    ANOTHER = "another", _("what is there is something else")
    UNPROVEN = "unproven", _("the notice does not show enough")
    PUBLIC = "public", _("the public has an interest in it")
    OBJECTED = "objected", _("whoever put it there objected")
    UNABLE = "unable", _("it could not be acted on")


S = NoticeState

# For what Cloudflare's interface has a type; for the others another way is found.
CLOUDFLARE_ADULTS = frozenset({"NCII-DIF", "NCII-CAP", "DEEP-SEX", "VOY", "VIO-REC"})
CLOUDFLARE_MINORS = frozenset({"MIN-CSAM"})
# Prepared by the plan, sent by a person with one key (a complaint to the regulator has a key of its own).
PREPARED = frozenset({Step.APPEAL, Step.PROSECUTOR, Step.COURT, Step.POLICE_AGAIN})
# What leaves with its signed file only, which a person makes.
WITH_FILE = frozenset({Step.REGULATOR, Step.PROSECUTOR, Step.COURT})
# What goes by itself; and of that, where a lost answer can be asked for.
BY_ITSELF = frozenset({Channel.EMAIL, Channel.CLOUDFLARE, Channel.GUARD})
RECONCILED = frozenset({Channel.CLOUDFLARE})

# To whoever hosts it: the notices, and with the reminders.
FIRST_TO_HOSTS = (Step.HOST, Step.SECOND)
TO_HOSTS = (*FIRST_TO_HOSTS, Step.REMINDER)
# What a host did, as two looks agree.
REMOVED = "removed"

# Nothing of it has left, so that it can be stopped without a doubt.
STOPPABLE = frozenset({S.SCHEDULED, S.TASK, S.SENDING, S.FAILED, S.REFUSED})
# A person may have it sent (again): with the same Message-ID, so that a second copy is known as one.
RESENDABLE = frozenset({S.UNCERTAIN, S.FAILED, S.REFUSED})
# A person must look: nothing more happens by itself.
NEEDS_PERSON = frozenset({S.TASK, S.UNCERTAIN, S.FAILED, S.REFUSED})


class WrongState(ValueError):
    """A notice in this state does not allow that."""
