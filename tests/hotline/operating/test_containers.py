"""The images' files: each container is given what its process holds, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from disrupt.hotline.__main__ import PROCESSES, build_parser
from disrupt.hotline.common import keys
from disrupt.hotline.operating.installing.grants import role
from disrupt.hotline.operating.installing.units import SERVICES

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "containers"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
OURS = COMPOSE["services"]
CONTAINERFILE = (FOLDER / "Containerfile").read_text("utf-8")
BY_NAME = {service.name: service for service in SERVICES}


def mounts(name: str) -> dict[str, str]:
    """What a container has, by the place where it has it, with `:ro` where it may only read."""
    found = {}
    for line in OURS[name]["volumes"]:
        volume, place, *rest = line.split(":")
        assert volume in COMPOSE["volumes"]
        found[place] = ":".join((volume, *rest))
    return found


def test_each_process_has_a_container_and_each_container_a_command() -> None:
    assert set(OURS) == {*BY_NAME, "db", "setup", "admin", "relay"}
    parser = build_parser()
    for name in BY_NAME:
        said = parser.parse_args(OURS[name]["command"])
        assert said.command == name
        if name in PROCESSES:
            port = PROCESSES[name]
            assert said.bind == f"0.0.0.0:{port}"
            assert OURS[name]["ports"] == [f"127.0.0.1:{port}:{port}"], "the proxy alone serves others"
        else:
            assert "ports" not in OURS[name]
    assert "ports" not in OURS["db"]
    for word in re.findall(r"disrupt-hotline (\w+)", OURS["setup"]["command"][0]):
        assert parser.parse_args([word]).command == word
    assert parser.parse_args(OURS["admin"]["command"]).command == "status"


@pytest.mark.parametrize("name", BY_NAME)
def test_a_container_holds_the_keys_of_its_process_and_can_do_little(name: str) -> None:
    service, container, had = BY_NAME[name], OURS[name], mounts(name)
    held = {place: volume for place, volume in had.items() if place.startswith("/keys/")}
    assert held == {f"/keys/{key}": f"keys-{key}:ro" for key in service.keys}
    assert ("/store" in had) == ("/keystore" in had) == service.store
    assert ("/cache" in had) == service.decodes
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["mem_limit"] == service.memory.lower()
    assert container["pids_limit"] == service.tasks
    assert ("outside" in container["networks"]) == service.calls_out
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    url = container["environment"]["DISRUPT_DATABASE"]
    assert url == f"postgresql://{role(name)}:${{DISRUPT_{name.upper()}_PASSWORD}}@db/disrupt"
    others = {other.upper() for other in (*BY_NAME, "owner")} - {name.upper()}
    assert not any(f"DISRUPT_{other}_PASSWORD" in str(container) for other in others)


def test_who_fetches_other_lists_has_no_way_to_the_database() -> None:
    relay = OURS["relay"]
    assert relay["networks"] == ["outside"]
    assert "environment" not in relay
    assert relay["depends_on"] == []
    assert set(mounts("relay")) == {"/taken", "/sources", "/keys-of-sources"}
    assert build_parser().parse_args(relay["command"]).command == "relay"
    assert "/keys-of-sources" not in mounts("taking"), "our keys for other lists are in no other container"


def test_the_owner_has_every_folder_of_keys_and_no_store() -> None:
    for name in ("setup", "admin"):
        had = mounts(name)
        folders = {place.removeprefix("/keys/") for place in had if place.startswith("/keys/")}
        assert folders == {key for service in SERVICES for key in service.keys}
        assert not {"/store", "/keystore"} & set(had), "what opens contents is in no container of the owner"


def test_the_keys_that_init_makes_have_a_volume_each(tmp_path: Path) -> None:
    keys.create_all(tmp_path)
    assert {folder.name for folder in tmp_path.iterdir()} <= {
        place.removeprefix("/keys/") for place in mounts("setup")
    }


def test_the_image_installs_by_hashes_and_runs_as_nobody() -> None:
    assert re.findall(r"^USER (.*)$", CONTAINERFILE, re.M) == ["10000:10000"]
    for line in re.findall(r"pip install (.*)$", CONTAINERFILE, re.M):
        assert "--require-hashes" in line or "--no-deps" in line
    kept = (ROOT / ".dockerignore").read_text("utf-8").split()
    for words in re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINERFILE, re.M):
        for source in words.split():
            assert (ROOT / source).exists()
            assert f"!{source.partition('/')[0]}" in kept, "it is in what the builder is given"
    folders = set(re.findall(r"(/[a-z/]+)", CONTAINERFILE[CONTAINERFILE.index("install -d") :]))
    for name in (*BY_NAME, "setup"):
        assert set(mounts(name)) <= folders, "a volume takes its owner from the image"


def test_every_role_and_every_word_of_the_environment_is_prepared(tmp_path: Path) -> None:
    made = re.search(r"for process in (.*); do", (FOLDER / "roles.sh").read_text("utf-8"))
    assert made
    assert set(made[1].split()) == set(BY_NAME)
    shutil.copy(FOLDER / "prepare.sh", tmp_path)
    run = [str(tmp_path / "prepare.sh"), "portal.example.org"]
    subprocess.run(run, check=True)
    lines = dict(line.split("=") for line in (tmp_path / ".env").read_text("utf-8").splitlines())
    assert set(re.findall(r"\$\{(\w+)\}", (FOLDER / "compose.yaml").read_text("utf-8"))) == set(lines)
    assert len(set(lines.values())) == len(lines), "each has its own password"
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert (tmp_path / "hotline.env").exists()
    again = subprocess.run(run, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "already" in again.stderr


HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}")


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is made for x86-64 Linux")
def test_the_file_of_the_images_is_well_made(tmp_path: Path) -> None:
    assert HADOLINT is not None
    read = subprocess.run(
        [HADOLINT, str(FOLDER / "Containerfile")], capture_output=True, text=True, timeout=60
    )
    assert (read.returncode, read.stdout) == (0, "")
    (poor := tmp_path / "Containerfile").write_text("FROM debian:latest\nRUN cd /tmp\n")
    assert subprocess.run([HADOLINT, str(poor)], capture_output=True, timeout=60).returncode == 1
