"""What a key may do, as `scope:resource:action` names."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One permission of a partner's key."""

    FEED_READ = "exchange:feed:read"
    MINORS_READ = "exchange:minors:read"
    DECLARED_READ = "exchange:declared:read"
    SHARED_READ = "exchange:shared:read"
    DERIVED_READ = "exchange:derived:read"
    STOPNCII_READ = "exchange:stopncii:read"
    FEEDBACK_WRITE = "exchange:feedback:write"
    HASHES_SUBMIT = "exchange:hashes:submit"
    FIGURES_READ = "exchange:figures:read"
    MATCH_ASK = "exchange:match:ask"
    MATCH_UPLOAD = "exchange:match:upload"
    PRIVATE_ASK = "exchange:private:ask"
    KEY_ROTATE = "exchange:key:rotate"
    ACCOUNT_MANAGE = "exchange:account:manage"


class UnknownScope(ValueError):
    """No such scope; the sentence lists those there are."""


def parse_scopes(names: list[str]) -> tuple[Scope, ...]:
    """The scopes of these names, each once, in the order of the enumeration. Raises UnknownScope."""
    unknown = sorted(set(names) - set(Scope))
    if unknown or not names:
        named = f"There is no scope {', '.join(unknown)}." if unknown else "A key needs at least one scope."
        raise UnknownScope(f"{named} The scopes are: {', '.join(Scope)}.")
    return tuple(scope for scope in Scope if scope in names)
