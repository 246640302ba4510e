#!/bin/sh
# Pin every dependency, with hashes, for Python 3.11 and later. Needs uv (pip install uv).
set -eu
cd "$(dirname "$0")/.."
UV=${UV:-.venv/bin/uv}
options="--python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet"
"$UV" pip compile pyproject.toml --extra hotline --extra demo $options -o requirements/run.lock
"$UV" pip compile pyproject.toml --extra hotline --extra demo --group test -c requirements/run.lock $options -o requirements/test.lock
"$UV" pip compile pyproject.toml --extra hotline --extra demo --group test --group bench -c requirements/test.lock $options -o requirements/bench.lock
printf 'hatchling==1.27.0\neditables\n' | "$UV" pip compile - $options -o requirements/build.lock
