"""The forms of what can be changed: each makes the row that wins over what came along, and asks why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.amending import amendments, dials
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.common.outbound import BadAddress, check_address
from disrupt.hotline.common.sites import registrable
from disrupt.hotline.review.changing.words import HELP, SETTINGS
from disrupt.hotline.takedown import recipients
from disrupt.hotline.takedown.notices import languages
from disrupt.hotline.takedown.recipients import BadRegistry
from disrupt.hotline.takedown.registry.lines import TIERS
from disrupt.hotline.takedown.registry.reading import KINDS, entry
from disrupt.hotline.takedown.states import Channel
from disrupt.hotline.tally.platforms import designated

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_PATTERN = re.compile(r"(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d{1,5})?")


class ChangeForm(forms.Form):
    """What all have: why. `key` is what is changed, "" for a row that is new."""

    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why: it stands in the audit log.")},
    )

    # Whether it is words: they are previewed, and earlier ones can be taken up again.
    of_words = False

    def __init__(self, key: str, data: Any = None, earlier: Mapping[str, Any] | None = None) -> None:
        self.key = key
        now = self.now(key)
        super().__init__(data, initial=now if earlier is None else {**now, **self.as_it_was(earlier)})
        self.order_fields([name for name in self.fields if name != "why"])

    def now(self, key: str) -> dict[str, Any]:
        """The values in force. Raises KeyError where there is no such thing."""
        raise NotImplementedError

    def name(self) -> str:
        """What is changed, in words."""
        return self.key

    def row(self) -> tuple[str, Mapping[str, Any]]:
        """The key and the row, of a form that is valid."""
        raise NotImplementedError

    def write(self, kind: Kind, actor: Actor) -> None:
        """Let it hold, of a form that is valid."""
        key, value = self.row()
        amendments.put(kind, key, value, actor, self.cleaned_data["why"])

    def take_back(self, kind: Kind, actor: Actor, why: str) -> None:
        """Let what came along hold again. Raises ValueError where it cannot."""
        amendments.put(kind, self.key, None, actor, why)

    def as_it_was(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """An earlier row as the fields hold it; for the kinds whose earlier words are shown."""
        raise NotImplementedError

    def preview(self) -> list[tuple[str, list[str]]]:
        """How it would read, of a form that is valid: titles and paragraphs; for kinds that are words."""
        return []


class SettingForm(ChangeForm):
    """The value of one setting."""

    value = forms.CharField(label=gettext_lazy("Value"), max_length=60, required=False)

    def now(self, key: str) -> dict[str, Any]:
        return {"value": dials.text_of(key) if key in dials.DIALS else dials.DIALS[key]}

    def name(self) -> str:
        return f"{SETTINGS[self.key]}. {HELP[self.key]}"

    def clean_value(self) -> str:
        value = str(self.cleaned_data["value"]).strip()
        try:
            dials.DIALS[self.key].read(value)
        except dials.BadValue:
            raise ValidationError(str(HELP[self.key])) from None
        return value

    def row(self) -> tuple[str, Mapping[str, Any]]:
        return self.key, {"value": self.cleaned_data["value"]}


class HostForm(ChangeForm):
    """One line of the registry: a host, and who is told that something is there."""

    pattern = forms.CharField(
        label=gettext_lazy("Host"),
        max_length=255,
        help_text=gettext_lazy("*.example.org is example.org and all under it."),
    )
    recipient = forms.CharField(label=gettext_lazy("Recipient"), max_length=120)
    channel = forms.ChoiceField(
        label=gettext_lazy("By"),
        choices=Channel.choices,
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Of e-mail, or of the site whose guard it is; none for a form."),
    )
    form = forms.URLField(
        label=gettext_lazy("Address of its form"), max_length=500, required=False, assume_scheme="https"
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=lambda: [(code, code) for code in sorted(languages.known())],
    )
    tier = forms.ChoiceField(label=gettext_lazy("What it is (DSA)"), choices=[(tier, tier) for tier in TIERS])
    tested = forms.DateField(label=gettext_lazy("Tested on"), widget=DAY)
    off = forms.BooleanField(label=gettext_lazy("This line holds no more"), required=False)
    _kept: Mapping[str, Any] = MappingProxyType({})

    def now(self, key: str) -> dict[str, Any]:
        if not key:
            return {"tested": clock.now().date(), "language": "en", "tier": "none"}
        if amendments.of(Kind.HOST).get(key, {}).get("off"):
            return {"pattern": key, "off": True, "language": "en", "tier": "none"}
        one = next((host for host in recipients.registry().hosts if host.pattern == key), None)
        if one is None:
            raise KeyError(key)
        who = one.recipient
        # What has no field here stays as it is: other ways of the line, the words that its service uses.
        self._kept = one.raw
        return {
            "pattern": key, "recipient": who.name, "channel": who.channel.value, "address": who.address,
            "form": who.form, "language": who.language, "tier": who.tier, "tested": one.tested,
        }  # fmt: skip

    def clean_pattern(self) -> str:
        pattern = str(self.cleaned_data["pattern"]).strip().lower()
        if not _PATTERN.fullmatch(pattern):
            raise ValidationError(_("This is not the name of a host."))
        return self.key or pattern

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("off") and self.key:
            for name in [name for name in self.errors if name != "why"]:
                del self.errors[name]
            return {**data, "pattern": self.key or data.get("pattern", "")}
        if data.get("channel") == Channel.EMAIL:
            try:
                check_address(str(data.get("address", "")).strip())
            except BadAddress:
                self.add_error("address", _("This is not an e-mail address that a notice can be sent to."))
        if not self.errors:
            try:
                entry(self._raw())
            except (BadRegistry, BadAddress, KeyError) as error:
                self.add_error(None, str(error))
        return data

    def _raw(self) -> dict[str, Any]:
        said, kept = self.cleaned_data, dict(self._kept)
        address = "" if said["channel"] == Channel.FORM else said["address"].strip()
        way = {"address": address, "tested_on": said["tested"].isoformat()}
        several = kept.pop("channels", None)
        for old in ("tested", "expires_on"):
            kept.pop(old, None)
        if several:
            way = {"channels": self._several(several, way)}
        else:
            way |= {"channel": said["channel"], "form": said["form"]}
        read_in = kept.get("language")
        keeps = isinstance(read_in, list) and said["language"] in read_in
        return {
            "scope": "host",
            **kept,
            "pattern": said["pattern"],
            "name": said["recipient"],
            "language": read_in if keeps else said["language"],
            "dsa_tier": said["tier"],
            **way,
        }

    def _several(self, ways: list[dict[str, Any]], way: dict[str, str]) -> list[dict[str, Any]]:
        """The ways of a line, that changed which the page shows: the first that is not for flaggers only."""
        said = self.cleaned_data
        shown = next(number for number, one in enumerate(ways) if one.get("flagger") is not True)
        of_the_line = {"expires_on", "name", "language", "dsa_tier", "url", "form"}
        kept = {key: value for key, value in ways[shown].items() if key not in of_the_line}
        if KINDS[kept["kind"]] != said["channel"]:
            kept["kind"] = said["channel"]
        form = "url" if said["channel"] == Channel.FORM else "form"
        changed = {**kept, **way, **({form: said["form"]} if said["form"] else {})}
        return [changed if number == shown else one for number, one in enumerate(ways)]

    def row(self) -> tuple[str, Mapping[str, Any]]:
        pattern = self.cleaned_data["pattern"]
        return pattern, {"off": True} if self.cleaned_data["off"] else self._raw()


class PlatformForm(ChangeForm):
    """Whether a site is a very large platform (Article 33 DSA)."""

    site = forms.CharField(label=gettext_lazy("Site"), max_length=255)
    large = forms.BooleanField(label=gettext_lazy("It is a very large platform"), required=False)

    def now(self, key: str) -> dict[str, Any]:
        return {"site": key, "large": not key or key in designated().sites}

    def clean_site(self) -> str:
        site = registrable(self.key or str(self.cleaned_data["site"]).strip().lower())
        if not site:
            raise ValidationError(_("This is not the name of a site, such as example.org."))
        return site

    def row(self) -> tuple[str, Mapping[str, Any]]:
        return self.cleaned_data["site"], {"large": self.cleaned_data["large"]}
