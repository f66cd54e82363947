# Recipes people run; CI runs the same ones.

CARGO ?= cargo
DEMO ?= demo-company
# Millions of events of `make bench`, where its data and its Python lie, and how many rounds it takes.
SIZE ?= 10m
BENCH_DATA ?= bench/data
BENCH_VENV ?= bench/.venv
ROUNDS ?= 3
# How many processes `make torture` kills, at how many places of each command every kind of write fails (empty: at all),
# and for how many seconds it fuzzes each target.
KILLS ?= 1000
TRIES ?=
FUZZ ?= 1800
THROUGHLINE = $(or $(CARGO_TARGET_DIR),target)/release/throughline

# What `make test` tries with the program that the tests made, and the targets below with the one that is released.
TRY_PAGE = THROUGHLINE=$(abspath $(THROUGHLINE)) web/tests/real.sh
TRY_API = THROUGHLINE=$(abspath $(THROUGHLINE)) tools/fuzz/run.sh $(abspath $(or $(CARGO_TARGET_DIR),target))/fuzz

# The page: what it is made of, and what it becomes.
WEB_SOURCES = $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/test*' -not -path 'web/tools/*' -not -name types.d.ts 2>/dev/null)

.PHONY: help build demo demo-data test tools format web-check unit web-test api-test torture bench clean

help:            ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## ?/\t/' | expand -t 16

build: web/dist/index.html ## The program with its page, as released
	$(CARGO) build --release --package throughline-app

web/node_modules/.ready: web/package-lock.json
	cd web && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error
	touch $@

web/dist/index.html: web/node_modules/.ready docs/openapi.json $(WEB_SOURCES)
	cd web && npm run --silent build
	touch $@

demo: demo-data  ## Make the sample company, compute, show it in the browser until stopped
	$(THROUGHLINE) --workspace $(DEMO)/workspace serve

demo-data: build ## The same without serving: the scorecard is printed
	rm -rf $(DEMO)
	$(THROUGHLINE) demo $(DEMO)/files
	$(THROUGHLINE) init $(DEMO)/workspace --name "Sample company" --zone Europe/Berlin --currency EUR
	$(THROUGHLINE) --workspace $(DEMO)/workspace import $(DEMO)/files/sources
	$(THROUGHLINE) --workspace $(DEMO)/workspace scorecard

test: tools format web-check unit ## Everything: formatting, lints and all tests
	$(TRY_PAGE)
	$(TRY_API)
	@echo "All tests passed."

tools:           ## What the tests need besides cargo and npm
	@command -v clippy-driver >/dev/null && command -v rustfmt >/dev/null || rustup component add clippy rustfmt
	@tools/debian.sh chromium:chromium
	@tools/debian.sh initdb:postgresql psql:postgresql-client || echo "Tests of databases will be skipped." >&2

format:          ## Formatting, checked
	$(CARGO) fmt --all --check

web-check: web/node_modules/.ready ## Types, lints and formatting of the page
	cd web && npm run --silent check && npm run --silent lint

# Clippy as the compiler of our own crates: lints and tests come out of one compilation, and the engine's
# dependencies are those of the release build instead of a second set made for `cargo clippy`.
unit: web/dist/index.html ## Lints and tests
	RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS="-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__" \
		$(CARGO) test --release --workspace --no-fail-fast

web-test: build  ## The page in a real browser, on the real server
	$(TRY_PAGE)

api-test: build  ## The server, asked all that its description allows and much that it does not
	$(TRY_API)

# Takes hours. KILLS processes are killed, and every parser of text from outside is fuzzed for FUZZ seconds.
torture: web/dist/index.html ## Every failing write, a thousand kills, a thousand imports, a year of days, and fuzzing
	RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS="-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__" \
		THROUGHLINE_KILLS=$(KILLS) THROUGHLINE_TRIES=$(TRIES) $(CARGO) test --release --package throughline-app --test it -- \
		torture_ --ignored --nocapture --test-threads=1
	tools/torture/fuzz.sh $(FUZZ)

bench: build $(BENCH_VENV)/ready ## Speed and memory beside DuckDB, ClickHouse and Polars (SIZE=1m for a quick look)
	THROUGHLINE=$(abspath $(THROUGHLINE)) BENCH_PYTHON=$(BENCH_VENV)/bin/python bench/run.sh $(BENCH_DATA) $(SIZE) $(ROUNDS)

$(BENCH_VENV)/ready: bench/requirements.txt
	test -x $(BENCH_VENV)/bin/python || python3 -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/pip install --quiet --requirement bench/requirements.txt
	touch $@

clean:           ## Remove what was built and made
	$(CARGO) clean
	rm -rf $(DEMO) web/dist web/node_modules
