# The one door to this project. `make help` lists what it does.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes
# The locks' wording: no addresses, no paths, one file for Python 3.11 to 3.13 on every platform.
LOCK := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links
# Where made-up secrets and digests are at home.
MADE_UP_SECRETS := ^(tests|sandbox|bench)/|\.lock$$
# Each set of packages leaves a stamp named after the lock's digest: another lock, another stamp.
digest = $(firstword $(shell cksum $(1) | tr ' ' '-'))
RUNTIME := $(VENV)/.runtime-$(call digest,requirements.lock)
DEV := $(VENV)/.dev-$(call digest,requirements-dev.lock)

# Every sentence for people, with the files it stands in, for those who translate.
EXTRACT := $(BIN)/pybabel --quiet extract --no-default-keywords --keyword _ --keyword ngettext:1,2 \
	--add-location file --sort-by-file --no-wrap --omit-header bot handlers
TEMPLATE := bot/locale/bcdc.pot
LANGUAGES := $(wildcard bot/locale/*/LC_MESSAGES/bcdc.po)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run fmt check test bench docs language screenshots lock

# What is generated, checked and tested is in English, whatever this machine speaks.
check test bench docs screenshots: export LANGUAGE := en

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "make %-12s %s\n", $$1, $$2 }'

setup: $(DEV) ## make .venv with everything to run, test and check

run: $(RUNTIME) ## migrate and run the bot; without Slack credentials, with a Slack and a catalogue to try it in
	@$(BIN)/python -m bot

fmt: $(DEV) ## format the sources and mend what can be mended by a tool
	$(BIN)/ruff check --fix --quiet --exit-zero .
	$(BIN)/ruff format .

check: $(DEV) ## lint, formatting, types, import contracts, generated files, secrets
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot docs --check
	@$(EXTRACT) -o /dev/stdout | diff -q $(TEMPLATE) - > /dev/null || { echo "$(TEMPLATE) is not current: run make docs"; exit 1; }
	git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --exclude-files '$(MADE_UP_SECRETS)'

# There are no groups: each test goes by itself to whoever is free.
test: $(DEV) ## run every test this machine can run, and name what was left out
	@$(BIN)/python -m pytest --numprocesses 6 --dist loadgroup $(ARGS)

bench: $(DEV) ## measure the bot against its budgets, side by side with the bare libraries
	$(BIN)/python -m bench

docs: $(DEV) ## write what is generated: the tables of the commands, the sentences to translate
	$(BIN)/python -m bot docs
	$(EXTRACT) -o $(TEMPLATE)
	$(if $(LANGUAGES),$(BIN)/pybabel --quiet update --domain bcdc --input-file $(TEMPLATE) --output-dir bot/locale --no-fuzzy-matching --no-wrap)
	$(if $(LANGUAGES),$(BIN)/pybabel --quiet compile --domain bcdc --directory bot/locale)

language: $(DEV) ## begin another language, such as French with CODE=fr
	$(BIN)/pybabel --quiet init --domain bcdc --input-file $(TEMPLATE) --output-dir bot/locale --locale $(CODE)

screenshots: $(DEV) ## take the pictures of docs/images with a headless Chromium
	$(BIN)/python -m tests.browser.screenshots

lock: $(DEV) ## pin anew what pyproject.toml asks for (UPGRADE=1: to the newest releases)
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.lock
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with make PYTHON=…")'
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): | $(BIN)/python
	$(PIP_INSTALL) -r requirements.lock
	@rm -f $(VENV)/.runtime-* && touch $@

# The larger lock holds the smaller one, so its stamp stands for both.
$(DEV): | $(BIN)/python
	$(PIP_INSTALL) -r requirements-dev.lock
	@rm -f $(VENV)/.dev-* $(VENV)/.runtime-* && touch $@ $(RUNTIME)
