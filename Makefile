# `make run` and `make test` are all you need; both require only Python >= 3.11 and make.

BIN := .venv/bin
SELFTAUGHT := $(BIN)/selftaught

# What `make run` runs; needs no key and no network.
# The scale is that of benchmarks/stop.py, with two repeats and two rounds.
ARGS ?= run bin_packing three_sat --model offline --seed 1 --scale tiny --calls 3 --responses 2 \
    --utility-calls 6 --meta-calls 3 --rounds 2 --gate-pairs 20 --yes
# Processes that pytest uses; `make test JOBS=0` runs in one.
JOBS ?= 2
SERVERS := tests/models/aimock/node_modules/.package-lock.json

export PYTHON

.PHONY: install run test test-slow lint format bench constraints clean

install: .venv/installed-run

run: install
	$(SELFTAUGHT) $(ARGS)

test: lint $(SERVERS)
	$(BIN)/pytest -n $(JOBS)

test-slow: .venv/installed-test
	$(BIN)/pytest -n $(JOBS) -m slow --timeout 3000

lint: .venv/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/installed-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What is measured in minutes; the long searches of docs/evidence are run one by one.
BENCH ?= sandbox commands models store resume gate
bench: .venv/installed-test
	set -e; for name in $(BENCH); do echo "== $$name"; $(BIN)/python benchmarks/$$name.py; done

# Pins every package anew; needs uv.
constraints:
	uv pip compile -q --upgrade --universal --python-version 3.11 --all-extras --group dev \
	    --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    pyproject.toml -o constraints.txt

# Runs and their store (.selftaught) are the user's: they stay.
clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# Without node it is not made, and the tests that need it are skipped.
$(SERVERS): tests/models/aimock/package-lock.json
	scripts/install.sh servers

.venv/installed-test: pyproject.toml constraints.txt scripts/install.sh
	scripts/install.sh test
	touch .venv/installed-run $@

.venv/installed-run: pyproject.toml constraints.txt scripts/install.sh
	scripts/install.sh run
	touch $@
