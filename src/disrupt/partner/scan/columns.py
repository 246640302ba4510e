"""The rows of a scan as a Parquet file, made when all is through: the rows themselves are kept beside it."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from disrupt.extras import more_needed
from disrupt.partner.scan.opening import NotInstalled
from disrupt.partner.scan.results import rows_of

_AT_ONCE = 10_000


def record_of(out: Path) -> Path:
    """The file that a scan to `out` writes its rows to."""
    return out.with_name(f"{out.name}.rows") if out.suffix == ".parquet" else out


def check_installed(out: Path) -> None:
    """Raises NotInstalled, before anything is read."""
    if out.suffix == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        raise NotInstalled(f"writing Parquet {more_needed('parquet')}")


def write_columns(out: Path) -> None:
    """Put the Parquet file in place, whole, readable by its owner alone; nothing for another kind of file."""
    if out.suffix != ".parquet":
        return
    import pyarrow
    from pyarrow import parquet

    temporary = out.with_name(f".{out.name}.tmp")
    schema = _schema(pyarrow)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        with parquet.ParquetWriter(file, schema) as writer:
            rows = rows_of(record_of(out))
            while some := list(islice(rows, _AT_ONCE)):
                writer.write_table(pyarrow.Table.from_pylist(list(_plain(some)), schema))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(out)


def _plain(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Paths need not be UTF-8; a Parquet file's text must."""
    for row in rows:
        yield row | {"path": row["path"].encode("utf-8", "backslashreplace").decode()}


def _schema(pa: Any) -> Any:
    text, number = pa.string(), pa.int32()
    span = pa.list_(pa.float64())
    seconds = pa.struct([("upload", span), ("banked", span), ("frames", number)])
    texts = ("bank", "entry", "action", "view", "category", "certainty", "origin", "hash", "role")
    match = [(name, text) for name in texts]
    match += [("distance", number), ("needs_review", pa.bool_()), ("box", pa.list_(number))]
    match += [("seconds", pa.list_(seconds))]
    error = pa.struct([(name, text) for name in ("kind", "code", "message")])
    members = [(name, text) for name in ("path", "action", "bank", "refused")]
    return pa.schema([*members, ("error", error), ("matches", pa.list_(pa.struct(match)))])
