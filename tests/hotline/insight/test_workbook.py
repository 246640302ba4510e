"""The workbook of a report: every table, numbers as numbers, and nothing that a spreadsheet carries out."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

from disrupt.hotline.insight.document import Document, Section, Table
from disrupt.hotline.insight.workbook import workbook

ROWS = (
    ("=HYPERLINK(0)", "http://a.example", "1\u202f234"),
    ("-1+1", "mailto:x@a.example", "7"),
    ("several", "+33", "—"),
)
FOUND = Document(
    "fr",
    "Rapport",
    "version 1",
    (
        Section("Reçus", ("=1+1",), (Table("received", "", ("Hôte", "Voie", "Nombre"), ROWS),)),
        Section("Durées", (), (Table("times", "", ("", "24 h"), (("décision", "80 %"),)),)),
    ),
)
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def sheet(held: dict[str, str], number: int) -> list[list[str | int]]:
    """The cells of a sheet, texts and numbers."""
    texts = [
        "".join(one.itertext())
        for one in ElementTree.fromstring(held["xl/sharedStrings.xml"])  # ours
    ]
    rows = ElementTree.fromstring(held[f"xl/worksheets/sheet{number}.xml"]).iter(f"{SPACE}row")
    found: list[list[str | int]] = []
    for row in rows:
        cells = [(cell.get("t"), int("".join(cell.itertext()))) for cell in row]
        found.append([texts[value] if kind == "s" else value for kind, value in cells])
    return found


def test_each_table_is_a_sheet_and_a_number_is_a_number() -> None:
    held = parts(workbook(FOUND))
    assert re.findall(r'<sheet name="(\w+)"', held["xl/workbook.xml"]) == ["text", "received", "times"]
    assert sheet(held, 1) == [["Rapport"], ["version 1"], ["Reçus"], ["=1+1"], ["Durées"]]
    assert sheet(held, 2) == [["Hôte", "Voie", "Nombre"], [*ROWS[0][:2], 1234], [*ROWS[1][:2], 7], [*ROWS[2]]]
    assert sheet(held, 3)[1] == ["décision", "80 %"]


def test_nothing_in_it_is_carried_out() -> None:
    held = parts(workbook(FOUND))
    everything = "".join(held.values())
    assert "<f>" not in everything
    assert "hyperlink" not in everything.replace("=HYPERLINK(0)", "")
    assert not any("external" in name.lower() or "vba" in name.lower() for name in held)


def test_the_same_figures_are_the_same_bytes() -> None:
    assert workbook(FOUND) == workbook(FOUND)
