"""The published schemas list every word that the code knows, and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from PIL import Image
from tests.partner.commands import DOCS, schema, small

from disrupt.cli import main
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.matching import Add, Bank, BankEntry, PdqValue, health
from disrupt.matching.entries import Kind, Origin, Role, Status
from disrupt.matching.lookup import Action, Certainty
from disrupt.partner.doctor.checkup import Verdict
from disrupt.protocol import answer

ACTIONS = set(get_args(Action))
WORDS = {
    "origin": [set(get_args(Origin))],
    "certainty": [set(get_args(Certainty))],
    "kind": [set(get_args(Kind))],
    "role": [set(get_args(Role))],
    "status": [set(get_args(Status))],
    # Of one match there is always something to do; of a whole there may be nothing.
    "action": [ACTIONS, ACTIONS - {"none"}],
}
OF_ONE = {
    ("health", "state"): set(get_args(health.State)),
    ("notice-answer", "state"): set(get_args(answer.State)),
    ("notice-answer", "reason"): set(get_args(answer.Reason)),
}


def lists(told: object, name: str = "") -> Iterator[tuple[str, set[Any]]]:
    """Every member of a schema that is one of a list, with the list."""
    if isinstance(told, dict):
        if isinstance(told.get("enum"), list):
            yield name, set(told["enum"])
        for key, value in told.items():
            yield from lists(value, key)


@pytest.mark.parametrize("path", sorted((DOCS / "schemas").glob("*.schema.json")), ids=lambda path: path.stem)
def test_a_schema_knows_every_word(path: Path) -> None:
    name = path.name.removesuffix(".schema.json")
    for member, listed in lists(schema(name)):
        if (name, member) in OF_ONE:
            assert listed == OF_ONE[name, member], member
        elif member in WORDS:
            assert listed in WORDS[member], member


def test_the_lists_are_found() -> None:
    found = {(path.name.split(".")[0], name) for path in (DOCS / "schemas").glob("*.schema.json")
             for name, _ in lists(schema(path.name.removesuffix(".schema.json")))}  # fmt: skip
    assert set(OF_ONE) <= found
    assert set(WORDS) <= {name for _, name in found}
    (verdicts,) = [
        words for name, words in lists(schema("doctor")["properties"]["checks"]) if name == "state"
    ]  # type: ignore[index]
    assert verdicts == set(get_args(Verdict))


@pytest.mark.parametrize("origin", get_args(Origin))
def test_a_match_of_any_origin_follows_its_schema(
    tmp_path: Path, origin: Origin, capsys: pytest.CaptureFixture[str]
) -> None:
    found = pdq_from_array(small(1))
    value = PdqValue(found.hex, found.quality)
    Bank.create(tmp_path / "bank").apply(
        [Add(BankEntry("one", "image", "ncii", pdq=(value,), origin=origin))]
    )
    Image.fromarray(small(1)).save(tmp_path / "a.png")
    assert (
        main(["match", "--bank", str(tmp_path / "bank"), "--max-age", "never", str(tmp_path / "a.png")]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert [one["origin"] for one in told["matches"]] == [origin]
    jsonschema.validate(told, schema("match"))
    assert main(["bank", "list", "--json", str(tmp_path / "bank")]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), schema("bank-entry"))
