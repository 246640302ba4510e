"""How long the certificate that the proxy shows is still good."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cryptography import x509


def days_left(path: Path | None, now: dt.datetime) -> int | None:
    """Whole days until it ends (negative: it has ended); None where none is named or it cannot be read."""
    if path is None:
        return None
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None
    return (certificate.not_valid_after_utc - now).days
