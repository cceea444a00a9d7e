# Everything a person runs; `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: container-check help venv install install-dev demo demo-terminal run test lint types unit browser pictures messages lock clean postgres test-postgres clients

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# Whoever runs the bot may have no right to write here: what Python compiles, and the catalogues, are compiled now.
install: $(VENV)/.installed  ## a virtual environment with what the bot and the sandbox need
	@[ ! -d bot ] || { $(BIN)/python -m compileall -q bot cogs && \
		$(BIN)/python -c "from bot.ui.language import read_catalogues; read_catalogues()"; }

install-dev: $(VENV)/.installed-dev  ## the same with what the tests need

# Half an environment would look like a whole one the next time, so it carries a mark until it is whole, whenever this is
# killed; one with the mark is made anew.
venv:
	@[ -x $(BIN)/python ] && [ ! -e $(VENV)/.unfinished ] || { \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
			{ echo "Reelcast needs Python 3.11 or later; $(PYTHON) is not. Name one: make PYTHON=python3.12 ..."; exit 1; }; \
		$(PYTHON) -c 'import ensurepip, venv' || \
			{ echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }; \
		echo "Making a virtual environment in $(VENV) ..."; \
		rm -f $(BIN)/python && rm -rf $(VENV) && mkdir -p $(VENV) && touch $(VENV)/.unfinished && \
		$(PYTHON) -m venv $(VENV) && rm $(VENV)/.unfinished || { rm -f $(BIN)/python; exit 1; }; }

$(VENV)/.installed: requirements.lock | venv
	@echo "Installing what requirements.lock names ..."
	@touch $(VENV)/.unfinished
	@$(PIP) -r requirements.lock
	@touch $@ && rm -f $(VENV)/.unfinished

$(VENV)/.installed-dev: requirements-dev.lock | venv
	@echo "Installing what requirements-dev.lock names ..."
	@touch $(VENV)/.unfinished
	@$(PIP) -r requirements-dev.lock
	@touch $@ $(VENV)/.installed && rm -f $(VENV)/.unfinished

demo: install  ## the bot in a local Discord in your browser, with no account anywhere
	@$(BIN)/python -m sandbox.web

demo-terminal: install  ## the main job told in the terminal, from a member's /video to the MP4
	@$(BIN)/python -m sandbox.demo

run: install  ## the bot, with the settings in .env
	@$(BIN)/python -m bot run

test: lint types unit  ## everything that must pass

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install-dev
	$(BIN)/basedpyright

unit: install-dev browser postgres
	-@$(BIN)/python -m tests.support.clients
	$(BIN)/pytest -n 4 --dist worksteal

postgres: install-dev  ## PostgreSQL servers for the tests, of two major versions at least: found, or installed
	@$(BIN)/python -m tests.support.postgres

test-postgres: install-dev postgres  ## what touches the database, on every major version of PostgreSQL that is here
	POSTGRES=all $(BIN)/pytest -n 2 --dist worksteal tests/integration/bot tests/end_to_end/test_many_machines.py -k postgresql

browser: install-dev  ## a Chromium for the tests that drive one: found, or installed
	@$(BIN)/python -m tests.support.browser

clients: install-dev  ## discord.js and hikari, which the local Discord is tried with
	@$(BIN)/python -m tests.support.clients

pictures: install-dev browser  ## the pictures in docs/pictures, taken anew of the page while the demo runs
	$(BIN)/python -m tests.browser.pictures
	$(BIN)/python -m tests.browser.states

messages: install-dev  ## the catalogues in bot/ui/locales, brought up to date with the code
	$(BIN)/python -m tests.support.messages

container-check: install-dev  ## the image built of the Dockerfile, and the bot in it; needs root and debootstrap, takes buildah
	$(BIN)/python -m scripts.check_container

lock:  ## write the lock files anew from pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header -c requirements-dev.lock pyproject.toml -o requirements.lock

clean:  ## remove what was built
	rm -rf $(VENV) build out .pytest_cache .ruff_cache .hypothesis
