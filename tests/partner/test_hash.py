"""`disrupt hash`, as a shell sees it: lines, order, messages, exit statuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fingerprint import media

from disrupt.cli import main
from disrupt.fingerprint import fingerprint_image
from disrupt.partner.hash import in_order, printable, walk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    (tmp_path / "a.png").write_bytes(media.encode(media.scene(80, 120, 1), "PNG"))
    (tmp_path / "b" / "film.mp4").write_bytes(media.film())
    (tmp_path / "b" / "turned.jpg").write_bytes(media.with_orientation(media.scene(80, 120, 2), 6))
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "letter.jpg").write_text("not a picture")
    return tmp_path


@pytest.mark.parametrize("options", [[], ["--trusted"], ["--jobs", "1"]])
def test_lines_in_order_and_errors_apart(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    missing = folder / "missing.png"
    assert main(["hash", *options, str(folder / "b"), str(missing), str(folder)]) == 1
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    names = [Path(line["path"]).name for line in lines]
    assert names == ["film.mp4", "turned.jpg", "a.png", "film.mp4", "turned.jpg"]
    film, turned, still = lines[:3]
    assert film["kind"] == "video"
    assert set(film["vpdq"][0]) == {"frame", "timestamp", "quality", "hex"}
    assert "pdq" not in film
    found = fingerprint_image(folder / "a.png", trusted=True)
    assert still == {
        "path": str(folder / "a.png"),
        "kind": "image",
        "sha256": found.sha256,
        "md5": found.md5,
        "width": 120,
        "height": 80,
        "pdq": {"hex": found.pdq.hex, "quality": found.pdq.quality},
    }
    assert turned["upright"]["pdq"]["hex"] != turned["pdq"]["hex"]
    assert sorted(err.splitlines()) == sorted(
        [
            f"{missing}: cannot be opened: no such file or directory",
            f"{folder / 'empty.png'}: the file is empty: send it again from where it came from",
            next(line for line in err.splitlines() if line.startswith(str(folder / "letter.jpg"))),
        ]
    )


def test_all_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hash", str(folder / "b"), "--sampling", "keyframes"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("arguments", [[], ["--jobs", "0", "x"], ["--sampling", "never", "x"]])
def test_bad_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["hash", *arguments])
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_order_is_kept_however_long_each_takes() -> None:
    import time

    def slow_first(path: str) -> object:
        time.sleep(0.05 if path == "0" else 0)
        return path

    files = [str(i) for i in range(40)]
    assert [path for path, _ in in_order(slow_first, files, 3)] == files  # type: ignore[arg-type]  # any outcome


def test_a_reader_that_goes_away_stops_it(folder: Path) -> None:
    command = f"{sys.executable} -m disrupt.cli hash {folder}/a.png {folder}/b {folder}/b | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_paths_cannot_drive_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a\n\x1b[2Jb.jpg"
    path.write_bytes(b"")
    assert main(["hash", str(path)]) == 1
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert "\x1b" not in err
    assert printable("dossier/é.jpg") == "dossier/é.jpg"


def test_walking(folder: Path) -> None:
    assert [Path(p).name for p in walk([str(folder)])] == [
        "a.png",
        "empty.png",
        "letter.jpg",
        "film.mp4",
        "turned.jpg",
    ]


def test_help_loads_no_decoder() -> None:
    script = (
        "import sys; from disrupt.cli import main\n"
        "try: main(['hash', '--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'numba', 'av', 'PIL', 'rich', 'django'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=60)
