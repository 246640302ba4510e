"""The question where it is online: addresses typed one by one, or pasted together; nothing of it is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from disrupt.hotline.intake.asking import addresses, kinds, pasted
from disrupt.hotline.intake.asking.forms import Question
from disrupt.hotline.intake.asking.kinds import Hint
from disrupt.hotline.intake.asking.pasted import EXPLAINED, Line
from disrupt.hotline.intake.asking.recognise import described

# More addresses than this are shown in the box, one a line, rather than in a field each.
MOST_ROWS = 10


@dataclass(frozen=True)
class Row:
    """One line of the list of addresses, as it was typed; `site` is the platform, when it is known."""

    number: int
    typed: str
    wrong: bool
    site: str = ""
    hint: Hint | None = None
    why: str = ""


class WhereForm(Question):
    """The addresses: typed one by one (`url`, repeated), or pasted together (`urls`)."""

    urls = forms.CharField(required=False, widget=forms.Textarea, strip=False)

    def __init__(self, data: QueryDict | None = None, rows: int = 1, known: tuple[str, ...] = ()) -> None:
        fits = len(known) <= MOST_ROWS
        super().__init__(data, initial={} if fits else {"urls": "\n".join(known)})
        typed = [text for text in data.getlist("url") if text.strip()] if data else list(known) * fits
        self._typed = typed
        self._blank = rows if not typed else max(rows - len(typed), 0)
        self._wrong: set[int] = set()
        self._pasted: pasted.Pasted | None = None
        self._kept: tuple[str, ...] = known
        self.over: tuple[str, ...] = ()

    def rows(self) -> list[Row]:
        """What the page shows: every address typed so far, then empty fields."""
        typed = [*self._typed, *[""] * self._blank]
        return [_row(i, text, wrong=i in self._wrong) for i, text in enumerate(typed, 1)]

    @property
    def hints(self) -> list[Hint]:
        """What there is to say of the addresses that are not in a field of their own."""
        rows = {row.hint.url for row in self.rows() if row.hint}
        said = (kinds.hint(url) for url in self._kept)
        return [one for one in said if one and one.url not in rows][:EXPLAINED]

    @property
    def hold(self) -> tuple[str, ...]:
        """Addresses with which little can be done unless the person says more."""
        said = [one for one in (kinds.hint(url) for url in self._kept) if one]
        return tuple(one.url for one in said if one.stops)

    def more(self, rows: int) -> None:
        """Show more empty fields; after that many there is the box."""
        self._blank = max(0, min(self._blank + rows, MOST_ROWS - len(self._typed)))

    def wrong_rows(self) -> list[int]:
        return sorted(self._wrong)

    @property
    def box(self) -> str:
        """What stands in the box: the lines that are no address first, then each address once."""
        if self._pasted is None:
            return str(self["urls"].value() or "")
        lost = set(self.over)
        good = "\n".join(url for url in self._pasted.good if url not in lost)
        bad = "\n".join(line.text for line in self._pasted.bad)
        return f"{bad}\n\n{good}" if bad and good else bad or good

    @property
    def bad(self) -> tuple[Line, ...]:
        """The lines of the box that are no address."""
        return self._pasted.bad if self._pasted else ()

    @property
    def wrong_anything(self) -> bool:
        """Whether a line or a field holds no address."""
        return bool(self.bad or self._wrong)

    @property
    def explained(self) -> tuple[Line, ...]:
        return self.bad[:EXPLAINED]

    @property
    def unexplained(self) -> int:
        """How many more lines are no address."""
        return len(self.bad) - len(self.explained)

    @property
    def over_text(self) -> str:
        """The addresses that did not fit, one a line."""
        return "\n".join(self.over)

    @property
    def kept(self) -> tuple[str, ...]:
        """The addresses that are understood so far, each once, as many as a report holds."""
        return self._kept

    @property
    def sites(self) -> list[tuple[str, int]]:
        """Where they are: the name of each site, and how many addresses, most first."""
        return Counter(one.site for one in described(self._kept)).most_common()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        good: list[str] = []
        for number, text in enumerate(self._typed, 1):
            found = _typed_addresses(text)
            good += found
            if not found:
                self._wrong.add(number)
        self._pasted = pasted.read(cleaned.get("urls", ""))
        every = addresses.distinct([*good, *self._pasted.good])
        self._kept, self.over = every[: settings.MAX_URLS], every[settings.MAX_URLS :]
        cleaned["addresses"] = self._kept
        for sentence in self._complaints():
            self.add_error("urls", sentence)
        return cleaned

    def _complaints(self) -> list[str]:
        said: list[str] = []
        if self.bad:
            said.append(
                ngettext(
                    "%(count)d line is not the address of a page. It is still in the box.",
                    "%(count)d lines are not addresses of pages. They are still in the box.",
                    len(self.bad),
                )
                % {"count": len(self.bad)}
            )
        if self.over:
            said.append(
                _(
                    "A report holds %(limit)d addresses, and they are in it. %(excess)d did not fit: "
                    "they are in a box of their own, for you to copy."
                )
                % {"limit": settings.MAX_URLS, "excess": len(self.over)}
            )
        return said

    def is_valid(self) -> bool:
        return super().is_valid() and not self._wrong


def _typed_addresses(text: str) -> list[str]:
    """What one field holds: an address, also with a space in it; or several, or one among words."""
    several = text.lower().count("http") > 1
    if not several:
        try:
            return kinds.with_pages([addresses.clean(text)])
        except addresses.NotAnAddress:
            pass
    return list(pasted.read(text).good)


def _row(number: int, text: str, *, wrong: bool) -> Row:
    try:
        url = addresses.clean(text)
    except addresses.NotAnAddress:
        why = next((line.reason for line in pasted.read(text).bad), "") if wrong else ""
        return Row(number, text, wrong, why=why)
    one = described((url,))[0]
    return Row(number, text, wrong, one.site if one.known else "", kinds.hint(url))


def put_aside(data: QueryDict, words: str, most: int) -> tuple[QueryDict, str]:
    """The form without the lines that are no address, and `words` with them, as far as `most` characters go.

    Lines that do not fit any more stay in the box; what was typed in a field of its own counts as a line.
    """
    typed = [text for text in data.getlist("url") if text.strip()]
    wrong = [text for text in typed if not _typed_addresses(text)]
    read = pasted.read("\n".join((*wrong, data.get("urls", ""))))
    left: list[str] = []
    for line in read.bad:
        longer = f"{words}\n{line.text}".strip()
        if len(longer) <= most:
            words = longer
        else:
            left.append(line.text)
    changed = data.copy()
    changed["urls"] = "\n".join([*left, *read.good])
    changed.setlist("url", [text for text in typed if text not in wrong])
    return changed, words
