"""What a person says of a threat: where, who, what is demanded, until when; it is sealed as one text."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Threat:
    """Each as the person wrote it, all of it optional; `danger`: they feel in danger now."""

    place: str = ""
    account: str = ""
    demand: str = ""
    deadline: str = ""
    danger: bool = False

    def __bool__(self) -> bool:
        return self != Threat()


NOTHING_TOLD = Threat()

_LABELS: dict[str, str | Promise] = {
    "place": pgettext_lazy("threat", "Where it happens"),
    "account": pgettext_lazy("threat", "Account or person"),
    "demand": pgettext_lazy("threat", "What they demand"),
    "deadline": pgettext_lazy("threat", "Until when"),
}
_DANGER = pgettext_lazy("threat", "Feels in danger now")
_YES = pgettext_lazy("threat", "yes")


def to_text(threat: Threat) -> str:
    """The one text that is sealed."""
    return json.dumps(asdict(threat), ensure_ascii=False)


def from_text(text: str) -> Threat:
    """A threat from its sealed text; what a later version added is left out."""
    known = {one.name for one in fields(Threat)}
    return Threat(**{name: value for name, value in json.loads(text).items() if name in known})


def lines(threat: Threat) -> list[tuple[str, str]]:
    """What was said, each with its label, in the reader's language; the most urgent first."""
    said = [(str(_DANGER), str(_YES))] if threat.danger else []
    plain = asdict(threat)
    return said + [(str(label), plain[name]) for name, label in _LABELS.items() if plain[name]]


def in_words(kind: str, text: str) -> list[tuple[str, str]]:
    """A sealed text of this kind as lines, where it is a threat; nothing for a text in plain words."""
    return lines(from_text(text)) if kind == "threat" else []
