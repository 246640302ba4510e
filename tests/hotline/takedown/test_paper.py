"""The notice on paper: the words of the mail, the same bytes each time, never a picture or a person."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hotline.takedown.conftest import URL
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_words import CANARY, both

from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import SealedKind
from disrupt.hotline.common.store import vault
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.notices.document import document

Opened = Callable[..., list[Notice]]
NEEDS = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


def words(made: bytes, folder: Path) -> str:
    """The words of a PDF."""
    path = folder / "notice.pdf"
    path.write_bytes(made)
    raw = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True, text=True).stdout
    return raw.replace("\u00a0", " ").replace("\u202f", " ")


@NEEDS
@pytest.mark.parametrize("url", [URL, "https://forum.example.org/sujet/é漢?" + "a=1&" * 900])
def test_it_says_what_the_mail_says(opened: Opened, postmaster: Postmaster, tmp_path: Path, url: str) -> None:
    for mail in both(opened, postmaster, url):
        _data, part = mail.message.iter_attachments()
        said = words(part.get_content(), tmp_path)
        reference = mail.message["X-Disrupt-Reference"]
        assert part.get_filename() == f"{reference}.pdf"
        assert "?:" not in said
        for one in ("226-2-1", "Disrupt <notices@hotline.example>", reference):
            assert one in said
        assert (url if "漢" not in url else take_apart(url).ascii) in said.replace("\n", "")
        for line in mail.text.splitlines():
            if line[:2] in {"1.", "2.", "3.", "4.", "5.", "6."}:
                assert line in said.replace("\n", " ")


def test_a_retry_gives_the_same_bytes(opened: Opened, postmaster: Postmaster) -> None:
    for mail in both(opened, postmaster):
        _data, part = mail.message.iter_attachments()
        notice = Notice.objects.get(message_id=mail.message["Message-ID"])
        assert notice.composed_at is not None
        again = compose(notice, notice.composed_at)
        assert document(again, notice.language, notice.composed_at) == part.get_content()


@NEEDS
def test_never_content_or_a_person(opened: Opened, postmaster: Postmaster, tmp_path: Path) -> None:
    contact = Contact(SealedKind.EMAIL, vault.seal(f"{CANARY}@example.org"), safe=True)
    for mail in both(opened, postmaster, description=vault.seal(CANARY), contacts=(contact,)):
        parts = [part.get_content_type() for part in mail.message.walk() if not part.is_multipart()]
        assert parts == ["text/plain", "application/json", "application/pdf"]
        _data, part = mail.message.iter_attachments()
        made = part.get_content()
        assert not re.search(rb"/Subtype\s*/Image", made)
        case = Notice.objects.get(message_id=mail.message["Message-ID"]).item.case
        said = words(made, tmp_path).lower()
        for secret in (CANARY, case.reference, str(case.pk), case.lookup):
            assert secret.lower() not in said


@NEEDS
def test_where_the_notifier_is_left_out_the_file_names_nobody(
    opened: Opened, postmaster: Postmaster, recipients: Callable[..., None], tmp_path: Path
) -> None:
    recipients(notifier={"omit_for": ["MIN-CSAM"]})
    _, host = both(opened, postmaster, URL, "MIN-CSAM")
    _data, part = host.message.iter_attachments()
    made = part.get_content()
    assert b"Disrupt" not in made
    assert "Disrupt" not in words(made, tmp_path)
