"""Fixtures that every test may use."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.databases import asks_a_database, no_process

REFERENCE = Path(
    os.environ.get("DISRUPT_REFERENCE", Path(__file__).resolve().parents[2] / "shared" / "reference")
)
LONG = frozenset((Path(__file__).parent / "long.txt").read_text().split())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--at-least", type=int, default=0, help="refuse to run where fewer tests are chosen")


def _expect(config: pytest.Config, chosen: int) -> None:
    """A choice by marks that has lost most of its tests is no choice that somebody made."""
    if chosen < (least := config.getoption("--at-least")):
        pytest.exit(
            f"{chosen} tests are chosen, and at least {least} were expected", pytest.ExitCode.USAGE_ERROR
        )


def pytest_collection_finish(session: pytest.Session) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _expect(session.config, len(session.items))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """Where tests run beside one another, each process chooses, and tells the first."""
    _expect(node.config, len(ids))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Of thousands of tests that are read nothing is garbage, and looking for it took a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """What was measured as long is `slow` as well, before others choose by marks: `make quick` leaves it out.

    Of what is chosen, files with long tests come first, those with servers and a browser before them, so that
    at the end no processor waits for one file.
    """
    for item in items:
        if item.nodeid.split("[")[0] in LONG:
            item.add_marker("slow")
        if asks_a_database(item):
            item.add_marker("database")
    yield
    long: dict[str, int] = {}
    for item in items:
        file = item.nodeid.split("::")[0]
        marks = sum(item.get_closest_marker(name) is not None for name in ("slow", "functional"))
        long[file] = max(long.get(file, 0), 2 * file.startswith("tests/functional/"), marks)
    items.sort(key=lambda item: -long[item.nodeid.split("::")[0]])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What starts a process is run on both kinds of database."""
    with no_process(item):
        return (yield)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of real photographs, films and published hashes; the test is skipped where it is absent."""
    if not (REFERENCE / "pdq.csv").exists():
        pytest.skip(f"no reference data at {REFERENCE}: set DISRUPT_REFERENCE to its folder")
    return REFERENCE


@pytest.fixture(autouse=True)
def no_handler_left() -> Iterator[None]:
    """A command that configures its log writes to the streams of this test: nothing of it is for the next."""
    root = logging.getLogger()
    before = root.handlers[:]
    yield
    root.handlers[:] = before


@pytest.fixture(scope="module", autouse=True)
def no_loop_left() -> Iterator[None]:
    """No file leaves an event loop running for the files that the same process takes next."""
    yield
    assert asyncio._get_running_loop() is None, "this file left an event loop running: end it with the file"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What failed is written down for `scripts/run_tests.py`, which gives it one more try by itself."""
    if (
        report.failed
        and (told := os.environ.get("DISRUPT_FAILED"))
        and "PYTEST_XDIST_WORKER" not in os.environ
    ):
        with Path(told).open("a") as out:
            out.write(f"{report.nodeid}\n")
