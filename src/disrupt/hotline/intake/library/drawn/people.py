"""The people of the pictures: half figures of simple shapes, each known by hair and clothes, with a mood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

INK = "#22303a"


@dataclass(frozen=True)
class Standing:
    """Who stands where in a picture of 320 by 220, and how."""

    who: str
    mood: str
    x: int
    phone: bool = False
    turned: bool = False


@dataclass(frozen=True)
class Looks:
    """What one is known by: skin, hair and its cut, and the colour of what is worn."""

    skin: str
    hair: str
    cut: str
    clothes: str


PEOPLE: Mapping[str, Looks] = {
    "lina": Looks("#d9a074", "#3b241b", "curls", "#0f6b74"),
    "sami": Looks("#8d5a3b", "#1d1715", "short", "#d9912b"),
    "ines": Looks("#f0c9a6", "#5b3a29", "long", "#b5533c"),
    "noe": Looks("#f4d3b5", "#c79a4b", "short", "#4a6fa5"),
    "teacher": Looks("#e9bd96", "#8c8f94", "bun", "#6c4a7d"),
    "father": Looks("#cf9568", "#2b2320", "beard", "#4d6b4f"),
}
# Behind the head, then over it.
_CUTS: Mapping[str, tuple[str, str]] = {
    "curls": (
        (
            '<circle cx="-22" cy="-10" r="15"/><circle cx="22" cy="-10" r="15"/>'
            '<circle cx="-26" cy="10" r="13"/><circle cx="26" cy="10" r="13"/>'
            '<circle cx="0" cy="-26" r="20"/>'
        ),
        '<path d="M-24 -8C-22 -32 22 -32 24 -8C14 -20 4 -14 -4 -20C-10 -14 -18 -16 -24 -8Z"/>',
    ),
    "short": ("", '<path d="M-25 -4C-30 -42 30 -42 25 -4C22 -18 12 -20 0 -20C-12 -20 -22 -18 -25 -4Z"/>'),
    "long": (
        '<path d="M-29 44C-36 -48 36 -48 29 44Z"/>',
        '<path d="M-25 0C-26 -36 26 -36 25 0C18 -20 4 -24 -6 -24C-12 -14 -22 -12 -25 0Z"/>',
    ),
    "bun": (
        '<circle cx="0" cy="-37" r="12"/>',
        '<path d="M-25 -2C-28 -38 28 -38 25 -2C18 -22 -18 -22 -25 -2Z"/>',
    ),
    "beard": (
        "",
        (
            '<path d="M-25 -6C-28 -40 28 -40 25 -6C18 -20 -18 -20 -25 -6Z"/>'
            '<path d="M-24 2C-22 34 22 34 24 2C18 12 10 8 0 8C-10 8 -18 12 -24 2Z"/>'
        ),
    ),
}
# The brows, then the mouth.
_MOODS: Mapping[str, tuple[str, str]] = {
    "calm": ("M-15 -14L-6 -15M6 -15L15 -14", "M-7 12Q0 15 7 12"),
    "glad": ("M-15 -14Q-10 -18 -6 -15M6 -15Q10 -18 15 -14", "M-9 10Q0 20 9 10"),
    "worried": ("M-15 -12L-6 -16M6 -16L15 -12", "M-6 14Q0 10 6 14"),
    "sad": ("M-16 -11L-6 -16M6 -16L16 -11", "M-8 16Q0 8 8 16"),
    "firm": ("M-16 -16L-6 -13M6 -13L16 -16", "M-7 13L7 13"),
    "mocking": ("M-15 -17L-6 -14M6 -14L15 -17", "M-9 11Q2 19 10 8"),
}
_MOUTH_OF_BEARDS = "#f0d9c8"


def person(one: Standing) -> str:
    """One person from the waist up. Raises KeyError where nobody has this name or mood."""
    looks = PEOPLE[one.who]
    behind, over = _CUTS[looks.cut]
    brows, mouth = _MOODS[one.mood]
    line = _MOUTH_OF_BEARDS if looks.cut == "beard" else INK
    closed = one.mood == "sad"
    eyes = (
        f'<path d="M-14 -5Q-10 -2 -6 -5M6 -5Q10 -2 14 -5" fill="none" stroke="{INK}" stroke-width="2.4"/>'
        if closed
        else f'<g fill="{INK}"><circle cx="-10" cy="-5" r="2.8"/><circle cx="10" cy="-5" r="2.8"/></g>'
    )
    return (
        f'<g transform="translate({one.x} 132){" scale(-1 1)" if one.turned else ""}">'
        f'<g fill="{looks.hair}">{behind}</g>'
        f'<path d="M-52 92C-52 44 -30 38 -10 34L10 34C30 38 52 44 52 92Z" fill="{looks.clothes}"/>'
        f'<path d="M-10 18L10 18L12 36C4 44 -4 44 -12 36Z" fill="{looks.skin}"/>'
        f'<ellipse cx="-25" cy="0" rx="5" ry="7" fill="{looks.skin}"/>'
        f'<ellipse cx="25" cy="0" rx="5" ry="7" fill="{looks.skin}"/>'
        '<path d="M-25 -8C-25 -34 25 -34 25 -8C25 14 14 28 0 28C-14 28 -25 14 -25 -8Z"'
        f' fill="{looks.skin}"/>'
        f'<g fill="{looks.hair}">{over}</g>{eyes}'
        f'<g fill="none" stroke-linecap="round" stroke-width="2.6"><path d="{brows}" stroke="{INK}"/>'
        f'<path d="{mouth}" stroke="{line}"/></g>'
        f"{_phone(looks) if one.phone else ''}</g>"
    )


def _phone(looks: Looks) -> str:
    """A hand that holds a telephone in front of the chest."""
    return (
        f'<path d="M50 92C56 66 44 54 30 60L22 74Z" fill="{looks.clothes}"/>'
        f'<rect x="8" y="44" width="20" height="34" rx="4" fill="{INK}" transform="rotate(-10 18 61)"/>'
        f'<circle cx="26" cy="66" r="8" fill="{looks.skin}"/>'
    )
