"""The ledgers' signed head in a file, by mail and under a time stamp finds later what was rewritten."""

from __future__ import annotations

import email
import email.policy
import http.server
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.hotline.cases.test_anchoring import cases as cases
from tests.hotline.cases.test_anchoring import hour
from tests.hotline.cases.test_verifying import alter, rewrite
from tests.hotline.operating.test_telling import letters as letters
from tests.loopback import answering

from disrupt.hotline.__main__ import build_parser
from disrupt.hotline.cases import anchoring
from disrupt.hotline.cases.models import Case, LedgerAnchor, LedgerMark
from disrupt.hotline.operating.pinning import commands

pytestmark = pytest.mark.django_db

CONFIGURATION = """
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def run(*words: str) -> int:
    return commands.act(build_parser().parse_args(list(words)))


def openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A time-stamping authority's folder: key, certificate, configuration."""
    folder = tmp_path_factory.mktemp("authority")
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=Authority of a test"),
        *("-addext", "extendedKeyUsage=critical,timeStamping"),
        *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
    )
    return folder


@pytest.fixture
def url(authority: Path) -> Iterator[str]:
    """Where it answers, on this machine."""

    class Stamps(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            query, reply = authority / "query", authority / "reply"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            openssl(
                *("ts", "-reply", "-config", str(authority / "tsa.cnf"), "-section", "ours"),
                *("-queryfile", str(query), "-inkey", str(authority / "key.pem")),
                *("-signer", str(authority / "cert.pem"), "-out", str(reply)),
            )
            body = reply.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    with answering(http.server.HTTPServer(("127.0.0.1", 0), Stamps)) as address:
        yield f"{address}/"


def written(folder: Path) -> Path:
    (path,) = folder.glob("ledgers-*.json")
    return path


def test_what_is_rewritten_later_is_found(
    cases: list[Case], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hour()
    assert run("ledger-head", str(tmp_path)) == 0
    text = written(tmp_path).read_text()
    assert not any(str(case.pk) in text or case.reference in text for case in cases)
    hour()
    assert run("verify-ledger", "--against", str(written(tmp_path))) == 0
    victim = next(case for case in cases if case.ledger.count() > 1)
    alter(victim)
    rewrite(victim)
    LedgerMark.objects.all().delete()
    LedgerAnchor.objects.all().delete()
    Case.objects.update(anchored=0)
    anchoring.anchor()
    assert run("verify-ledger") == 0, "by itself it verifies"
    assert run("verify-ledger", "--against", str(written(tmp_path))) == 1
    assert "holds the head" in capsys.readouterr().err


def test_it_goes_by_mail(
    cases: list[Case], tmp_path: Path, letters: list[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    hour()
    assert run("ledger-head", str(tmp_path), "--mail", "keeper@example.org") == 0
    (letter,) = letters
    message = email.message_from_bytes(letter, policy=email.policy.default)
    assert message["To"] == "keeper@example.org"
    (attached,) = message.iter_attachments()
    assert json.loads(attached.get_content()) == json.loads(written(tmp_path).read_text())


def test_no_mail_server_is_said_and_the_file_stands(
    cases: list[Case], tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hour()
    settings.EMAIL_PORT = 1
    assert run("ledger-head", str(tmp_path), "--mail", "keeper@example.org") == 2
    assert written(tmp_path).exists()
    assert "did not get further" in capsys.readouterr().err


def test_an_authority_stamps_it(cases: list[Case], tmp_path: Path, authority: Path, url: str) -> None:
    hour()
    assert run("ledger-head", str(tmp_path), "--stamp", url) == 0
    head = written(tmp_path)
    stamp = ("--stamp", f"{head}.tsr", "--authority", str(authority / "cert.pem"))
    assert run("verify-ledger", "--against", str(head), *stamp) == 0
    other = tmp_path / "other.json"
    other.write_text(head.read_text() + " ")
    assert run("verify-ledger", "--against", str(other), *stamp) == 1
    assert run("verify-ledger", *stamp) == 1


def test_who_cannot_stamp_is_named(
    cases: list[Case], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hour()
    assert run("ledger-head", str(tmp_path), "--stamp", "http://127.0.0.1:1/") == 2
    assert "did not get further" in capsys.readouterr().err
