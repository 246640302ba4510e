"""Only common/outbound opens a socket in the hotline; web processes listen, the demonstration plays."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOTLINE = Path(__file__).resolve().parents[2] / "src" / "disrupt" / "hotline"
CALLS = {"socket", "ssl", "httpx", "httpcore", "h11", "requests", "urllib3", "aiohttp", "smtplib", "imaplib",
         "poplib", "ftplib", "telnetlib", "http.client", "urllib.request", "xmlrpc", "whoisit"}  # fmt: skip
DJANGO_MAIL = "django.core.mail"
# These accept connections and make none.
LISTENERS = {"processes/worker_class.py", "processes/patience.py", "intake/receiving/bodies.py",
             "operating/together/holder.py"}  # fmt: skip
# It asks a process of this machine, by a socket that has no address.
LOCAL = "common/together/asking.py"


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _calls(path: Path) -> set[str]:
    return {
        name
        for name in _imported(path)
        if any(name == c or name.startswith(f"{c}.") for c in (*CALLS, DJANGO_MAIL))
    }


def _elsewhere() -> list[Path]:
    return [
        path
        for path in sorted(HOTLINE.rglob("*.py"))
        if "demo" not in path.parts and "outbound" not in path.parts
        and str(path.relative_to(HOTLINE)) not in {*LISTENERS, LOCAL}
    ]  # fmt: skip


@pytest.mark.parametrize("path", _elsewhere(), ids=lambda p: str(p.relative_to(HOTLINE)))
def test_nobody_else_calls_out(path: Path) -> None:
    assert _calls(path) == set()


def test_the_rule_sees_what_it_must() -> None:
    assert "socket" in _calls(HOTLINE / "common" / "outbound" / "wire.py")
    assert "smtplib" in _calls(HOTLINE / "common" / "outbound" / "mail.py")
    for name in LISTENERS:
        source = (HOTLINE / name).read_text("utf-8")
        assert _calls(HOTLINE / name) == {"socket"}
        assert ".connect(" not in source
        assert "create_connection" not in source
    source = (HOTLINE / LOCAL).read_text("utf-8")
    assert _calls(HOTLINE / LOCAL) == {"socket"}
    assert source.count("socket.socket(") == source.count("socket.socket(socket.AF_UNIX, ") == 1
