"""The forms of words: beginnings of messages, and what notices say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.review.changing.forms import ChangeForm
from disrupt.hotline.review.messages import letters
from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.notices import languages, own_words

_CODE = re.compile(r"[a-z0-9-]{1,40}")
_LONGEST = 6000


class LetterForm(ChangeForm):
    """A text to begin a message with, in both languages."""

    of_words = True
    code = forms.CharField(label=gettext_lazy("Its short name"), max_length=40)
    name_fr = forms.CharField(label=gettext_lazy("Title in French"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=80)
    text_fr = forms.CharField(
        label=gettext_lazy("Text in French"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    off = forms.BooleanField(label=gettext_lazy("It is offered no more"), required=False)

    def now(self, key: str) -> dict[str, Any]:
        if not key:
            return {}
        known = {one.code: one for one in (*letters.packaged(), *letters.beginnings())}
        off = bool(amendments.of(Kind.LETTER).get(key, {}).get("off"))
        one = known.get(key)
        if one is None:
            raise KeyError(key)
        names = {"name_fr": one.name.fr, "name_en": one.name.en}
        return {"code": key, "off": off, **names, "text_fr": one.text.fr, "text_en": one.text.en}

    def clean_code(self) -> str:
        code = self.key or str(self.cleaned_data["code"]).strip().lower()
        if not _CODE.fullmatch(code):
            raise ValidationError(_("Small letters, digits and hyphens only."))
        return code

    def as_it_was(self, value: Mapping[str, Any]) -> dict[str, Any]:
        if value.get("off"):
            return {"off": True}
        names = {f"{name}_{lang}": value[name][lang] for name in ("name", "text") for lang in ("fr", "en")}
        return {"off": False, **names}

    def preview(self) -> list[tuple[str, list[str]]]:
        said = self.cleaned_data
        return [(said[f"name_{lang}"], said[f"text_{lang}"].splitlines()) for lang in ("fr", "en")]

    def row(self) -> tuple[str, Mapping[str, Any]]:
        said = self.cleaned_data
        if said["off"] and said["code"] in {one.code for one in letters.packaged()}:
            return said["code"], {"off": True}
        texts = {
            name: {lang: said[f"{name}_{lang}"].replace("\r\n", "\n") for lang in ("fr", "en")}
            for name in ("name", "text")
        }
        return said["code"], texts


def _said(words: Callable[[str, str], Mapping[str, Any]], path: str) -> dict[str, own_words.Said]:
    """What is said there, by language. Raises KeyError."""
    version = packaged.latest_words()
    return {lang: dict(own_words.paths(words(version, lang)))[path] for lang in own_words.LANGUAGES}


class WordsForm(ChangeForm):
    """What notices say in one place, in French and English; a line is a paragraph."""

    of_words = True
    fr = forms.CharField(
        label=gettext_lazy("Text in French"),
        max_length=_LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "fr"}),
        help_text=gettext_lazy("A line is a paragraph. Names that begin with $ stay as they are."),
    )
    en = forms.CharField(
        label=gettext_lazy("Text in English"),
        max_length=_LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "en"}),
    )

    def now(self, key: str) -> dict[str, Any]:
        self._came = _said(languages.came, key)
        found = _said(languages.of, key)
        return self.as_it_was(found)

    def as_it_was(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {lang: "\n".join(own_words.lines_of(value[lang])) for lang in own_words.LANGUAGES}

    def clean(self) -> dict[str, Any]:
        for lang in own_words.LANGUAGES:
            if lang not in self.cleaned_data:
                continue
            try:
                own_words.check(self._came[lang], self._lines(lang))
            except own_words.NamesMissing as error:
                self.add_error(lang, _("Missing here: %(names)s.") % {"names": error.listed})
            except own_words.NamesUnknown as error:
                self.add_error(lang, _("Nothing is known here for %(names)s.") % {"names": error.listed})
            except own_words.NoName:
                self.add_error(lang, _("A $ begins no name here. Write $$ for the sign itself."))
            except own_words.BadWords:
                self.add_error(lang, _("This is one line, and not empty."))
        return self.cleaned_data

    def _lines(self, lang: str) -> list[str]:
        return [line.rstrip() for line in str(self.cleaned_data[lang]).strip("\r\n").splitlines()]

    def row(self) -> tuple[str, Mapping[str, Any]]:
        return self.key, {lang: self._lines(lang) for lang in own_words.LANGUAGES}

    def preview(self) -> list[tuple[str, list[str]]]:
        return [
            (str(self.fields[lang].label), own_words.example(self._lines(lang), lang))
            for lang in own_words.LANGUAGES
        ]
