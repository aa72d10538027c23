# Everything a newcomer or a machine does with this project. `make help` lists it.
#
# Nothing need be installed but make, git and Python 3.11 or later with its venv module.
# Packages come from the lock files, pinned by hash, into $(VENV); nothing else is touched.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
PIP := $(RUN) -m pip --disable-pip-version-check --quiet
UV_VERSION := 0.13.9

# Hundreds of programs are started by the tests. Each would compile a thousand modules for itself.
unexport PYTHONDONTWRITEBYTECODE

OUT ?= demo

CORE := orders devices geo evaluation incidents privacy audit reports

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z_-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Setting up ------------------------------------------------------------------------------

$(RUN):
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "There is no '$(PYTHON)' here. Install Python 3.11 or later, or name yours: make PYTHON=/path/to/python3 ..." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Mesure needs Python 3.11 or later, but '$(PYTHON)' is $$("$(PYTHON)" --version 2>&1). Name a newer one: make PYTHON=python3.13 ..." >&2; exit 1; }
	@"$(PYTHON)" -m venv "$(VENV)" || { rm -rf "$(VENV)"; \
	  echo "'$(PYTHON)' cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

# install LOCK: the packages of a lock file, each checked against its hash, then this project itself.
define install
	@echo "Installing $(1) into $(VENV) (only the first time) ..." >&2
	@$(PIP) install --require-hashes --only-binary :all: -r $(1)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
endef

$(VENV)/.base: requirements.lock pyproject.toml | $(RUN)
	$(call install,requirements.lock)

$(VENV)/.test: requirements-test.lock pyproject.toml | $(RUN)
	$(call install,requirements-test.lock)

$(VENV)/.browser: requirements-browser.lock pyproject.toml | $(RUN)
	$(call install,requirements-browser.lock)

$(VENV)/.fuzz: requirements-fuzz.lock pyproject.toml | $(RUN)
	$(call install,requirements-fuzz.lock)

$(VENV)/.bench: requirements-bench.lock pyproject.toml | $(RUN)
	$(call install,requirements-bench.lock)

# --- Using it --------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.base  ## Set up, and run the service with a town that reports live (PORT=8081 PERSONS=30; ONCE=1: until it was seen to work)
	@test -f $(VENDOR)/pmtiles/pmtiles.js || { command -v npm >/dev/null && $(MAKE) --no-print-directory assets >/dev/null; } || \
	  echo "Maps in the pages are drawings: to move them, and to see streets, npm must bring their libraries (make assets)." >&2
	@$(BIN)/mesure demo $(if $(PORT),--port "$(PORT)") $(if $(PERSONS),--persons "$(PERSONS)")

.PHONY: report
report: $(VENV)/.base  ## Set up, judge a made-up person's fortnight from files, and show the report
	@$(BIN)/mesure demo --report --out "$(OUT)"

# --- Working on it ---------------------------------------------------------------------------

TESTS ?=
# Three, on two cores: a test that waits for a service that it started leaves its core to another.
AT_ONCE ?= 3

.PHONY: test
test: $(VENV)/.test  ## Set up and run every test
	@$(RUN) -m pytest -n $(AT_ONCE) --dist worksteal $(TESTS)

.PHONY: check
check: lint contracts made coverage simulate  ## What `make test` does not do: style, types, contracts, pages, coverage, a minute of simulation

.PHONY: lint
lint: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

.PHONY: contracts
contracts: $(VENV)/.test
	$(BIN)/lint-imports

# The kernels are counted with the compiler switched off, or no line of theirs would seem to run.
.PHONY: coverage
coverage: $(VENV)/.test
	@mkdir -p build
	@rm -f build/coverage build/coverage.*
	NUMBA_DISABLE_JIT=1 $(BIN)/coverage run -m pytest -q -m "not compiled" --hypothesis-profile=fewer -n 2 --dist worksteal -p no:cacheprovider $(wildcard $(CORE:%=tests/%) $(CORE:%=mesure/%) tests/precedents)
	@$(BIN)/coverage combine -q
	$(BIN)/coverage report

SEED ?= 1
SEEDS ?= 8

.PHONY: simulate
simulate: $(VENV)/.test  ## Simulate a town and judge everybody in it; live some seeds through the whole service (SEED=1 SEEDS=8)
	@$(BIN)/mesure simulate --seed $(SEED) --persons 200
	@$(BIN)/mesure simulate --whole --seed $(SEED) --seeds $(SEEDS)

TRACES ?=

.PHONY: measure
measure: $(VENV)/.test  ## Write what is measured into the page on false alerts (TRACES=folder of real traces)
	$(RUN) -m mesure_lab.tables.score_tables docs/how_we_measure_false_alerts.md $(TRACES)

KILLS ?= 100

.PHONY: faults
faults: $(VENV)/.test  ## Kill the service, fill its disk and move its clock under load; nothing may be lost (KILLS=100)
	@$(RUN) -m tools.faults --kills $(KILLS)

# LONG=10 is all of it, LONG=1 the tenth that is tried with every change.
LONG ?= 10
FUZZED := tests/ingest tests/formats tests/devices tests/audit tests/store tests/web/test_api_fuzzed.py tests/service/test_rejudge.py tests/service/test_worker_lived.py tests/service/test_verify_store.py tests/lab/test_seed_search.py tests/actions/test_erasure_year.py tests/lab/test_zone_trials_by_building.py tests/test_operator_pages.py tests/test_fuzz.py

# In sum for all that reads from outside: 10^9 bytes with LONG=10.
FUZZED_BYTES = $(LONG)00000000
FUZZED_AT_ONCE ?= 2
# A tenth searches in one target of four, and in others at each commit.
FUZZED_EVERY = $(if $(filter 10,$(LONG)),1,4)

.PHONY: fuzz
fuzz: $(VENV)/.fuzz  ## Search, led by what of the code is reached, for input that breaks what reads from outside (LONG=1: a tenth)
	@$(RUN) -m tests.fuzz --bytes $(FUZZED_BYTES) --at-once $(FUZZED_AT_ONCE) --every $(FUZZED_EVERY) --turn $(TURN)

.PHONY: long
long: $(VENV)/.fuzz  ## The long versions of fuzzing, faults, a lived year and simulation (LONG=1: a tenth of it)
	@$(if $(filter 10,$(LONG)),,TESTS_TURN=$(TURN)) LONG=$(LONG) FUZZ_EXAMPLES=$$((40 * $(LONG))) $(RUN) -m pytest -q -n $(AT_ONCE) --dist worksteal --hypothesis-profile=long $(FUZZED)
	@$(MAKE) --no-print-directory fuzz
	@$(MAKE) --no-print-directory faults KILLS=$$((10 * $(LONG)))
	@$(MAKE) --no-print-directory mutations EVERY=$$((10 / $(LONG)))
	@$(RUN) -m tools.mutations.simulated --every $$((30 / $(LONG))) --turn $(TURN)
	@$(BIN)/mesure simulate --seed $(LONG) --persons $$((20 * $(LONG))) --days 28
	$(if $(filter 10,$(LONG)),@$(MAKE) --no-print-directory country TEST=1)

# Spoils the product in one place after another: the test that a page names must notice.
EVERY ?= 1
# Other ones at each commit, so that ten commits try them all.
TURN ?= $(shell git rev-list --count HEAD 2>/dev/null || echo 0)

.PHONY: mutations
mutations: $(VENV)/.test  ## Show that the tests that requirements, law and threats name can fail (EVERY=10: one in ten)
	@$(RUN) -m tools.mutations --every $(EVERY) --turn $(TURN)

.PHONY: precedents
precedents: $(VENV)/.test  ## Hold the judge to every precedent, and show that each needs its rule
	@$(RUN) -m pytest -q tests/precedents

.PHONY: made
made: $(VENV)/.test
	$(RUN) tools/pages.py --check
	$(RUN) -m tools.precedents --check
	$(RUN) tools/text_pages.py --check

.PHONY: docs
docs: $(VENV)/.test  ## Bring pages and texts that are made from other files up to date
	$(RUN) tools/pages.py
	$(RUN) -m tools.precedents
	$(RUN) tools/text_pages.py

.PHONY: format
format: $(VENV)/.test  ## Put the code in the house style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# PySpark lives in an environment of its own. It comes as source alone, so what puts it together comes first.
COUNTRY := .venv-country

$(COUNTRY)/.made: requirements-country.lock requirements-test.lock pyproject.toml | $(RUN)
	@echo "Installing requirements-country.lock into $(COUNTRY) (only the first time) ..." >&2
	@"$(RUN)" -m venv "$(COUNTRY)" && mkdir -p build
	@sed -n '/^setuptools==/,/[^\\]$$/p' requirements-country.lock >build/setuptools.txt
	@$(COUNTRY)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all: -r requirements-test.lock -r build/setuptools.txt
	@$(COUNTRY)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all: --no-binary pyspark --no-build-isolation -r requirements-country.lock
	@$(COUNTRY)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation --editable .
	@touch $@

CLUSTERS ?= tests/service/test_country_spark.py tests/service/test_country_live_spark.py

.PHONY: country
country: $(COUNTRY)/.made  ## A town judged live by Spark (needs Java 17 or 21), PERSONS=500 MINUTES=3 INTERVAL=10; TEST=1: kill it while it judges; FAULTS=30: for longer; FIXES=10: judge again this many millions
	@command -v java >/dev/null || { echo "Spark needs Java. On Debian 12: apt install openjdk-17-jre-headless; on 13: openjdk-21-jre-headless" >&2; exit 1; }
	$(if $(TEST),COUNTRY_TESTS=1 $(COUNTRY)/bin/python -m pytest -q -p no:cacheprovider $(CLUSTERS))
	$(if $(FIXES),$(COUNTRY)/bin/python -m bench.under_load.country --spark --fixes $(FIXES))
	$(if $(FAULTS),$(COUNTRY)/bin/python -m tools.faults --only "a country" --kills $(FAULTS))
	$(if $(TEST)$(FIXES)$(FAULTS),,$(COUNTRY)/bin/python -m bench.under_load.country_live --persons $(or $(PERSONS),500) --minutes $(or $(MINUTES),3) --interval $(or $(INTERVAL),10))

# Other people's libraries for the pages come from npm, pinned by hash. Pages work without them.
VENDOR := mesure/web/static/vendor
MAPLIBRE := node_modules/maplibre-gl
TERRA := terra-draw/dist/terra-draw terra-draw-maplibre-gl-adapter/dist/terra-draw-maplibre-gl-adapter

node_modules/.made: package.json package-lock.json .npmrc
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: assets
assets: node_modules/.made  ## Put other people's libraries for the pages into the package (needs npm)
	rm -rf $(VENDOR) && mkdir -p $(addprefix $(VENDOR)/,maplibre-gl pmtiles terra-draw)
	cp $(MAPLIBRE)/LICENSE.txt $(addprefix $(MAPLIBRE)/dist/maplibre-gl,.css .mjs -worker.mjs) $(VENDOR)/maplibre-gl/
	cp node_modules/pmtiles/dist/pmtiles.js tools/licences/pmtiles.txt $(VENDOR)/pmtiles/
	cp $(TERRA:%=node_modules/%.umd.js) tools/licences/terra-draw.txt $(VENDOR)/terra-draw/

# Versions of PostgreSQL that Debian 12 does not have come from npm, pinned by hash, for tests alone.
SERVERS := tests/store/servers
POSTGRES := 16 17 18

$(SERVERS)/node_modules/.made: $(SERVERS)/package.json $(SERVERS)/package-lock.json
	cd $(SERVERS) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@for server in $(SERVERS)/node_modules/postgres*; do (cd $$server && node scripts/hydrate-symlinks.js) || exit 1; done
	@touch $@

.PHONY: postgresql
postgresql: $(VENV)/.test $(SERVERS)/node_modules/.made  ## Hold the store to its tests in other versions of PostgreSQL (needs npm; POSTGRES="16 17 18")
	@for version in $(POSTGRES); do \
	  TEST_POSTGRES_BIN=$(CURDIR)/$(SERVERS)/node_modules/postgres$$version/native/bin \
	  $(RUN) -m pytest -q -p no:cacheprovider -m postgres tests || exit 1; done

# When a page is painted is looked at with nothing beside it.
.PHONY: browser
browser: $(VENV)/.browser assets  ## Drive a real Chromium through the pages (needs Chromium and npm)
	BROWSER_TESTS=1 $(RUN) -m pytest -q -p no:cacheprovider tests/browser/test_budget.py
	BROWSER_TESTS=1 $(RUN) -m pytest -q -n 2 --dist worksteal -p no:cacheprovider --ignore tests/browser/test_budget.py tests/browser

.PHONY: screens
screens: $(VENV)/.browser assets  ## Take the pictures of the documentation anew
	@mkdir -p docs/screens
	BROWSER_TESTS=1 SCREENS=docs/screens $(RUN) -m pytest -q -p no:cacheprovider tests/browser/test_screens.py

.PHONY: bench
bench: $(VENV)/.bench $(VENV)/.test  ## Measure against other tools in the same run; writes build/bench.json
	$(RUN) -m bench

# One choice of versions serves all files, so the environments never disagree.
COMPILE = build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-annotate --no-header pyproject.toml --extra fast --group build

.PHONY: lock
lock:  ## Choose package versions anew and pin them by hash
	@"$(PYTHON)" -m venv build/lock && build/lock/bin/pip install --quiet uv==$(UV_VERSION)
	$(COMPILE) --group test --group bench --upgrade -o build/lock/everything.txt
	$(COMPILE) -c build/lock/everything.txt --upgrade -o requirements.lock
	$(filter-out --group build,$(COMPILE)) --extra postgres --extra notify --extra report --extra venues \
	  -c build/lock/everything.txt --upgrade -o requirements-service.lock
	$(COMPILE) -c build/lock/everything.txt --upgrade --group test -o requirements-test.lock
	$(COMPILE) -c build/lock/everything.txt --upgrade --group bench -o requirements-bench.lock
	$(COMPILE) -c requirements-test.lock --upgrade --group test --group browser -o requirements-browser.lock
	$(COMPILE) -c requirements-test.lock -c requirements-service.lock --upgrade --extra country --group country -o requirements-country.lock
	$(COMPILE) -c requirements-test.lock --upgrade --group test --group fuzz -o requirements-fuzz.lock

.PHONY: archive
archive: $(VENV)/.base  ## Make one archive from which it is installed without a network, in dist/
	@$(RUN) -m tools.install_archive

.PHONY: clean
clean:  ## Remove everything that make made
	rm -rf $(VENV) .venv-* build dist demo node_modules $(VENDOR) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find mesure tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
