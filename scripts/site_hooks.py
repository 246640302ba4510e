"""What mkdocs asks as it builds the site: the README as its first page, and links that leave docs/ as words.

A reader of the site has no tree beside it: a link to a file of the source becomes the file's name.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s:#]+)(#[^)\s]*)?\)")


def _said(words: str, path: Path) -> str:
    name = str(path.relative_to(ROOT))
    return f"`{name}`" if words.strip("`") == name else f"{words} (`{name}`)"


def at_home(text: str, page: Path) -> str:
    """The text of the page that stands at `page`, as it is read on the site."""

    def one(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        path = (page.parent / target).resolve()
        if not path.exists() or not path.is_relative_to(ROOT):
            return found[0]  # the build says that nothing is there
        if path.is_relative_to(DOCS) and path.is_file():
            if page.is_relative_to(DOCS):
                return found[0]
            return f"[{words}]({path.relative_to(DOCS)}{anchor})"
        return _said(words, path)

    return _LINK.sub(one, text)


def on_files(files: Any, config: Any) -> Any:
    """The README is the first page."""
    from mkdocs.structure.files import File

    readme = ROOT / "README.md"
    files.append(File.generated(config, "index.md", content=at_home(readme.read_text("utf-8"), readme)))
    return files


def on_page_markdown(markdown: str, page: Any, **_more: Any) -> str:
    """Each other page."""
    if page.file.src_uri == "index.md":
        return markdown
    return at_home(markdown, DOCS / page.file.src_uri)
