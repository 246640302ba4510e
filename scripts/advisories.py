"""Compare what is pinned with known advisories: `python -m scripts.advisories [--kept FILE] [--ask]`.

`--kept` is a copy of the OSV database of PyPI, which needs no network: its `all.zip`, or a folder of files
(a clone of github.com/pypa/advisory-database). `--ask` asks PyPI by `pip-audit`, where that is installed.
Exit status: 0 nothing is known, 1 something is, 3 nobody could be asked: that is never said to be good.
https://ossf.github.io/osv-schema/
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from scripts.sbom import Pinned, pinned

LOCKS = Path(__file__).resolve().parents[1] / "requirements"
KNOWN, NOT_CHECKED = 1, 3
_BEFORE_ALL = "0"


class NotChecked(RuntimeError):
    """Nobody could say whether something is known; the message says why."""


@dataclass(frozen=True, order=True)
class Finding:
    """An advisory that is about a pinned version."""

    name: str
    version: str
    advisory: str
    mended: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}: {self.advisory} (mended in {self.mended or 'no version yet'})"


def all_pinned() -> dict[str, set[str]]:
    """Every version that a lock names, by its distribution."""
    found: dict[str, set[str]] = {}
    for lock in sorted(LOCKS.glob("*.lock")):
        one: Pinned
        for one in pinned(lock.read_text("utf-8")):
            found.setdefault(canonicalize_name(one.name), set()).add(one.version)
    return found


def records(kept: Path) -> Iterator[dict[str, Any]]:
    """Every advisory of a copy. Raises NotChecked."""
    try:
        if kept.is_dir():
            for path in sorted(kept.rglob("*")):
                if path.suffix in {".json", ".yaml", ".yml"} and path.is_file():
                    yield from _readable(path.read_text("utf-8"))
            return
        with zipfile.ZipFile(kept) as archive:
            for name in archive.namelist():
                yield from _readable(archive.read(name).decode())
    except (OSError, zipfile.BadZipFile, ValueError, yaml.YAMLError) as error:
        raise NotChecked(f"{kept} is no copy of the database: {error}") from error


def _readable(text: str) -> Iterator[dict[str, Any]]:
    # The compiled loader, where there is one: the database has many thousands of files.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded = json.loads(text) if text.startswith("{") else loader(text).get_single_data()
    if isinstance(loaded, dict) and "id" in loaded and "affected" in loaded:
        yield loaded


def look_up(known: Iterable[Mapping[str, Any]], ours: Mapping[str, set[str]]) -> list[Finding]:
    """What is known of these versions; an advisory that was withdrawn says nothing."""
    found = set()
    for record in known:
        if record.get("withdrawn"):
            continue
        for affected in record["affected"]:
            package = affected.get("package", {})
            if package.get("ecosystem") != "PyPI":
                continue
            name = canonicalize_name(str(package.get("name", "")))
            for version in ours.get(name, ()):
                mended = _affects(affected, version)
                if mended is not None:
                    found.add(Finding(name, version, str(record["id"]), mended))
    return sorted(found)


def _affects(affected: Mapping[str, Any], version: str) -> str | None:
    """None where it is not about this version; otherwise the version that mends it, or ""."""
    spans = [
        span for one in affected.get("ranges", ()) if one.get("type") == "ECOSYSTEM" for span in _spans(one)
    ]
    at = _read(version)
    for first, fixed, last in spans:
        ended = (fixed and at >= _read(fixed)) or (last and at > _read(last))
        if (first == _BEFORE_ALL or at >= _read(first)) and not ended:
            return fixed
    if version in map(str, affected.get("versions", ())):
        return next((fixed for first, fixed, last in spans if fixed and at < _read(fixed)), "")
    return None


def _spans(one: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """From which version to before which, or to which and with it."""
    first = ""
    for event in one.get("events", ()):
        (kind, said), *_rest = event.items()
        if kind == "introduced":
            if first:
                yield first, "", ""
            first = str(said)
        elif kind in {"fixed", "last_affected"} and first:
            yield (first, str(said), "") if kind == "fixed" else (first, "", str(said))
            first = ""
    if first:
        yield first, "", ""


def _read(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion as error:
        raise NotChecked(f"an advisory names a version that cannot be compared: {version}") from error


def newest(known: Iterable[Mapping[str, Any]]) -> str:
    """The day of the last change in a copy: what came later it does not know."""
    return max((str(record.get("modified", ""))[:10] for record in known), default="")


def ask(program: str = "pip-audit") -> list[Finding]:
    """What PyPI says of every lock. Raises NotChecked."""
    found = []
    for lock in sorted(LOCKS.glob("*.lock")):
        command = [
            program,
            "--requirement",
            str(lock),
            "--require-hashes",
            "--disable-pip",
            "--format",
            "json",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
            said = json.loads(done.stdout)["dependencies"]
        except FileNotFoundError:
            raise NotChecked("pip-audit is not installed (pip install pip-audit)") from None
        except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
            raise NotChecked(f"pip-audit could not ask about {lock.name}: is there a network?") from None
        for one in said:
            if "skip_reason" in one:
                raise NotChecked(f"pip-audit passed {one['name']} over: {one['skip_reason']}")
            found += [
                Finding(one["name"], one["version"], flaw["id"], ", ".join(flaw["fix_versions"]))
                for flaw in one["vulns"]
            ]
    return sorted(set(found))


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.advisories", description=__doc__)
    parser.add_argument("--kept", type=Path, help="a copy of the database: all.zip, or a folder")
    parser.add_argument("--ask", action="store_true", help="ask PyPI, by pip-audit")
    args = parser.parse_args(words)
    ours = all_pinned()
    try:
        if not (args.kept or args.ask):
            raise NotChecked("say whom to ask: --kept FILE or --ask")
        found, by = [], []
        if args.kept:
            known = list(records(args.kept))
            if not known:
                raise NotChecked(f"{args.kept} holds no advisory")
            found += look_up(known, ours)
            by.append(f"{len(known)} advisories, the newest of {newest(known)}")
        if args.ask:
            found += ask()
            by.append("PyPI, today")
    except NotChecked as why:
        sys.stderr.write(
            f"NOT CHECKED: {why}. Whether something is known of what is pinned, nobody has looked.\n"
        )
        return NOT_CHECKED
    for one in sorted(set(found)):
        sys.stdout.write(f"{one}\n")
    sys.stdout.write(
        f"{len(ours)} distributions compared with {' and '.join(by)}: {len(set(found))} known.\n"
    )
    return KNOWN if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
