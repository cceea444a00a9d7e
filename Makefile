# All commands for people. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: container-check help venv install install-dev demo demo-terminal run test lint types unit browser pictures messages lock clean postgres test-postgres clients

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# The bot's user may not be able to write here, so Python's bytecode and the catalogs are compiled now.
install: $(VENV)/.installed  ## install what the bot and the sandbox need into .venv
	@[ ! -d bot ] || { $(BIN)/python -m compileall -q bot cogs && \
		$(BIN)/python -c "from bot.ui.language import read_catalogues; read_catalogues()"; }

install-dev: $(VENV)/.installed-dev  ## also install what the tests need

# An interrupted installation would look complete the next time, so a mark says that it's unfinished. One with the mark is
# created again.
venv:
	@[ -x $(BIN)/python ] && [ ! -e $(VENV)/.unfinished ] || { \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
			{ echo "Reelcast needs Python 3.11 or later, and $(PYTHON) is older. Name another one: make PYTHON=python3.12"; exit 1; }; \
		$(PYTHON) -c 'import ensurepip, venv' || \
			{ echo "$(PYTHON) can't create a virtual environment. On Debian and Ubuntu, run: apt install python3-venv"; exit 1; }; \
		echo "Creating a virtual environment in $(VENV) ..."; \
		rm -f $(BIN)/python && rm -rf $(VENV) && mkdir -p $(VENV) && touch $(VENV)/.unfinished && \
		$(PYTHON) -m venv $(VENV) && rm $(VENV)/.unfinished || { rm -f $(BIN)/python; exit 1; }; }

$(VENV)/.installed: requirements.lock | venv
	@echo "Installing requirements.lock ..."
	@touch $(VENV)/.unfinished
	@$(PIP) -r requirements.lock
	@touch $@ && rm -f $(VENV)/.unfinished

$(VENV)/.installed-dev: requirements-dev.lock | venv
	@echo "Installing requirements-dev.lock ..."
	@touch $(VENV)/.unfinished
	@$(PIP) -r requirements-dev.lock
	@touch $@ $(VENV)/.installed && rm -f $(VENV)/.unfinished

demo: install  ## try the bot in your browser, in a local Discord without any account
	@$(BIN)/python -m sandbox.web

demo-terminal: install  ## watch the bot make one video in the terminal, from /video to the MP4
	@$(BIN)/python -m sandbox.demo

run: install  ## run the bot with the settings in .env
	@$(BIN)/python -m bot run

test: lint  ## run every check that must pass
	@mkdir -p out; $(MAKE) --no-print-directory types > out/types.txt 2>&1 & types=$$!; \
		$(MAKE) --no-print-directory unit; unit=$$?; \
		wait $$types; types=$$?; cat out/types.txt; exit $$((unit + types))

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install-dev
	$(BIN)/basedpyright

unit: install-dev browser postgres
	-@$(BIN)/python -m tests.support.clients
	-@$(BIN)/pytest --collect-only -qq > /dev/null  # compiles the tests once, not once in each process
	$(BIN)/pytest -n 6 --dist worksteal

postgres: install-dev  ## find or install PostgreSQL for the tests, in at least two major versions
	@$(BIN)/python -m tests.support.postgres

test-postgres: install-dev postgres  ## run the database tests on every installed major version of PostgreSQL
	POSTGRES=all $(BIN)/pytest -n 2 --dist worksteal tests/integration/bot tests/end_to_end/test_many_machines.py -k postgresql

browser: install-dev  ## find or install Chromium for the browser tests
	@$(BIN)/python -m tests.support.browser

clients: install-dev  ## install discord.js and hikari to test the local Discord with
	@$(BIN)/python -m tests.support.clients

pictures: install-dev browser  ## take the screenshots of the guides again from the demo page
	$(BIN)/python -m tests.browser.pictures
	$(BIN)/python -m tests.browser.states
	$(BIN)/python -m tests.browser.languages

messages: install-dev  ## update the catalogs in bot/ui/locales from the code
	$(BIN)/python -m tests.support.messages

container-check: install-dev  ## build the Dockerfile's image and run the bot in it (needs root, debootstrap, and buildah)
	$(BIN)/python -m scripts.check_container

lock:  ## write the lock files from pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header -c requirements-dev.lock pyproject.toml -o requirements.lock

clean:  ## delete everything that was built
	rm -rf $(VENV) build out .pytest_cache .ruff_cache .hypothesis
