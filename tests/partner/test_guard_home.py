"""The settings of a guard: made for what a site runs, and refused where they say nothing that can be done."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.partner.guarding import HOST, PINNED, site

from disrupt.cli import main
from disrupt.partner.guard.home import BadSettings, Home, read


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return site(tmp_path, {"a.jpg": b"a picture"})


@pytest.mark.parametrize(
    ("kind", "below", "at"),
    [
        ("wordpress", "wp-content/uploads", f"https://{HOST}/wp-content/uploads/"),
        ("discourse", "public/uploads", f"https://{HOST}/uploads/"),
        ("mastodon", "public/system", f"https://{HOST}/system/"),
        ("phpbb", "files", ""),
        ("pictrs", "files", ""),
    ],
)
def test_a_guard_is_made_for_what_the_site_runs(tmp_path: Path, kind: str, below: str, at: str) -> None:
    (tmp_path / "site" / below).mkdir(parents=True)
    (tmp_path / "keys").write_text(PINNED)
    init = ["guard", "init", str(tmp_path / "guard"), "--host", HOST, "--keys", str(tmp_path / "keys")]
    assert main([*init, "--kind", kind, "--site", str(tmp_path / "site")]) == 0
    home = read(tmp_path / "guard")
    assert [(one.folder, one.at) for one in home.uploads] == [(tmp_path / "site" / below, at)]
    assert (home.on_notice, home.on_match) == ("wait", "report")
    assert (tmp_path / "guard" / "answers.key").stat().st_mode & 0o777 == 0o600
    assert main([*init, "--kind", kind, "--site", str(tmp_path / "site")]) == 2


@pytest.mark.parametrize(
    "line",
    [
        "host = 7",
        "on_notice = 'delete'",
        "most_a_day = 'many'",
        "unheard_of = 1",
        "level = 'all'",
        "banks = 1",
        "x",
    ],
)
def test_settings_that_are_none_are_refused(home: Home, line: str) -> None:
    path = home.folder / "guard.toml"
    name = line.split(" = ")[0]
    rest = [one for one in path.read_text().splitlines() if not one.startswith(f"{name} ")]
    path.write_text("\n".join([line, *rest]))
    with pytest.raises(BadSettings):
        read(home.folder)
    assert main(["guard", "status", str(home.folder)]) == 2


def test_a_guard_inside_what_the_site_shows_is_refused(home: Home) -> None:
    inside = home.uploads[0].folder / "guard"
    shutil.copytree(home.folder, inside)
    with pytest.raises(BadSettings, match="own folder"):
        read(inside)
