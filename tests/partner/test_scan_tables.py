"""`disrupt scan` of rows: of Parquet files, of queries to a database; and its results as Parquet."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, nullcontext
from pathlib import Path

import pyarrow
import pytest
from PIL import Image, ImageOps
from pyarrow import parquet
from tests.matching.pictures import bank_of, photo
from tests.partner.guarding import jpeg
from tests.partner.serving import SOURCE

from disrupt.cli import main
from disrupt.fingerprint import Sandbox
from disrupt.partner.scan import command
from disrupt.partner.scan.opening import SourceGone
from disrupt.partner.scan.rows import query_rows

KNOWN = photo(1, 320, 240)
COPY, OTHER = jpeg(ImageOps.mirror(Image.fromarray(KNOWN))), jpeg(photo(2, 320, 240))
BROKEN = b"\xff\xd8\xff\xe0 not much of a picture"


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decoders: Sandbox) -> list[str]:
    monkeypatch.setattr(command, "Sandbox", lambda *_, **__: nullcontext(decoders))
    bank_of(tmp_path / "bank", {"known": KNOWN})
    return ["scan", "--bank", str(tmp_path / "bank"), "--level", "gate"]


def table_of(file: Path, **columns: list[object]) -> str:
    parquet.write_table(pyarrow.table(columns), file, row_group_size=2)
    return str(file)


def actions(rows: Path) -> dict[str, str]:
    told = [json.loads(line) for line in rows.read_text().splitlines()]
    assert len({row["path"] for row in told}) == len(told)
    return {row["path"]: row["action"] for row in told}


def test_the_rows_of_a_parquet_file_and_results_as_one(scan: list[str], tmp_path: Path) -> None:
    source = table_of(tmp_path / "a.parquet", content=[OTHER, COPY, None, BROKEN], owner=["a", "b", "c", "d"])
    out = tmp_path / "rows.parquet"
    assert main([*scan, "--out", str(out), source]) == 1
    wanted = ["none", "block", "review", "review"]
    assert actions(tmp_path / "rows.parquet.rows") == {f"{source}#{n}": one for n, one in enumerate(wanted)}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    written = parquet.read_table(out).to_pylist()
    assert [row["action"] for row in written] == wanted
    (match,) = written[1]["matches"]
    assert (match["entry"], match["certainty"], match["view"]) == ("known", "match", "mirrored")
    assert written[3]["error"]["code"] == "unreadable_media"
    # The file has grown: what has a row is not looked up again, and the results are whole anew.
    table_of(tmp_path / "a.parquet", content=[OTHER, COPY, None, BROKEN, COPY], owner=[*"abcde"])
    assert main([*scan, "--out", str(out), source]) == 0
    assert [row["action"] for row in parquet.read_table(out).to_pylist()] == [*wanted, "block"]


def test_a_column_of_paths(scan: list[str], tmp_path: Path) -> None:
    (tmp_path / "copy.jpg").write_bytes(COPY)
    source = table_of(
        tmp_path / "a.parquet", path=[str(tmp_path / "copy.jpg")], at=[str(tmp_path / "none.jpg")]
    )
    assert main([*scan, "--out", str(tmp_path / "rows"), source]) == 0
    assert actions(tmp_path / "rows") == {str(tmp_path / "copy.jpg"): "block"}
    assert main([*scan, "--out", str(tmp_path / "more"), "--column", "at", source]) == 1
    assert actions(tmp_path / "more") == {str(tmp_path / "none.jpg"): "review"}


def test_what_is_no_table_is_told(
    scan: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = table_of(tmp_path / "a.parquet", picture=[COPY])
    assert main([*scan, "--out", str(tmp_path / "rows"), source]) == 2
    assert "has no column path: name one of picture" in capsys.readouterr().err
    (tmp_path / "b.parquet").write_bytes(b"PAR1 nothing of the kind")
    assert main([*scan, "--out", str(tmp_path / "rows"), str(tmp_path / "b.parquet")]) == 2
    assert "is no Parquet file, or is damaged" in capsys.readouterr().err
    for database in ("oracle:x", f"sqlite:{tmp_path / 'none'}"):
        assert (
            main([*scan, "--out", str(tmp_path / "rows"), "--database", database, "--query", "select 1"]) == 2
        )
        assert capsys.readouterr().err
    assert main([*scan, "--out", str(tmp_path / "rows"), "--query", "select 1"]) == 2
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for more in (["--out", str(tmp_path / "x.parquet"), source], ["--out", str(tmp_path / "x"), source]):
        assert main([*scan, *more]) == 2
        assert '-any.whl[parquet]"' in capsys.readouterr().err


def test_a_number_is_no_content(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "site.db")):
        pass
    with pytest.raises(SourceGone, match="its content is int: name a column of bytes"):
        list(query_rows(f"sqlite:{tmp_path / 'site.db'}", "SELECT 'one', 5"))


def test_the_rows_of_a_query(scan: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(tmp_path / "site.db")) as site:
        site.execute("create table upload (number integer, content blob, path text)")
        rows = [(1, COPY, "a.jpg"), (2, OTHER, "b.jpg"), (3, BROKEN, "c.jpg")]
        site.executemany("insert into upload values (?, ?, ?)", rows)
        site.commit()
    database = ["--database", f"sqlite:{tmp_path / 'site.db'}", "--query"]
    query = [*database, "select 'upload ' || number, content from upload order by number"]
    assert main([*scan, "--out", str(tmp_path / "rows"), *query]) == 1
    assert actions(tmp_path / "rows") == {"upload 1": "block", "upload 2": "none", "upload 3": "review"}
    assert main([*scan, "--out", str(tmp_path / "rows"), *query]) == 0  # each has its row
    (tmp_path / "a.jpg").write_bytes(COPY)
    paths = [*database, f"select '{tmp_path}/' || path from upload where number = 1"]
    assert main([*scan, "--out", str(tmp_path / "paths"), *paths]) == 0
    assert actions(tmp_path / "paths") == {str(tmp_path / "a.jpg"): "block"}
    capsys.readouterr()
    for wrong in ("select nothing from nowhere", "delete from upload"):
        assert main([*scan, "--out", str(tmp_path / "wrong"), *database, wrong]) == 2
        assert str(tmp_path / "site.db") in capsys.readouterr().err
    with closing(sqlite3.connect(tmp_path / "site.db")) as site:
        assert site.execute("select count(*) from upload").fetchone() == (3,)


POSTGRESQL = """
import os, sys, psycopg
from disrupt.cli import main
from disrupt.fingerprint import Sandbox
from disrupt.partner.scan import command
database = os.environ["DISRUPT_TEST_DATABASE"]
with psycopg.connect(database) as site:
    site.execute("create table upload_of_a_site (number int, content bytea)")
    with open(sys.argv[1], "rb") as file:
        site.execute("insert into upload_of_a_site values (1, %s)", [file.read()])
query = ["--database", database, "--query"]
good = main([*sys.argv[2:], *query, "select number::text, content from upload_of_a_site"])
bad = main([*sys.argv[2:], *query, "delete from upload_of_a_site returning number::text"])
with psycopg.connect(database) as site:
    left = site.execute("select count(*) from upload_of_a_site").fetchone()
    site.execute("drop table upload_of_a_site")
sys.exit(0 if (good, bad, left) == (0, 2, (1,)) else f"{good} {bad} {left}")
"""


@pytest.mark.slow
@pytest.mark.skipif(not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")), reason="no PostgreSQL here")
def test_the_rows_of_a_query_to_postgresql(scan: list[str], tmp_path: Path) -> None:
    (tmp_path / "copy.jpg").write_bytes(COPY)
    script = SOURCE.parent / "scripts" / "with_postgres.sh"
    done = subprocess.run(
        [
            *("sh", str(script), sys.executable, "-c", POSTGRESQL),
            *(str(tmp_path / "copy.jpg"), *scan, "--out", str(tmp_path / "rows")),
        ],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert actions(tmp_path / "rows") == {"1": "block"}
