"""A stranger's page is read as by Python's own reader, and in a time that grows with its length."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from disrupt.hotline.takedown.checks.markup import End, Mark, Start, Text, marks
from disrupt.hotline.takedown.checks.page import read
from disrupt.hotline.takedown.watch.reading import addresses

LONG = 400_000
ORDINARY = """<!DOCTYPE html><html lang=en><!-- a comment > here --><head><title>A &amp; B <b></title>
<meta property="og:image" content='/1.jpg'><script>if (a<b) {"</p>"}</script></head>
<body class="x y"  data-a = "1" hidden><p>One &lt; two &#233;<br/>three<img src=/2.jpg alt="a > b">
<a href="?a=1&amp;b=2">on</A ><ul><li>1 < 2<li>x</ul><input type=password></body></html>"""


class _Reference(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Mark] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Start(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(End(tag))

    def handle_data(self, data: str) -> None:
        self.found.append(Text(data))


def together(found: list[Mark]) -> list[Mark]:
    """Words that came in pieces as one."""
    done: list[Mark] = []
    for one in found:
        if isinstance(one, Text) and done and isinstance(done[-1], Text):
            done[-1] = Text(done[-1].words + one.words)
        else:
            done.append(one)
    return done


def test_an_ordinary_page_is_read_as_by_the_standard_reader() -> None:
    reference = _Reference()
    # What stands in a title is words; the standard reader of this Python takes it for marks.
    text = ORDINARY.replace("<b></title>", "</title>")
    reference.feed(text)
    reference.close()
    ours = [one for one in marks(text) if not (isinstance(one, Start) and one.tag == "br")]
    theirs = [one for one in reference.found if getattr(one, "tag", "") != "br"]
    assert together(ours) == together(theirs)
    assert read(ORDINARY.encode(), "text/html", "https://a.example/").title == "A & B <b>"


# Each made the standard reader begin anew at every mark: hours for a page of 2 MB.
@pytest.mark.parametrize(
    "piece",
    [
        "<!",
        "<!--",
        "<a ",
        '<a b="',
        "<a b='",
        "</",
        "</a ",
        "<![CDATA[",
        "<?",
        "<script>",
        "<title>",
        "<a b =",
        "<",
        "&#",
    ],
)
def test_a_page_of_marks_without_an_end_is_read_to_its_end(piece: str) -> None:
    body = (piece * (LONG // len(piece))).encode()
    read(body, "text/html", "https://a.example/")
    assert addresses("sitemap", body, "https://a.example/") == []


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "unicode-escape", "hex", "nobody-s"])
def test_encodings_that_are_none_of_pages_are_read_as_utf8(charset: str) -> None:
    page = read("<p>été".encode(), f"text/html; charset={charset}", "https://a.example/")
    assert page.text == "été"


def test_numbers_without_end_are_words() -> None:
    assert read(b"<p>&#" + b"9" * 5000 + b";", "text/html", "").text.startswith("&#999")


def test_addresses_are_kept_as_they_can_be_shown() -> None:
    page = read(
        "<img src='/a\x00\u202egpj.exe'><img src=/ok.jpg>".encode(), "text/html", "https://a.example/"
    )
    assert page.media == ["https://a.example/a%00%E2%80%AEgpj.exe", "https://a.example/ok.jpg"]
    assert read(f"<img src=/{'x' * 5000}>".encode(), "text/html", "https://a.example/").media == []
    listed = addresses(
        "list", "https://a.example/\x00b\nhttps://[\nhttps://a.example/\u202ec".encode(), "https://a.example/"
    )
    assert listed == ["https://a.example/%00b", "https://a.example/%E2%80%AEc"]
