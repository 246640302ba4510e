"""What a decoder sent back, checked as what a hostile program might have sent.

A decoder that was taken over by its input is one.
"""

from __future__ import annotations

from disrupt.fingerprint._confined import _wire
from disrupt.fingerprint.errors import BY_NAME, FingerprintError, SandboxFailure
from disrupt.fingerprint.tasks import Answer

_MESSAGE_LENGTH = 400


def checked(message: _wire.Message) -> Answer:
    """The answer, or the error that it carries, in our own words where theirs cannot be ours."""
    name = message.values.get("error")
    if name is None:
        values = message.values.get("values")
        if not isinstance(values, dict):
            raise SandboxFailure("the decoder gave no answer: the file is damaged or hostile")
        return Answer(values, message.blob)
    kind: type[FingerprintError] = BY_NAME.get(str(name), SandboxFailure)
    text = "".join(c for c in str(message.values.get("message", "")) if c.isprintable())[:_MESSAGE_LENGTH]
    raise kind(text or "the decoder refused the file")
