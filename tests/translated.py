"""Which texts a source file asks for, as xgettext finds them: what its catalogue must hold."""

from __future__ import annotations

import ast
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

_KEYWORDS = [
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext:1,2",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "pgettext_lazy:1c,2",
    "npgettext:1c,2,3",
]
_LINE = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")$|^(".*")$')


@dataclass(frozen=True)
class Text:
    """One text of the source, and how a catalogue finds it."""

    said: str
    plural: str = ""
    context: str = ""


def texts(file: Path) -> list[Text]:
    """The texts of a template or of a Python module, in the order of the file."""
    source = file.read_text("utf-8")
    if file.suffix == ".html":
        source = templatize(source, origin=str(file))
    found = subprocess.run(
        ["xgettext", "-L", "Python", "--from-code=UTF-8", "--no-location", "-k", "-o", "-"]
        + [f"-k{word}" for word in _KEYWORDS]
        + ["-"],
        input=source.encode(),
        check=True,
        capture_output=True,
    ).stdout.decode("utf-8")
    return [Text(e["msgid"], e.get("msgid_plural", ""), e.get("msgctxt", "")) for e in entries(found)]


def entries(po: str) -> list[dict[str, str]]:
    """The entries of a catalogue without its header; `msgstr[0]` and so on where there are several."""
    all_: list[dict[str, str]] = []
    for block in po.split("\n\n"):
        entry: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if match := _LINE.match(line):
                field = match[1] or field
                entry[field] = entry.get(field, "") + ast.literal_eval(match[2] or match[3])
        if entry.get("msgid"):
            all_.append(entry)
    return all_
