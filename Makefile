# Disrupt: `make demo` shows the whole chain on this machine, `make test` passes every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check -q
SETTINGS := DJANGO_SETTINGS_MODULE=disrupt.hotline.processes.all_in_one
STAMPS := $(VENV)/.stamps

# A source archive runs code when it is installed: only two, which have no wheel, come as such.
WHEELS := --only-binary :all: --no-binary pdqhash,weighted-levenshtein
# In the order of tests/conftest.py; a file's tests stay together and share their servers. Two at a time for two
# processors; three where half of the files wait for a browser or a server most of their time (ADR 147).
FILES := --dist loadfile --no-loadscope-reorder
BESIDE := -n 2 $(FILES)
WAITING := -n 3 $(FILES)
# So many tests at the least ask a database; fewer would mean that the rule of tests/databases.py has lost some.
ASKING := 3500
TESTS := $(BIN)/python scripts/run_tests.py
# Hundreds of processes start here: each would compile the whole source anew where nothing may be kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup setup-test setup-bench site advisories demo simulate test check quick lint types house migrations messages \
        test-sqlite test-postgres fuzz bench robustness screenshots wheel lock format clean

setup: $(STAMPS)/run ## a virtual environment with what the hotline and the toolkit need

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: apt install python3-venv" >&2; exit 1; }

$(STAMPS)/run: requirements/run.lock requirements/build.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes --only-binary :all: -r requirements/run.lock -r requirements/build.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/disrupt warm # once, here: not in the first page or test that needs the loops
	@mkdir -p $(STAMPS) && touch $@

setup-test: $(STAMPS)/test ## and what the tests need, Debian packages included

$(STAMPS)/test: $(STAMPS)/run requirements/test.lock scripts/apt.sh
	scripts/apt.sh
	$(PIP) install --require-hashes $(WHEELS) -r requirements/test.lock
	@mkdir -p $(STAMPS) && touch $@

setup-bench: $(STAMPS)/bench ## and the peers to measure against

$(STAMPS)/bench: $(STAMPS)/test requirements/bench.lock
	$(PIP) install --require-hashes $(WHEELS) -r requirements/bench.lock
	@mkdir -p $(STAMPS) && touch $@

wheel: setup ## the file to install elsewhere, the same bytes of the same tree: SECURITY.md
	@rm -rf dist && $(BIN)/python -m scripts.wheel dist

site: setup-test ## the pages of docs/ as a site, in var/site; a link that leads nowhere stops it
	$(BIN)/mkdocs build -q

advisories: setup-test ## is anything known of what is pinned? asks PyPI, or a copy: make advisories KEPT=all.zip
	$(if $(KEPT),,$(PIP) install pip-audit)
	$(BIN)/python -m scripts.advisories $(if $(KEPT),--kept $(KEPT),--ask)

demo: setup ## the main job, step by step, then a running site (make demo ARGS=--exit stops there)
	@$(BIN)/python -m disrupt.hotline demo $(ARGS)

simulate: setup ## made-up days at real processes, and an accountant (make simulate ARGS='--reports 400 --days 30')
	@$(BIN)/python -m disrupt.hotline simulate $(ARGS)

check: lint types house migrations test ## exactly what CI runs

quick: lint types house ## what to run after each change: no servers, no browser, SQLite
	$(BIN)/pytest $(BESIDE) -q -m "not fuzz and not functional and not slow and not alone" --ignore tests/functional

lint: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-test
	$(BIN)/mypy

house: setup-test
	$(BIN)/lint-imports

migrations: setup-test
	DISRUPT_VAR=var/check $(SETTINGS) $(BIN)/python -m django makemigrations --check --dry-run

test: test-sqlite test-postgres

test-sqlite: setup-test
	$(TESTS) $(WAITING) -m "not fuzz and not alone"
	$(TESTS) -m "alone and not fuzz"

test-postgres: setup-test
	scripts/with_postgres.sh $(TESTS) $(BESIDE) tests/hotline tests/promises --at-least=$(ASKING) \
	  -m "database and not fuzz and not alone"

fuzz: setup-test
	$(BIN)/pytest -m fuzz

bench: setup-bench
	$(BIN)/python -m benchmarks --write docs/benchmarks.md $(ARGS)

robustness: setup-bench
	$(BIN)/python -m benchmarks.robustness --write

screenshots: setup-test
	$(BIN)/pytest -m functional tests/functional
	$(BIN)/python scripts/screenshots.py

messages: setup-test ## translations: collect what is new, compile what is there
	scripts/messages.sh

lock: ## pin every dependency again
	$(PIP) install uv
	scripts/lock.sh

format: setup-test
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

clean:
	rm -rf $(VENV) var
