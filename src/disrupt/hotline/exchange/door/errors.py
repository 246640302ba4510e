"""Every error of the API: its code, its HTTP status, and what the caller should do (see docs/api.md)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ErrorKind:
    """A code of the API, with the status it is sent under and a hint."""

    status: int
    hint: str


ERRORS: dict[str, ErrorKind] = {
    "bad_request": ErrorKind(400, "Check the host name, the path and the encoding of the request."),
    "bad_parameter": ErrorKind(400, "See docs/api.md for the parameter's type and range."),
    "unknown_parameter": ErrorKind(400, "Remove it: see docs/api.md for the parameters of this address."),
    "bad_body": ErrorKind(400, "Send the JSON body that docs/api.md describes; nothing was stored."),
    "missing_key": ErrorKind(401, "Send the key in the header that docs/api.md names for this address."),
    "invalid_key": ErrorKind(401, "Check that the whole key was copied; ask the hotline for a new one."),
    "expired_key": ErrorKind(401, "Ask the hotline for a new key."),
    "revoked_key": ErrorKind(401, "Ask the hotline for a new key."),
    "partner_suspended": ErrorKind(403, "Contact the hotline."),
    "missing_scope": ErrorKind(403, "Ask the hotline for a key with this scope."),
    "not_found": ErrorKind(404, "See docs/api.md for the addresses."),
    "method_not_allowed": ErrorKind(405, "Use a method of the Allow header."),
    "cursor_ahead": ErrorKind(
        409,
        "The hotline's bank went back (it was restored from a backup). Start again from the beginning: "
        "`disrupt sync --from-start`, or `tx fetch --clear` and `tx fetch`.",
    ),
    "other_history": ErrorKind(
        409,
        "You and this exchange do not have the same log. Keep what you verified (`disrupt heads show`), and "
        "tell the hotline by another way.",
    ),
    "no_room": ErrorKind(
        409, "Take back what you no longer stand by, wait until older words have ended, or ask the hotline."
    ),
    "turned_over": ErrorKind(409, "Use the key that was made; if it is not yours, tell the hotline at once."),
    "key_reused": ErrorKind(422, "Send another request under another Idempotency-Key."),
    "uri_too_long": ErrorKind(414, "Send a shorter address: see docs/api.md for the parameters."),
    "headers_too_large": ErrorKind(431, "Send fewer or shorter headers."),
    "body_too_large": ErrorKind(413, "Send fewer records in one request, or a smaller file."),
    "too_many_requests": ErrorKind(429, "Wait as many seconds as the Retry-After header says."),
    "internal_error": ErrorKind(500, "Try again; if it lasts, contact the hotline."),
    "unavailable": ErrorKind(503, "Try again after as many seconds as the Retry-After header says."),
}


class ApiError(Exception):
    """An answer other than the one asked for: a code of ERRORS and a sentence about this request."""

    def __init__(self, code: str, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.headers = code, message, headers or {}
        self.kind = ERRORS[code]

    @property
    def shape(self) -> dict[str, object]:
        """Problem details (RFC 9457) with a member `error` (code, message, hint): how this API says no."""
        return {
            "type": f"urn:disrupt:error:{self.code}",
            "title": self.code.replace("_", " "),
            "status": self.kind.status,
            "detail": self.message,
            "error": {"code": self.code, "message": self.message, "hint": self.kind.hint},
        }
