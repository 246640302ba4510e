"""Run pytest with these arguments; what failed beside others is run once more, its whole file by itself.

The machine is shared and tests run two at a time: a browser or a server may be late. A test that then passes
is named as unstable, which is a fault to mend; failing again fails the run, as failures in many files do.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

MOST_FILES = 4


def pytest(*arguments: str, failed: Path | None = None) -> int:
    """The exit code; the names of the failed tests are written to `failed`, a line each."""
    environment = {name: value for name, value in os.environ.items() if name != "DISRUPT_FAILED"}
    environment |= {"DISRUPT_FAILED": str(failed)} if failed else {}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env=environment, check=False
    ).returncode


def unparallel(arguments: list[str]) -> list[str]:
    """The same choice of tests without its paths and their number, and one at a time."""
    kept = []
    skip = False
    for argument in arguments:
        if skip or argument in ("-n", "--dist"):
            skip = not skip
        elif not argument.startswith("--at-least=") and not Path(argument).exists():
            kept.append(argument)
    return kept


def main(arguments: list[str]) -> int:
    """As pytest's own exit code."""
    with tempfile.TemporaryDirectory() as folder:
        failed = Path(folder) / "failed"
        code = pytest(*arguments, failed=failed)
        if code != 1 or not failed.exists():
            return code
        names = sorted(set(failed.read_text().splitlines()))
    files = sorted({name.split("::")[0] for name in names})
    if len(files) > MOST_FILES:
        return code
    print(f"Failed beside other tests, so once more by themselves: {', '.join(files)}", flush=True)
    code = pytest(*unparallel(arguments), *files)
    if code == 0:
        print("UNSTABLE, to be mended (passed by themselves):", *names, sep="\n  ", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
