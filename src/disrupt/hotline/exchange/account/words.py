"""What a key may, in words for a partner's administrator; a test holds this against the scopes there are."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from disrupt.hotline.exchange.door.scopes import Scope

SCOPES: dict[str, Any] = {
    Scope.FEED_READ: _("read the list"),
    Scope.MINORS_READ: _("get entries of minors"),
    Scope.DECLARED_READ: _("get entries that nobody has looked at"),
    Scope.SHARED_READ: _("get entries that partners have told us of"),
    Scope.DERIVED_READ: _("get hashes of parts of pictures"),
    Scope.STOPNCII_READ: _("read the list by the StopNCII protocol"),
    Scope.FEEDBACK_WRITE: _("say what was found"),
    Scope.HASHES_SUBMIT: _("propose fingerprints"),
    Scope.FIGURES_READ: _("read your figures"),
    Scope.MATCH_ASK: _("ask whether fingerprints are on the list"),
    Scope.PRIVATE_ASK: _("ask without telling what about"),
    Scope.MATCH_UPLOAD: _("ask about a picture or film itself"),
    Scope.KEY_ROTATE: _("put another key in its own place"),
    Scope.ACCOUNT_MANAGE: _("open this page"),
}
PROBLEMS: dict[str, Any] = {
    "forbidden": _("its address is not on the public network, or not reached by https"),
    "name": _("its name leads nowhere"),
    "tls": _("its certificate is not good"),
    "slow": _("it did not answer within ten seconds"),
    "connection": _("there was no connection"),
}
"""Why a webhook was not taken; what it answered is said as it is."""

DONE: dict[str, Any] = {
    "ended": _("The key works no more."),
    "out": _("You are signed out."),
    "hook": _("The webhook is made. It is told what happens from now on."),
    "removed": _("The webhook is removed."),
    "resumed": _("It is tried again now."),
    "test": _("The test is on its way: load this page again to see whether it was taken."),
}
