# Every command that README names. Each sets up .venv first, so a fresh clone needs nothing but Python >= 3.11.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install run test soak test-packages bench captures check format clean

install: .venv/installed

.venv/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "labtop needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

run: install
	$(BIN)/engine run experiments.toml

# Four test files at a time, even on two cores: much of their time goes into waiting for processes. What a file sets up is
# set up once, and the longest files come first.
test: install
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

# Of Debian: what some tests put labtop to the test with. Without them these tests are skipped.
TEST_PACKAGES := vim openssh-server openssh-client faketime

test-packages:
	@if dpkg --status $(TEST_PACKAGES) >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(TEST_PACKAGES) \
		|| echo "some test packages cannot be had: the tests that need them are skipped"; \
	else echo "tests that need one of $(TEST_PACKAGES) are skipped: installing them takes root and apt-get"; fi

soak: install
	$(BIN)/python -m tests.faults.soak

bench: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks.training
	$(BIN)/python -m benchmarks.queue
	$(BIN)/python -m benchmarks.leaderboard
	$(BIN)/python -m benchmarks.insight
	$(BIN)/python -m benchmarks.ties
	$(BIN)/python -m benchmarks.estimate
	$(BIN)/python -m benchmarks.commands
	$(BIN)/python -m benchmarks.console
	$(BIN)/python -m benchmarks.recipe

# The console's pictures in docs/, from a small queue that is really trained.
captures: install
	$(BIN)/python -m docs.captures

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
