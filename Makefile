# Two commands: `make run` starts the bot, `make test` proves it. The rest is for those who work on it.

PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
CODE := bot scheduler tests benchmarks
BROWSERS := chromium chromium-browser google-chrome
PRINTERS := soffice pdftotext

.PHONY: run install develop check test bench lock migration parts
.DELETE_ON_ERROR:

run: install ## the bot, on its embedded database, at http://127.0.0.1:8000
	@exec $(BIN)/wuyi run $(ARGS)

install: $(VENV)/.stamp-run ## the set-up alone: ends with .venv/bin/wuyi ready

develop: $(VENV)/.stamp-dev

test: develop parts check ## everything that CI runs
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report= $(ARGS)
	$(BIN)/python -m coverage report --fail-under=100

check: develop ## what needs no run: style, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: develop ## the speed that we promise, against peers, in one run
	$(BIN)/python -m benchmarks $(ARGS)

migration: develop ## make migration m="what changes": a draft from the tables; read it before it is kept
	$(BIN)/python -m bot.store.migrations.draft "$(m)"
	$(BIN)/ruff check -q --fix bot/store/migrations
	$(BIN)/ruff format -q bot/store/migrations

lock: develop ## both lock files anew, from pyproject.toml
	$(PIP) install uv
	$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-strip-extras -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-strip-extras -q -o requirements-dev.txt

parts:
	@lacking=; found=; \
	for each in $(BROWSERS); do command -v $$each >/dev/null && found=yes; done; \
	[ -n "$$found" ] || { lacking=yes; echo "no browser: the tests that look at pages need one;" \
		"get it with: apt-get install chromium fonts-noto-cjk" >&2; }; \
	for each in $(PRINTERS); do command -v $$each >/dev/null || { lacking=yes; \
		echo "no $$each: the test that prints the documents needs it;" \
		"get it with: apt-get install libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils" >&2; }; done; \
	command -v npm >/dev/null || { lacking=yes; echo "no npm: the tests against WeCom's own package and axe-core need it;" \
		"get it with: apt-get install nodejs npm" >&2; }; \
	[ -z "$$lacking" ] || [ -z "$$CI" ]

# A stamp is younger than all that it was made from, so a second run starts at once.
$(VENV)/.stamp-run: requirements.txt pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "wuyi needs Python 3.11 or newer, and finds only $$(python3 -V 2>&1);" \
		"install one (apt-get install python3) or name it: make run PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "this Python cannot make a virtual environment;" \
		"get the missing part with: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "making $(VENV) ..."; $(PYTHON) -m venv --clear $(VENV); }
	@echo "installing the locked dependencies ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.stamp-dev: requirements-dev.txt $(VENV)/.stamp-run
	@echo "installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
