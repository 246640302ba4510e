"""What the recording of the threat page says, in its catalogue's words: `scripts/voices.py` has it spoken."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext, override

from disrupt.hotline.intake.packaged import packaged


def said(language: str) -> list[str]:
    """The sentences, in their order; a number is in pairs of digits, as people say it."""
    with override(language):
        lines = [
            f"{_in_pairs(line['call'])}: {line['what'][language]}"
            for line in packaged("help-lines.json")["lines"]
            if line["call"]
        ]
        return [
            gettext("Somebody is threatening you"),
            gettext("It is not your fault. Do not pay, and send nothing more: paying does not make it stop."),
            gettext("Talk to somebody now"),
            *lines,
            gettext(
                "Stop answering, and delete nothing. Take screenshots of the messages and of the account, "
                "but never of an intimate picture of somebody under 18."
            ),
            gettext("Tell us: what you know is enough"),
            gettext("You need neither the photo nor an address. Leave empty what you do not know."),
            gettext("A person of our team reads threats before other reports, and writes back to you."),
        ]


def _in_pairs(number: str) -> str:
    return f"{number[:2]} {number[2:]}" if len(number) == 4 else number


def digest(language: str) -> str:
    """What tells a recording of other words."""
    return hashlib.sha256("\n".join(said(language)).encode()).hexdigest()
