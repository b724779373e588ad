# Everything a fresh machine with Python 3.11 and make needs. `make run` and `make test` are all a user must know.
PYTHON ?= python3.11
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test check format bench console clean

run: $(STAMP)  ## install, build the demo city, serve it
	$(BIN)/jutong demo --port $(PORT)

test: $(STAMP)  ## run the tests; databases and browser are used where found
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(STAMP)  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)  ## compare speeds with others' in one run (minutes); results in docs/performance.md
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.city
	$(BIN)/python -m benchmarks.hostile
	$(BIN)/python -m benchmarks.reload

console:  ## rebuild the explorer (needs Node; users do not)
	cd gateway/console && npm ci && npm run build

clean:
	rm -rf $(VENV) var

$(STAMP): pyproject.toml constraints.txt
	if command -v $(PYTHON) >/dev/null 2>&1; then $(PYTHON) -m venv $(VENV); else python3 -m venv $(VENV); fi
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)
