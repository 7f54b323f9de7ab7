# `make demo` and `make test` do all the set-up they need, in .venv beside this file.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint proof bench clean

demo: $(VENV)/reference.installed ## Audit the embedded reference server and say where the report is
	$(BIN)/pytest --demo

test: ## Lint, type-check and run every test
	@$(MAKE) --no-print-directory --jobs=3 ready
	AXE_CORE=node_modules/axe-core/axe.min.js $(BIN)/pytest tests -n 4 --dist worksteal

.PHONY: ready
ready: $(VENV)/dev.installed node_modules/.installed browser lint

lint: $(VENV)/dev.installed ## Lint and type-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

proof: $(VENV)/dev.installed ## Prove every check with the fault that breaks it; writes reports/proof.json
	$(BIN)/python -m tests.prove

bench: $(VENV)/dev.installed ## Compare an audit with its requests alone
	$(BIN)/python -m tests.bench

clean: ## Remove what the other targets made
	rm -rf $(VENV) node_modules

$(VENV)/%.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[$*]'
	touch $@

node_modules/.installed:
	npm install --no-save --no-package-lock --no-audit --no-fund --silent axe-core@4 \
	  @modelcontextprotocol/conformance@0.1 next-conformance@npm:@modelcontextprotocol/conformance@0.2.0-alpha.12 \
	  @modelcontextprotocol/inspector node@22
	touch $@

.PHONY: node_modules
node_modules: node_modules/.installed ## Install what some tests need of npm

.PHONY: browser
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  { echo "installing Chromium for the report's tests"; apt-get update -qq && apt-get install -y -qq chromium >/dev/null; }
