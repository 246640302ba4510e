"""The door and TLS: never from safe to unsafe, and no head without end."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.hotline.common.webhost import Script, WebHost, page, redirect

from disrupt.hotline.common.outbound import errors, pace, wire
from disrupt.hotline.common.outbound.door import Door

DOOR = Door(pace=pace.Pace(between=dt.timedelta()))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: Any) -> Path:
    """One of its own for 127.0.0.1, with its key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")]),
    )
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path: Path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def safe(db: None, settings: Any, monkeypatch: Any, certificate: Path) -> Iterator[WebHost]:
    """A host with a certificate that this machine takes."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    wire._tls.cache_clear()
    with WebHost() as one:
        settings.REACHABLE = [f"127.0.0.1:{one.port}"]
        yield one
    wire._tls.cache_clear()


def over_tls(certificate: Path, script: Script) -> Script:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def answer(client: socket.socket) -> None:
        with context.wrap_socket(client, server_side=True) as secured:
            while b"\r\n\r\n" not in secured.recv(65536):
                pass
            script(secured)

    return answer


def test_a_redirect_from_safe_to_unsafe_is_not_followed(safe: WebHost, certificate: Path) -> None:
    unsafe = f"http://127.0.0.1:{safe.port}/b"
    safe.silent = over_tls(certificate, redirect(unsafe))
    found = DOOR.get(safe.url("/a").replace("http:", "https:"))
    assert (found.response.status, len(found.hops)) == (302, 1)
    assert len(found.response.tls_leaf) == 64, "by which certificate it answered is kept as a digest"


def test_a_certificate_that_nobody_vouches_for_is_none(
    safe: WebHost, certificate: Path, monkeypatch: Any
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    wire._tls.cache_clear()
    safe.silent = over_tls(certificate, page("there"))
    with pytest.raises(errors.BadTls):
        DOOR.get(safe.url("/a").replace("http:", "https:"))


def test_a_head_without_end_is_given_up(safe: WebHost) -> None:
    safe.pages |= {"/a": page("x", X_Long="y" * 100_000), "/b": page("x", X_Long="y" * 50_000)}
    with pytest.raises(errors.BadAnswer):
        DOOR.get(safe.url("/a"))
    assert DOOR.get(safe.url("/b")).response.status == 200


def test_the_environment_names_no_proxy(safe: WebHost, monkeypatch: Any) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    safe.pages["/a"] = page("there")
    assert DOOR.get(safe.url("/a")).response.body == b"there"
