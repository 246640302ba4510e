"""Print what a hotline consists of, in CycloneDX 1.6, without a network.

From requirements/run.lock and what is installed: `python -m scripts.sbom > disrupt.cdx.json`. https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import disrupt

LOCK = Path(__file__).resolve().parents[1] / "requirements" / "run.lock"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER = "License :: OSI Approved :: "


@dataclass(frozen=True)
class Pinned:
    """One distribution of the lock, and the digests of the files that may be installed for it."""

    name: str
    version: str
    sha256: tuple[str, ...]


def pinned(text: str) -> Iterator[Pinned]:
    """All that the lock names, in its order."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        found = _PIN.match(block)
        if found:
            yield Pinned(found[1].lower(), found[2], tuple(_HASH.findall(block)))


def licence_of(name: str) -> str:
    """The licence as the installed distribution says it: an expression, a classifier, its words, or ""."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""  # of another platform
    if expression := said.get("License-Expression"):
        return str(expression)
    classifiers = [str(one) for one in said.get_all("Classifier") or ()]
    named = [one.removeprefix(_CLASSIFIER) for one in classifiers if one.startswith(_CLASSIFIER)]
    words = str(said.get("License") or "").strip().splitlines()
    return " AND ".join(named) or (words[0][:80] if words else "")


def component(one: Pinned) -> dict[str, Any]:
    """One entry of the list."""
    licence = licence_of(one.name)
    purl = f"pkg:pypi/{one.name}@{one.version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": one.name,
        "version": one.version,
        "purl": purl,
        **({"licenses": [{"license": {"name": licence}}]} if licence else {}),
        # Each file that may be installed is a distribution of its own, with its digest.
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{one.name}/{one.version}/",
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
            for digest in one.sha256
        ],
    }


def bill() -> dict[str, Any]:
    """The whole list; the same tree gives the same text."""
    components = [component(one) for one in pinned(LOCK.read_text("utf-8"))]
    name = f"pkg:generic/disrupt-ncii@{disrupt.__version__}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": name,
                "name": "disrupt-ncii",
                "version": disrupt.__version__,
                "purl": name,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": name, "dependsOn": [one["bom-ref"] for one in components]}],
    }


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
