# Every target sets up first what it needs; set-up does only what has changed since the last time.

UV_VERSION := 0.13.8
# What dbt-core 1.11 runs on. The machine's own Python is taken; where none suits, uv fetches one.
PYTHON := >=3.11,<3.14
# Any Python with pip can fetch uv.
BOOTSTRAP := python3 /usr/bin/python3
# jupyter can check addresses with these, which nobody asks for; they would cost every start of dbt a second.
UNUSED := rfc3987-syntax lark
WORKERS := auto
DEMO_MONTH := 2026-10
DEMO_SIZES := --deals 200 --activities 600 --users 25 --leads 400 --facilities 300

UV := .uv/bin/uv
BIN := .venv/bin
STATE := $(or $(LEADHOUSE_HOME),.leadhouse)

export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export RUNTIME__DLTHUB_TELEMETRY := false
# Behind a company's proxy the machine's certificates count; a machine that has none uses uv's own.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS := 1
endif
# A Python that is active in the caller's shell is none of our business.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format docs notebooks bench lock clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/installed dbt_packages/.installed $(STATE)/warehouse.duckdb  ## .venv, locked dependencies, dbt packages

.uv/installed: requirements-uv.lock
	@for python in $(BOOTSTRAP); do $$python -m pip --version >/dev/null 2>&1 && break; done || \
		{ echo "set-up needs Python with pip: on Debian and Ubuntu, apt-get install python3-pip" >&2; exit 1; }; \
	rm -rf .uv && $$python -m pip install --quiet --quiet --disable-pip-version-check --root-user-action=ignore \
		--no-warn-script-location --target .uv --require-hashes --requirement $<
	@touch $@

.venv/installed: .uv/installed requirements.lock pyproject.toml
	@$(BIN)/python -c '' 2>/dev/null || $(UV) venv --quiet --clear --python '$(PYTHON)' --python-preference system .venv || \
		{ echo "set-up needs Python $(PYTHON); none is installed and none could be fetched" >&2; exit 1; }
	@echo "dependencies: $$(grep -c '^[a-z]' requirements.lock) locked packages, $$($(BIN)/python --version)"
	@$(UV) pip sync --quiet --python .venv --require-hashes requirements.lock
	@$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
	@touch $@

dbt_packages/.installed: .venv/installed packages.yml $(shell find packages -type f 2>/dev/null)
	@$(BIN)/python -m leadhouse.packages

# dbt would create it in DuckDB's newest format, which older clients cannot read.
$(STATE)/warehouse.duckdb: | .venv/installed
	@LEADHOUSE_TARGET=duckdb $(BIN)/leadhouse init

demo: export LEADHOUSE_TARGET := duckdb
demo: setup  ## the whole way on generated data, in DuckDB: both CRMs over their APIs, licences from files
	@$(BIN)/leadhouse simulate crm $(STATE)/demo/crm --start $(DEMO_MONTH)-31 $(DEMO_SIZES) -- \
		sh -c '$(BIN)/leadhouse extract salesforce && $(BIN)/leadhouse extract pipedrive'
	@$(BIN)/leadhouse simulate files $(STATE)/demo/files --start $(DEMO_MONTH) $(DEMO_SIZES)
	@$(BIN)/leadhouse extract facilities --files $(STATE)/demo/files/facilities --period $(DEMO_MONTH)
	@$(BIN)/leadhouse build
	@echo; \
	echo "All went well. WARN lines, if any, are about flaws that the invented data have on purpose."; \
	echo "The marts are in $(STATE)/marts.duckdb, schema published: open them with any DuckDB client."; \
	echo "'leadhouse simulate crm $(STATE)/demo/crm' serves the same Salesforce and Pipedrive again, to go on with."; \
	echo "'make docs' describes every table, 'make notebooks' looks at the data, README.md shows the way to your own."

lint: setup  ## ruff, mypy and sqlfluff
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/sqlfluff lint --quiet --disable-progress-bar

docs: setup  ## the documentation site as one file: target/static_index.html
	@$(BIN)/dbt docs generate --static

notebooks: export LEADHOUSE_HOME := $(abspath $(STATE))
notebooks: setup  ## run the notebooks and render them to HTML
	@mkdir -p $(LEADHOUSE_HOME)/notebooks
	@for notebook in notebooks/*.ipynb; do \
		$(BIN)/jupyter-nbconvert --log-level ERROR --KernelManager.transport_encryption=auto --execute --to html \
			--output-dir $(LEADHOUSE_HOME)/notebooks $$notebook 2>$(LEADHOUSE_HOME)/notebooks/log && continue; \
		reason=$$(sed -n 's/^.*LeadhouseError[^:]*: //p' $(LEADHOUSE_HOME)/notebooks/log | tail -1); \
		[ -n "$$reason" ] || { cat $(LEADHOUSE_HOME)/notebooks/log; exit 1; }; \
		echo "left out $$notebook: $$reason"; \
	done
	@rm -f $(LEADHOUSE_HOME)/notebooks/log
	@echo "rendered: $(LEADHOUSE_HOME)/notebooks"

bench: setup  ## the measurements (takes a while)
	@$(BIN)/python -m bench

format: setup  ## put Python, notebooks and SQL into the project's form
	@$(BIN)/jupytext --quiet --sync notebooks/*.ipynb
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet
	@$(BIN)/jupytext --quiet --sync notebooks/*.ipynb
	@$(BIN)/jupyter-nbconvert --log-level ERROR --clear-output --inplace notebooks/*.ipynb
	@$(BIN)/sqlfluff fix --quiet --disable-progress-bar

# Older clients must be able to read our DuckDB files; a test asks one.
.old-client/installed: .uv/installed requirements-old-client.lock
	@rm -rf .old-client && $(UV) pip install --quiet --python .venv --target .old-client --require-hashes --no-deps \
		--requirements requirements-old-client.lock
	@touch $@

test: lint .old-client/installed  ## everything: checks, tests on DuckDB and on a real Postgres
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadscope

lock: .uv/installed  ## resolve the dependencies anew (UPGRADE=1: to their newest versions)
	@echo "uv==$(UV_VERSION)" | $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --output-file requirements-uv.lock -
	@$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate $(if $(UPGRADE),--upgrade) \
		--python-version 3.11 --extra dev $(UNUSED:%=--no-emit-package %) --output-file requirements.lock pyproject.toml

clean:  ## remove what set-up, dbt and the tools made; the data in .leadhouse/ stay
	rm -rf .uv .venv dbt_packages package-lock.yml target logs build leadhouse.egg-info .*_cache .hypothesis
