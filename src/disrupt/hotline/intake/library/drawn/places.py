"""The places of the pictures, drawn behind the people: each 320 by 220."""

from __future__ import annotations

from collections.abc import Mapping

from disrupt.hotline.intake.library.drawn.people import INK


def _wall(wall: str, floor: str) -> str:
    return f'<path d="M0 0H320V220H0Z" fill="{wall}"/><path d="M0 176H320V220H0Z" fill="{floor}"/>'


def _lockers() -> str:
    doors = "".join(
        f'<rect x="{x}" y="24" width="38" height="152" rx="3" fill="#8fb3b8"/>'
        f'<path d="M{x + 9} 40H{x + 29}M{x + 9} 47H{x + 29}M{x + 30} 96V108" stroke="#5f868c"'
        ' stroke-width="3"/>'
        for x in range(4, 320, 45)
    )
    return _wall("#dfe9e6", "#c9b99f") + doors


def _night() -> str:
    return (
        _wall("#3d4a68", "#2c3650")
        + '<rect x="206" y="22" width="84" height="84" rx="4" fill="#1f2942" stroke="#6f7fa6"'
        ' stroke-width="5"/>'
        '<circle cx="262" cy="50" r="15" fill="#f4e3b2"/><circle cx="255" cy="46" r="13" fill="#1f2942"/>'
        '<g fill="#f4e3b2"><circle cx="224" cy="42" r="2"/><circle cx="232" cy="80" r="2"/>'
        '<circle cx="278" cy="88" r="2"/></g>'
        '<path d="M0 168C60 150 130 156 190 176V220H0Z" fill="#7086b8"/><rect x="10" y="140"'
        ' width="86" height="40" '
        'rx="16" fill="#e7e9f2"/>'
    )


def _class() -> str:
    return (
        _wall("#f1e6d2", "#cbb08a")
        + '<rect x="40" y="20" width="240" height="84" rx="4" fill="#2f5d50" stroke="#a57c4c"'
        ' stroke-width="6"/>'
        '<g stroke="#d8e7df" stroke-width="3"'
        ' stroke-linecap="round"><path d="M62 44H150M62 60H190M62 76H128"/></g>'
        '<path d="M10 196H310V210H10Z" fill="#a57c4c"/>'
    )


def _park() -> str:
    return (
        '<path d="M0 0H320V220H0Z" fill="#cfe6ef"/><path d="M0 150C80 130 240 140 320 152V220H0Z"'
        ' fill="#9cc28a"/>'
        '<circle cx="276" cy="36" r="18" fill="#f7dd8a"/><path d="M30 160V84H44V160Z" fill="#8a6642"/>'
        '<g fill="#5f9460"><circle cx="37" cy="62" r="34"/><circle cx="14" cy="84" r="22"/>'
        '<circle cx="62" cy="84" r="22"/></g>'
        '<path d="M84 168H304V178H84ZM84 146H304V156H84Z" fill="#a57c4c"/>'
    )


def _office() -> str:
    books = "".join(
        f'<rect x="{22 + 13 * n}" y="{32 + (n % 3) * 5}" width="10" height="{44 - (n % 3) * 5}"'
        f' rx="1.5" fill="{c}"/>'
        for n, c in enumerate(("#b5533c", "#4a6fa5", "#d9912b", "#0f6b74", "#6c4a7d", "#4d6b4f", "#b5533c"))
    )
    return (
        _wall("#efe7ee", "#c6b4a2") + f'{books}<path d="M14 76H122V84H14Z" fill="#8a6642"/>'
        '<path d="M262 150H298L292 180H268Z" fill="#b5533c"/>'
        '<path d="M280 150C262 130 250 112 256 98C272 108 278 126 280 '
        '150C282 120 296 100 306 96C308 120 296 138 280 150Z" fill="#5f9460"/><rect x="150" y="24"'
        ' width="86" height="58" '
        'rx="3" fill="#cfe6ef" stroke="#fff" stroke-width="5"/>'
    )


def _kitchen() -> str:
    return (
        _wall("#f8ead0", "#d4b48c")
        + '<path d="M0 40H320V46H0Z" fill="#d7a66a"/><g fill="#b5533c"><path d="M24 24H46V40H24Z"/></g>'
        '<g fill="#4a6fa5"><path d="M60 20H78V40H60Z"/></g><rect x="196" y="60" width="86"'
        ' height="64" rx="4" '
        'fill="#cfe6ef" stroke="#fff" stroke-width="6"/><path d="M239 60V124" stroke="#fff"'
        ' stroke-width="4"/>'
    )


def _chat() -> str:
    """A group chat as large as the picture: the photo in it is a blur and cannot be made out."""
    return (
        '<path d="M0 0H320V220H0Z" fill="#dbe4ec"/>'
        f'<rect x="92" y="8" width="136" height="230" rx="16" fill="{INK}"/>'
        '<rect x="100" y="20" width="120" height="214" rx="8" fill="#f7f5f0"/>'
        '<path d="M100 20H220V40H100Z" fill="#0f6b74"/><circle cx="114" cy="30" r="6" fill="#fff"/>'
        '<path d="M126 30H180" stroke="#fff" stroke-width="5" stroke-linecap="round"/>'
        '<rect x="108" y="50" width="76" height="76" rx="8" fill="#c3ccd2"/>'
        '<g fill="#aab5bd"><rect x="116" y="58" width="20" height="20"/><rect x="136" y="78"'
        ' width="20" height="20"/>'
        '<rect x="156" y="58" width="20" height="20"/><rect x="116" y="98" width="20" height="20"/>'
        '<rect x="156" y="98" width="20" height="20"/></g>'
        f'<g fill="none" stroke="{INK}" stroke-width="5"'
        ' stroke-linecap="round"><path d="M126 88Q146 68 166 88Q146 108 126 '
        '88Z"/><path d="M126 110L166 66"/></g>'
        '<rect x="108" y="136" width="70" height="16" rx="8" fill="#e2dccd"/><rect x="142" y="160"'
        ' width="70" height="16" '
        'rx="8" fill="#cfe3dc"/><rect x="108" y="184" width="50" height="16" rx="8" fill="#e2dccd"/>'
    )


PLACES: Mapping[str, str] = {
    "lockers": _lockers(),
    "night": _night(),
    "class": _class(),
    "park": _park(),
    "office": _office(),
    "kitchen": _kitchen(),
    "chat": _chat(),
}
