"""Promise: every sentence that promises something has an id, a deed that keeps it, a test that sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.promises.rules import NO_PROMISE, RULES

ROOT = Path(__file__).resolve().parents[2]
HOTLINE = ROOT / "src" / "disrupt" / "hotline"
TOLD = HOTLINE / "intake"
TABLE = ROOT / "docs" / "promises.md"
# States that only a look at the page could bring about, and what a person would read of them.
STATES = re.compile(r"(?:ItemState|S)\.(?:REMOVED|HOST_REMINDED|BACK_ONLINE)\b")
UNSEEN = (
    r"we check whether it does",
    r"and we check\b(?! that it was)",
    r"check that (?:it|the content) is gone",
    r"we go on checking",
    r"we remind (?:them|the site)",
    r"\*\*we check\*\*",
    r"vérifi\w+ que c’est parti",
    r"nous continuons de vérifier",
    r"et nous vérifions\. nous faisons un rappel",
    r"nous faisons un rappel",
    r"\*\*nous vérifions\*\*",
)
# What was said and was not so, in both languages.
NEVER = (
    r"not against the law|pas contraire à la loi",
    r"msgid \"not illegal\"|msgstr \"non illégal\"",
    r"pas encore calculée par le dispositif\.\]",
    r"each checks before it removes|must check before anything is removed|doit vérifier chez eux",
    r"our partners have the fingerprint|nos partenaires ont l’empreinte",
    r"msgid \"protected|msgstr \"protégé",
    r"(?<!address: )yes, if the content is illegal\. we give pharos",
    r"we notify the police, then the sites\.",
    r"we will tell you so|nous vous le dirons",
)
SPEAKS_OF_US = re.compile(
    r"\b(we|our|us|analysts?|partners?|team|destroyed|locked|sealed|never|nobody|erased|deleted)\b",
    re.IGNORECASE,
)


def deed() -> bool:
    """Whether any code brings an item into such a state."""
    tables = {"cases/states.py", "intake/following/wording.py", "intake/following/happened.py"}
    sources = [
        path.read_text("utf-8")
        for path in HOTLINE.rglob("*.py")
        if str(path.relative_to(HOTLINE)) not in tables and "demo" not in path.parts
    ]
    return any(re.search(r"advance\([^)]*" + STATES.pattern, text, re.DOTALL) for text in sources)


def pages() -> Iterator[tuple[str, str]]:
    """Every file with words for the public, its words in one line and in small letters."""
    found = [path for kind in ("*.md", "*.html", "*.po", "*.py", "*.typ") for path in TOLD.rglob(kind)]
    assert len(found) > 80
    for path in found:
        text = path.read_text("utf-8").replace('"\n"', "").lower()
        yield str(path.relative_to(ROOT)), " ".join(text.split())


def sentences() -> set[str]:
    """Every English sentence of the pages and mails, without markup; a colon ends one as well."""
    texts: list[str] = []
    for app in ("intake", "correspondence"):
        catalogue = (HOTLINE / app / "locale" / "fr" / "LC_MESSAGES" / "django.po").read_text("utf-8")
        for entry in re.findall(r'^msgid(?:_plural)? ((?:".*"\n)+)', catalogue, re.MULTILINE):
            texts.append("".join(re.findall(r'"(.*)"', entry)).replace('\\"', '"').replace("\\n", "\n"))
    for page in (TOLD / "pages" / "en").glob("*.md"):
        texts += page.read_text("utf-8").split("---", 2)[2].splitlines()
    found: set[str] = set()
    for text in texts:
        plain = re.sub(r"<[^>]+>|\*\*", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)).replace("|", " . ")
        found |= {
            " ".join(one.split()).strip(" -#>1234567890.:") for one in re.split(r"(?<=[.!?:])\s+", plain)
        }
    return found - {""}


def rows() -> dict[str, tuple[str, str, str]]:
    """The table: of each id its sentences, its deed, its test."""
    cells = re.findall(
        r"^\| ([A-Z]+) \| (.*?) \| (.*?) \| (`tests/[^|]+`) \|$", TABLE.read_text("utf-8"), re.MULTILINE
    )
    found = {name: (said, done, test) for name, said, done, test in cells}
    assert len(found) == len(cells), "an id stands twice"
    return found


def test_a_check_or_a_reminder_is_said_only_where_it_is_done() -> None:
    if deed():
        return
    for path, text in pages():
        for sentence in UNSEEN:
            assert not re.search(sentence, text), f"{path} says “{sentence}”"


def test_what_was_not_so_is_said_nowhere() -> None:
    for path, text in pages():
        for sentence in NEVER:
            assert not re.search(sentence, text), f"{path} says “{sentence}”"


def test_every_promise_names_a_test_and_a_deed_that_are_there() -> None:
    for name, (_said, done, test) in rows().items():
        for path in re.findall("`([^`]+)`", test):
            assert (ROOT / path).is_file(), f"{name}: {path}"
        files = re.findall(r"`([a-z_/]+\.py)`", done)
        for file in files:
            assert any((root / file).is_file() for root in (HOTLINE, HOTLINE.parent)), f"{name}: {file}"


def test_every_sentence_of_the_table_is_said_as_it_stands() -> None:
    everything = " ".join(sorted(sentences()))
    for name, (said, _done, _test) in rows().items():
        for quoted in re.findall("“([^”]+)”", said):
            assert quoted.strip(" .") in everything, f"{name}: nobody says “{quoted}”"


def test_every_sentence_about_us_is_a_promise_of_the_table_or_none() -> None:
    known, unknown, used = rows(), [], set()
    for sentence in sentences():
        if not SPEAKS_OF_US.search(sentence):
            continue
        text = sentence.lower()
        promised = {name for name, patterns in RULES.items() if any(re.search(p, text) for p in patterns)}
        used |= promised
        if not promised and not any(re.search(pattern, text) for pattern in NO_PROMISE):
            unknown.append(sentence)
    assert unknown == []
    assert used == set(RULES), "a rule that no sentence follows"
    assert set(RULES) <= set(known)


def test_the_keys_are_said_to_be_in_no_backup_and_operators_are_told_so() -> None:
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert "Do **not** back up the key store" in page
