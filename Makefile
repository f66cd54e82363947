# Recipes people run; CI runs the same ones.

CARGO ?= cargo
DEMO ?= demo-company
# Millions of events of `make bench`, where its data and its Python lie, and how many rounds it takes.
SIZE ?= 10m
BENCH_DATA ?= bench/data
BENCH_VENV ?= bench/.venv
ROUNDS ?= 3
THROUGHLINE = $(or $(CARGO_TARGET_DIR),target)/release/throughline

.PHONY: help build demo test tools format unit bench clean

help:            ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## ?/\t/' | expand -t 16

build:           ## The program, as released
	$(CARGO) build --release --package throughline-app

demo: build      ## Make the sample company, import it, print its scorecard
	rm -rf $(DEMO)
	$(THROUGHLINE) demo $(DEMO)/files
	$(THROUGHLINE) init $(DEMO)/workspace --name "Sample company" --zone Europe/Berlin --currency EUR
	$(THROUGHLINE) --workspace $(DEMO)/workspace import $(DEMO)/files/sources
	$(THROUGHLINE) --workspace $(DEMO)/workspace scorecard

test: tools format unit ## Everything: formatting, lints and all tests
	@echo "All tests passed."

tools:           ## What the tests need besides cargo
	@command -v clippy-driver >/dev/null && command -v rustfmt >/dev/null || rustup component add clippy rustfmt

format:          ## Formatting, checked
	$(CARGO) fmt --all --check

# Clippy as the compiler of our own crates: lints and tests come out of one compilation, and the engine's
# dependencies are those of the release build instead of a second set made for `cargo clippy`.
unit:            ## Lints and tests
	RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS="-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__" \
		$(CARGO) test --release --workspace --no-fail-fast

bench: build $(BENCH_VENV)/ready ## Speed and memory beside DuckDB, ClickHouse and Polars (SIZE=1m for a quick look)
	THROUGHLINE=$(abspath $(THROUGHLINE)) BENCH_PYTHON=$(BENCH_VENV)/bin/python bench/run.sh $(BENCH_DATA) $(SIZE) $(ROUNDS)

$(BENCH_VENV)/ready: bench/requirements.txt
	test -x $(BENCH_VENV)/bin/python || python3 -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/pip install --quiet --requirement bench/requirements.txt
	touch $@

clean:           ## Remove what was built and made
	$(CARGO) clean
	rm -rf $(DEMO)
