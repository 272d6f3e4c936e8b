# Everything is installed into .venv inside this folder; nothing else on the machine changes.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help reports test test-all check lab start planner docs bench bundle samples messages lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m compileall -q analysis # the libraries are; where Python may not write, every start would do it again
	@touch $@

reports: $(READY) ## install what is missing; PDF and web page of every sample county and reports/index.html
	$(BIN)/junheng batch data/sample --region --out reports

test: $(READY) ## install what is missing; run the tests, without the slow ones (3 minutes on 2 cores)
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow and not system"

test-all: $(READY) ## run all tests, also those that execute notebooks, build reports or start processes
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(READY) ## lint, import layers, rules for notebooks and texts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/house/test_house.py tests/house/test_terms.py tests/house/test_notebooks.py -m "not slow"

lab: $(READY) ## open JupyterLab on the analyst's starting page
	$(BIN)/jupyter lab notebooks/explore.ipynb

start: $(READY) ## open the start page: template, check, report and planner by buttons
	$(BIN)/junheng start

planner: $(READY) ## open the planner's page: change births, schools or projects and see what becomes of it
	$(BIN)/junheng planner

bench: $(READY) ## measure ours against what one would use instead; writes docs/benchmarks.md (about 35 minutes)
	$(BIN)/python tests/benchmarks/run_all.py

docs: $(READY) ## install what the documentation needs and build it, English and Chinese, under site/
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -r requirements-docs.lock
	$(BIN)/python tools/make_docs.py site

bundle: $(READY) ## wheels for Linux and Windows, installer and checksums, to install without a network; under dist/
	$(BIN)/python tools/make_bundle.py dist

samples: $(READY) ## write data/sample anew from its recipes
	$(BIN)/python tools/make_samples.py data/sample

messages: $(READY) ## collect new messages into the Chinese catalogue
	$(BIN)/pybabel -q extract --sort-output -k say -k self.say -k N_ -k say.plural:1,2 -k plural:1,2 --no-location --omit-header -o .venv/messages.pot analysis
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 100 -l zh -i .venv/messages.pot -o analysis/base/locale/zh.po

lock: ## pin the newest versions that pyproject.toml allows into requirements.lock
	rm -rf .venv/lock && $(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	.venv/lock/bin/python -m pip freeze --exclude-editable > requirements.lock
	.venv/lock/bin/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[docs]'
	.venv/lock/bin/python -m pip freeze --exclude-editable | $(PYTHON) tools/lock_more.py requirements.lock > requirements-docs.lock

clean: ## remove reports, site, bundles and the environment
	rm -rf .venv site dist reports/.junheng reports/*.pdf reports/*.html reports/manifest.json
