# Needs Python 3.11 or newer and the package registry that pip is configured for; nothing else.

PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" pyproject.toml --group build --extra postgres

.PHONY: demo test lint bench soak vsix lock clean

demo: .venv/.run apps/.casework/.sample
	$(BIN)/casework dev apps --demo

test: .venv/.dev
	$(BIN)/pytest -n 2 --dist worksteal

lint: .venv/.dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/casework fmt --check apps

bench: .venv/.dev
	$(BIN)/python -m bench

soak: .venv/.dev
	$(BIN)/pytest -n 2 --dist worksteal -m soak

# The extension for Visual Studio Code, into editors/vscode/dist/casework.vsix; needs Node 20 or newer.
vsix: .venv/.run
	$(BIN)/python editors/textmate.py editors/vscode/dist/casework.tmLanguage.json
	cd editors/vscode && npm ci --silent && npm run --silent package

# The exact versions, with hashes: what runs, and what runs and develops. `make lock UPGRADE=1`
# takes the newest versions that the floors allow; otherwise the locked ones stay.
lock: .venv/.dev
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock

clean:
	rm -rf .venv .casework build dist editors/vscode/dist editors/vscode/node_modules *.egg-info .coverage .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache

.venv/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Casework needs Python 3.11 or newer: install it, or name it with make PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv .venv

# The demo's data is made once; delete apps/.casework to begin afresh.
apps/.casework/.sample: | .venv/.run
	$(BIN)/casework sample apps/crm --rows 2000
	@touch $@

# Stamps: an environment is installed again only when its lock file or the project's metadata changes.
.venv/.run: requirements.lock pyproject.toml .venv/pyvenv.cfg
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@
