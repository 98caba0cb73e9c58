# The front door. `make` alone lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

STUDY ?= uzbekistan_2019
LANGUAGES ?= en
DATA ?=
FROM ?=

# The active virtual environment is used as it is; without one, .venv is made from the lock.
ifdef VIRTUAL_ENV
  PY ?= $(VIRTUAL_ENV)/bin/python
else ifdef CONDA_PREFIX
  PY ?= $(CONDA_PREFIX)/bin/python
else
  PY ?= .venv/bin/python
endif
ifeq ($(PY),.venv/bin/python)
  READY := .venv/.ready
endif

.PHONY: help test
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

.venv/.ready: requirements.lock pyproject.toml
	@tools/make_venv.sh

.PHONY: data
data: $(READY) ## prepare the data of STUDY; FROM=folder copies the raw files first, DATA=folder reads them there
	@$(PY) -m migration_effects data --study '$(STUDY)' $(if $(FROM),--from '$(FROM)') $(if $(DATA),--data '$(DATA)')

.PHONY: report
report: $(READY) ## build the report of STUDY in LANGUAGES; only what changed is built again
	@$(MAKE) --no-print-directory --jobs=2 -f tools/report.mk report PY='$(PY)' STUDY='$(STUDY)' LANGUAGES='$(LANGUAGES)' DATA='$(DATA)'

.PHONY: verify
verify: $(READY) ## compare the exhibits of STUDY with its reference values; builds them where something changed
	@$(MAKE) --no-print-directory --jobs=2 -f tools/report.mk exhibits PY='$(PY)' STUDY='$(STUDY)' DATA='$(DATA)'
	@$(PY) -m migration_effects verify '$(STUDY)'

test: $(READY) ## run ruff, mypy and every test
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@$(PY) -m mypy
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile

.PHONY: docs
docs: $(READY) ## build the pages of docs/ and the reference of every public name into build/docs
	@tools/make_docs.sh '$(PY)'

.PHONY: benchmark
benchmark: $(READY) ## time every verb against R survey, svy and plain numpy; SVY_PYTHON names an environment's Python
	@for task in design_mean mean domains linear logit rake bootstrap replicate_logit memory page report; do \
	  $(PY) benchmarks/$$task.py || exit 1; done

.PHONY: simulate
simulate: $(READY) ## check coverage against planted truth, 1,000 samples
	@$(PY) tools/simulate_coverage.py --write docs/coverage.md
	@$(PY) tools/simulate_missing.py --write docs/coverage_missing.md
	@OPENBLAS_NUM_THREADS=1 PYTHONPATH=tools $(PY) -m effect_simulation --replications 1000 --processes 2 --write docs
