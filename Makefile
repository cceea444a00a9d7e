# Everything a person runs; `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help install install-dev demo run test lint types unit lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed  ## a virtual environment with what the bot and the sandbox need

install-dev: $(VENV)/.installed-dev  ## the same with what the tests need

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Reelcast needs Python 3.11 or later; name one: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock | $(BIN)/python
	$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock | $(BIN)/python
	$(PIP) -r requirements-dev.lock
	@touch $@ $(VENV)/.installed

demo: install  ## the main job, from a member's /video to the MP4, with no account anywhere
	$(BIN)/python -m sandbox.demo

run: install  ## the bot, with the settings in .env
	$(BIN)/python -m bot run

test: lint types unit  ## everything that must pass

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install-dev
	$(BIN)/basedpyright

unit: install-dev
	$(BIN)/pytest -n auto

lock:  ## write the lock files anew from pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header -c requirements-dev.lock pyproject.toml -o requirements.lock

clean:  ## remove what was built
	rm -rf $(VENV) build out .pytest_cache .ruff_cache .hypothesis
