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
    Scope.MATCH_UPLOAD: _("ask about a picture or film itself"),
    Scope.KEY_ROTATE: _("put another key in its own place"),
    Scope.ACCOUNT_MANAGE: _("open this page"),
}
DONE: dict[str, Any] = {
    "ended": _("The key works no more."),
    "out": _("You are signed out."),
}
