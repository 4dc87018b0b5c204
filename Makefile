## make run      the app on http://localhost:8501   (PORT=9000, HEADLESS=1)
## make test     the first tier of the tests, with a browser       (must pass before a merge)
## make check    the same without a browser
## make test-all all tests, also the slow ones
## make weights  download DenseNet-121's ImageNet weights      (MODEL=densenet201, ALL=1)
## make format   format the source code
## make screenshots   make the pictures in docs/screenshots again

PYTHON ?= python3
PORT ?= 8501
HEADLESS ?=
MODEL ?=
ALL ?=

VENV := .venv
# With a given address, Streamlit does not ask an outside server for this machine's address.
NO_WINDOW := --server.headless true --browser.serverAddress localhost
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --quiet
RUN_STAMP := $(VENV)/.requirements
DEV_STAMP := $(VENV)/.requirements-dev
NODE_STAMP := node_modules/.package-lock.json
NODE := $(shell command -v node 2>/dev/null)
PRETTIER := node_modules/.bin/prettier --cache --log-level warn
JAVASCRIPT := 'densenet_viz/stage/**/*.js' 'tests/js/**/*.mjs'
# In CI no test may be skipped because a tool is missing.
REQUIRED := $(filter required,$(BROWSER_TESTS))$(CI)
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# The first tier of the tests (docs/testing.md); `make unit TIER=` runs both tiers of the unit tests.
TIER ?= -m "not slow"
# Two processes share the tests; with more threads, each torch would wait for the other.
WORKERS ?= --numprocesses 2 --dist worksteal
BY_FILE := $(patsubst worksteal,loadfile,$(WORKERS))
TOGETHER := $(if $(WORKERS),OMP_NUM_THREADS=1)
PYTEST := $(PY) -m pytest --quiet

.DEFAULT_GOAL := help
# One target after the other, except the checks that `static` runs in parallel.
ifndef BESIDE
.NOTPARALLEL:
endif
.PHONY: help run weights test test-all check static lint types imports javascript javascript-with-node
.PHONY: unit stages browser format format-javascript screenshots clean

help:
	@sed -n 's/^## //p' Makefile

run: $(RUN_STAMP)
	$(PY) -m streamlit run app.py --server.port $(PORT) $(if $(filter-out 0 false no,$(HEADLESS)),$(NO_WINDOW))

weights: $(RUN_STAMP)
	@$(PY) -m densenet_viz weights $(if $(filter-out 0 false no,$(ALL)),--all) $(if $(MODEL),--model $(MODEL))

test: static unit browser

test-all: TIER =
test-all: static unit browser

check: static unit

# The checks without pytest, two at a time; each check's output stays together.
static: $(DEV_STAMP)
	@$(MAKE) --no-print-directory BESIDE=1 -j2 $(SYNC) types lint imports javascript

lint: $(DEV_STAMP)
	$(PY) -m ruff format --check --quiet
	$(PY) -m ruff check --quiet

types: $(DEV_STAMP)
	$(PY) -m mypy

imports: $(DEV_STAMP)
	$(VENV)/bin/lint-imports --no-logo

unit: $(DEV_STAMP)
	$(TOGETHER) $(PYTEST) $(TIER) $(WORKERS) --ignore=tests/browser

# Apart from the unit tests: a browser's event loop stays in its process's main thread.
stages: $(DEV_STAMP)
	$(TOGETHER) $(PYTEST) $(TIER) $(WORKERS) tests/browser/stages

# Each process has its own server and browser, and takes whole files: their tests share a page.
browser: $(DEV_STAMP)
	$(TOGETHER) $(PYTEST) $(TIER) $(BY_FILE) tests/browser

javascript:
ifneq ($(NODE),)
	@$(MAKE) --no-print-directory javascript-with-node
else ifneq ($(REQUIRED),)
	@echo "node is not installed, and the stage's JavaScript has to be tested here." >&2; exit 1
else
	@echo "Skipped: the stage's JavaScript was not tested, because node is not installed."
endif

javascript-with-node: $(NODE_STAMP)
	$(PRETTIER) --check $(JAVASCRIPT)
	node_modules/.bin/tsc --project tsconfig.json
	@told=$$(node --test tests/js/*.test.mjs) || { echo "$$told"; exit 1; }; \
	  echo "$$told" | grep -E '(tests|fail) [0-9]+$$'

format: $(DEV_STAMP)
	$(PY) -m ruff check --fix-only --quiet
	$(PY) -m ruff format
ifneq ($(NODE),)
	@$(MAKE) --no-print-directory format-javascript
endif

format-javascript: $(NODE_STAMP)
	$(PRETTIER) --write $(JAVASCRIPT)

screenshots: $(DEV_STAMP)
	$(PY) -m scripts.screenshots

clean:
	rm -rf $(VENV) node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(PY):
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(PYTHON) was not found: install Python 3.11 or newer, or name it with make PYTHON=/path/to/python." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is $$($(PYTHON) -V 2>&1), and 3.11 or newer is needed: name a newer one with make PYTHON=python3.11." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment: on Debian and Ubuntu, install the package python3-venv." >&2; exit 1; }

$(RUN_STAMP): requirements.txt constraints.txt | $(PY)
	@echo "Installing requirements.txt, once; torch makes this take a minute or more."
	$(PIP) -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt requirements-extra.txt $(RUN_STAMP)
	@echo "Installing requirements-dev.txt, once."
	$(PIP) -r requirements-dev.txt
	@touch $@

$(NODE_STAMP): package-lock.json package.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@
