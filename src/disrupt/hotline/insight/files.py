"""The files of a report: JSON, and for each language a PDF, a workbook and a CSV of every table."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from disrupt.hotline.common import spreadsheets, typesetting
from disrupt.hotline.insight.document import Document, Table, document
from disrupt.hotline.insight.workbook import workbook

LANGUAGES = ("fr", "en")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class File:
    name: str
    media: str
    data: bytes


def files(content: Mapping[str, Any]) -> Iterator[File]:
    """Every file of a report, the same bytes for the same figures (but for what a PDF says of its maker)."""
    yield File("report.json", "application/json", canonical(content))
    for language in LANGUAGES:
        found = document(content, language)
        yield File(f"report.{language}.pdf", "application/pdf", pdf(found, content["hotline"]))
        yield File(f"report.{language}.xlsx", _XLSX, workbook(found))
        yield File(f"report.{language}.csv.zip", "application/zip", _archive(found))


def canonical(content: Mapping[str, Any]) -> bytes:
    """One spelling of the figures, by whose digest a report is known."""
    return (json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()


def _archive(found: Document) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for section in found.sections:
            for table in section.tables:
                archive.writestr(zipfile.ZipInfo(f"{table.name}.csv", _FIRST_MOMENT), as_csv(table))
    return held.getvalue()


def as_csv(table: Table) -> str:
    """In UTF-8 with a mark, so that spreadsheets read its accents."""
    return "\ufeff" + spreadsheets.table(table.columns, table.rows)


def pdf(found: Document, hotline: str) -> bytes:
    """A tagged PDF (PDF/UA-1): title, language, headings, table headers."""
    return typesetting.pdf("disrupt.hotline.insight", "report.typ", {**asdict(found), "hotline": hotline})
