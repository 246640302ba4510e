"""Who does a thing, as services and the ledger name them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Somebody or something that acts: `kind` is what they are, `ref` an opaque reference (never a name)."""

    kind: str
    ref: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.ref}" if self.ref else self.kind


REPORTER = Actor("reporter")
WORKER = Actor("worker")
OPERATOR = Actor("operator")
STRANGER = Actor("stranger")


def named(text: str) -> Actor:
    """The actor that a row names, as `str` wrote it."""
    kind, _sep, ref = text.partition(":")
    return Actor(kind, ref)


def analyst(user_id: int) -> Actor:
    """The analyst with this account number."""
    return Actor("analyst", str(user_id))


def partner(partner_id: object) -> Actor:
    """The partner with this identifier."""
    return Actor("partner", str(partner_id))
