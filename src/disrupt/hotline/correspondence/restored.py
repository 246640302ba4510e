"""What is said to a person whose files or words were lost with a machine."""

from __future__ import annotations

from django.utils.translation import gettext


def words(*, files: bool) -> str:
    """In the language in force; `files` where files are among what was lost, and not only texts."""
    lines = [
        gettext("Our machine broke down, and we started again from a copy."),
        gettext(
            "We never copy files, words and addresses that were sent to us: nobody else can have them. "
            "But what we had not treated yet was lost with the machine."
        ),
    ]
    if files:
        lines.append(
            gettext("If you want us to go on, please send your files again: with your code, “Add something”.")
        )
    lines.append(
        gettext(
            "If you told us something in words, or left an e-mail address or a telephone number, "
            "please tell us again. We are sorry."
        )
    )
    return "\n\n".join(lines)
