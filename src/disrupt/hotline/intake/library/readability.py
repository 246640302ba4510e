"""How easy a text is to read: Flesch's reading ease in English, Kandel and Moles's in French.

English: 206.835 - 1.015 words/sentence - 84.6 syllables/word (R. Flesch, "A new readability yardstick",
Journal of Applied Psychology 32(3), 1948). French: 207 - 1.015 words/sentence - 73.6 syllables/word
(L. Kandel, A. Moles, "Application de l'indice de Flesch à la langue française", Cahiers d'Études de
Radio-Télévision 19, 1958). Both scales run alike: 60 is standard, 70 “fairly easy”, what most people of 12 to
13 years read without effort. Help pages must reach 70.

Syllables are counted by rule, as spoken: groups of vowels, without the mute e at the end of a word. The rules
are right for nearly all words, which is enough for the mean of a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

PLAIN = 70.0
LONGEST_SENTENCE = 30
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*|\d+(?:[.,\u202f\u00a0]\d+)*")
_END = re.compile(r"[.!?…](?=\s|$)|\n")
_FRENCH_VOWELS = re.compile(r"[aàâäeéèêëiîïoôöœuùûüyÿæ]+")
_FRENCH_SPLIT = re.compile(
    r"é(?=[aoueiâô])|a(?=ye)|[iu](?=é)|[aoe](?=[ïü])|(?<=[bcdfgptv][lr])i(?=[aoeé]\w)|a(?=[oé])|o(?=[aé])"
)
_ENGLISH_VOWELS = re.compile(r"[aeiouy]+")
_MUTE = re.compile(r"(?<=[^aeiou])e(?=(?:ful|ments?|less|ness|ly|body|things?|times|one|where)\b)")
_ENGLISH_SPLIT = re.compile(
    r"i(?=[ao](?!us?\b))|e(?=o(?!u|pl)|ing)|(?<=[^h]r)e(?=at[ei])|(?<=[dr])e(?=a\b)|u(?=a(?!r[dn]))"
)

_NO_TEXT = {"h1", "h2", "h3", "table", "code"}


@dataclass(frozen=True)
class Reading:
    """What was counted, and the score (higher is easier)."""

    words: int
    sentences: int
    syllables: int
    longest: int
    score: float

    @property
    def plain(self) -> bool:
        return self.score >= PLAIN and self.longest <= LONGEST_SENTENCE


class _Text(HTMLParser):
    """The sentences of a page: paragraphs and list items; headings, tables and buttons are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._skipped, self._until = 0, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NO_TEXT or ("class", "line") in attrs:
            self._skipped += 1
            self._until = tag
        if tag in {"p", "li", "br"}:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._skipped and (tag in _NO_TEXT or tag == self._until):
            self._skipped -= 1
            self._until = ""

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.parts.append(data)


def text_of(html: str) -> str:
    """The running text of a piece of HTML, one paragraph or list item a line."""
    parser = _Text()
    parser.feed(html)
    return "".join(parser.parts)


def _spoken_french(word: str) -> int:
    if re.fullmatch(r"\w[’']", word):
        return 0
    word = re.sub(r"(?<=[gq])u(?=[eéèêiy']|$)", "", word)
    word = re.sub(r"(?<=[^aeiouyéèêâîôûàù])es?$", "", word)
    word = re.sub(r"(?<=[éiuy])es?$", "", word)
    return max(1, len(_FRENCH_VOWELS.findall(word)) + len(_FRENCH_SPLIT.findall(word)))


def _spoken_english(word: str) -> int:
    if len(word) <= 3:
        return max(1, len(_ENGLISH_VOWELS.findall(word.rstrip("e"))))
    word = _MUTE.sub("", word)
    word = re.sub(
        r"(?<=[^aeioul])e[ds]?$|(?<=[aeiouy]l)e[ds]?$|(?<=[lr])es$", lambda m: _kept(word, m[0]), word
    )
    return max(1, len(_ENGLISH_VOWELS.findall(word)) + len(_ENGLISH_SPLIT.findall(word)))


def _kept(word: str, ending: str) -> str:
    """The last syllable that is heard after all: wanted, pages, wishes."""
    before = word[: -len(ending)]
    if ending == "ed" and before[-1] in "td":
        return "ed"
    if ending == "es" and re.search(r"([scgxz]|sh|ch)$", before):
        return "es"
    return ""


def syllables(word: str, language: str) -> int:
    """The spoken syllables of a word; figures count as two."""
    lowered = word.lower().replace("’", "'")
    if lowered[0].isdigit():
        return 2
    pieces = re.split(r"-", lowered)
    if language.startswith("fr"):
        return max(1, sum(_spoken_french(p) for piece in pieces for p in re.findall(r"\w+'?", piece) if p))
    return sum(_spoken_english(re.sub(r"'\w*", "", piece)) for piece in pieces if piece)


def read(text: str, language: str) -> Reading:
    """Count a text and score it. Raises ValueError where there is no sentence."""
    sentences = [found for part in _END.split(text) if (found := _WORD.findall(part))]
    if not sentences:
        raise ValueError("There is no sentence in this text.")
    words = [word for sentence in sentences for word in sentence]
    spoken = sum(syllables(word, language) for word in words)
    base, per_syllable = (207.0, 73.6) if language.startswith("fr") else (206.835, 84.6)
    score = base - 1.015 * len(words) / len(sentences) - per_syllable * spoken / len(words)
    return Reading(len(words), len(sentences), spoken, max(map(len, sentences)), round(score, 1))
