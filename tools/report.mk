# The stages of `make report`. Content decides what runs again: tools/stamps.py rewrites a stamp only when its inputs
# changed. Run from the project's root, by the Makefile or by `migration-effects report`.
SHELL := /bin/bash
MAKEFLAGS += --no-builtin-rules --warn-undefined-variables
.SECONDARY:

STUDY ?= uzbekistan_2019
LANGUAGES ?= en
DATA ?=
PY ?= python

export PYTHONHASHSEED := 0
export TZ := UTC
export LC_ALL := C.UTF-8
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
# Caches belong to the build: a home folder that cannot be written would make every notebook complain, and settings
# kept there would change what a notebook does.
$(shell mkdir -p build/caches/matplotlib build/caches/ipython)
export MPLCONFIGDIR := $(abspath build/caches/matplotlib)
export IPYTHONDIR := $(abspath build/caches/ipython)
ifneq ($(DATA),)
  export MIGRATION_EFFECTS_RAW := $(abspath $(DATA))
endif

PLAN := $(shell $(PY) -S -E tools/stamps.py '$(STUDY)' '$(LANGUAGES)' '$(DATA)')
ifneq ($(.SHELLSTATUS),0)
  $(error nothing was built)
endif
ID := $(firstword $(PLAN))
NOTEBOOKS := $(wordlist 3,$(words $(PLAN)),$(PLAN))
FOLDER := $(patsubst %/,%,$(dir $(firstword $(NOTEBOOKS))))
NAMES := $(notdir $(basename $(NOTEBOOKS)))
# These two read the exhibits of all the others.
LATE := $(filter 08_recommendations 09_reconciliation,$(NAMES))
EARLY := $(filter-out $(LATE),$(NAMES))

B := build/$(ID)
S := $(B)/stamps
D := $(B)/done
timed = $(PY) -S -E tools/timed.py $(B)/seconds/$(1) $(PY)

# What every language depends on.
COMMON = $(NAMES:%=$(D)/nb-%) $(S)/notebooks $(S)/render $(D)/data

# One run renders all languages whose inputs changed: imports are paid once, and two processes draw all charts.
.PHONY: report
report: $(COMMON) $(LANGUAGES:%=$(S)/words-%) | $(D)
	@stale=(); for language in $(LANGUAGES); do \
	  for file in $(COMMON) $(S)/words-$$language; do \
	    if [[ $$file -nt $(D)/report-$$language ]]; then stale+=($$language); break; fi; done; done; \
	if (( $${#stale[@]} )); then \
	  echo "[report] $(ID), $${stale[*]}" && \
	  $(call timed,report) -m migration_effects.report.render '$(STUDY)' $${stale[*]} && \
	  $(PY) -m migration_effects.report.manifest '$(STUDY)' && \
	  touch $${stale[@]/#/$(D)/report-} || exit 1; \
	fi; \
	for language in $(LANGUAGES); do \
	  for file in reports/$(ID)/$$language/*.{html,pdf,docx,xlsx}; do echo "Report: $$file"; done; done

# The exhibits alone, for `make verify`.
.PHONY: exhibits
exhibits: $(NAMES:%=$(D)/nb-%)
	@:

$(D)/data: $(S)/data $(S)/package $(S)/study | $(D)
	@echo "[data] $(ID)"
	@$(call timed,data) -m migration_effects data --study '$(STUDY)' > $(B)/data.txt
	@touch $@

$(D)/nb-%: $(S)/nb-% $(S)/package $(S)/study $(D)/data | $(D)
	@echo "[notebook] $*"
	@$(call timed,nb-$*) -m migration_effects.report.executor '$(FOLDER)/$*.ipynb' '$(B)'
	@touch $@

$(LATE:%=$(D)/nb-%): $(EARLY:%=$(D)/nb-%)
# 09 compares published figures with exhibits; it waits for those of 08 only where a figure is entered for one of them.
ifeq ($(word 2,$(PLAN)),after)
$(D)/nb-09_reconciliation: $(filter $(D)/nb-08_recommendations,$(NAMES:%=$(D)/nb-%))
endif

$(D):
	@mkdir -p $@
