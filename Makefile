# Every command that README names. Each sets up .venv first, so a fresh clone needs nothing but Python >= 3.11.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install run test bench check format clean

install: .venv/installed

.venv/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "labtop needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

run: install
	$(BIN)/engine run experiments.toml

test: install
	$(BIN)/python -m pytest

bench: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks.training
	$(BIN)/python -m benchmarks.queue
	$(BIN)/python -m benchmarks.leaderboard
	$(BIN)/python -m benchmarks.commands
	$(BIN)/python -m benchmarks.console
	$(BIN)/python -m benchmarks.recipe

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
