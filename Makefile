# make run: watch the sites of config.toml and show them; make test: everything that CI checks; make demo: no internet.
# make faults: every fault of docs/faults.md injected, with a table of what each came to.
# Each sets up its own environment in .venv; nothing but Python 3.11+ and make has to be there.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

# Hundreds of processes are started by the tests: each would compile all modules anew where this is set.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test demo lint faults clean

run: .venv/installed
	$(BIN)/frontpage run

demo: .venv/installed
	$(BIN)/frontpage demo

# Three at once on two cores: a test that starts processes waits for a third of its time.
test: lint
	$(BIN)/pytest -n 3 --dist worksteal

faults: .venv/equipped
	$(BIN)/python -m benchmarks.faults

lint: .venv/equipped
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# What running needs; what developing needs besides.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	$(PYTHON) -m venv .venv
	$(INSTALL) -e .
	touch $@

.venv/equipped: .venv/installed
	$(INSTALL) -e '.[dev]'
	touch $@

clean:
	rm -rf .venv .pywb .axe build *.egg-info .mypy_cache .ruff_cache .hypothesis
