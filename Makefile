# `make serve` and `make test` do all the set-up on a machine with Python >= 3.10, git and make.

PYTHON ?= python3
VENV ?= .venv
HOST ?= 127.0.0.1
PORT ?= 8000
# Workers of pytest; the tests are made to run side by side. One more than there are processors on
# small machines: browsers and disks are waited for.
JOBS ?= 3
# On how many examples the laws of the record are tried: quick 200, ci 20,000.
PROFILE ?= ci
# The same for make fuzz.
EXAMPLES ?= 1000000
# And for make fuzz-api.
API_EXAMPLES ?= 500

# Else each of the many processes that tests start compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help serve site test test-prefect prefect lint format demo docs screenshots bench browser strace fuzz fuzz-api stress clean

help:
	@echo "make serve    build the demo site and serve it on http://$(HOST):$(PORT)/"
	@echo "make site     build the demo site into site/ and stop"
	@echo "make test     lint, type check and run every test, the browser ones included"
	@echo "make test-prefect  try our server with the real client of Prefect 3, and against its server"
	@echo "make lint     lint and type check only"
	@echo "make format   format the code"
	@echo "make demo     publish the examples into artifacts/"
	@echo "make docs     write the generated half of the reference pages anew"
	@echo "make screenshots  take the screenshots of README and documentation anew"
	@echo "make fuzz     try the laws of the record on a million examples, for an hour or two"
	@echo "make fuzz-api  try the API against its description, for some minutes"
	@echo "make stress   let many publish, serve, kill, merge and watch at once, for minutes"
	@echo "make bench    run the benchmarks"
	@echo "make clean    remove what the others made"

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.10 or newer is needed" if sys.version_info < (3, 10) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(STAMP)

serve: $(STAMP)
	$(BIN)/artifolio serve --host $(HOST) --port $(PORT)

site: $(STAMP)
	$(BIN)/artifolio build

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

browser: $(STAMP)
	$(BIN)/python tools/browser.py
	$(BIN)/python tools/npm.py

strace: $(STAMP)
	$(BIN)/python tools/strace.py

prefect: $(STAMP)
	$(BIN)/python tools/prefect.py

test-prefect: prefect
	$(BIN)/python -m pytest tests/server/test_real_prefect.py tests/server/test_prefect_server.py

test: lint browser strace prefect
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --hypothesis-profile=$(PROFILE)

fuzz: $(STAMP)
	LAW_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest tests/laws tests/website/engine/test_law.py -n $(JOBS) --dist worksteal --hypothesis-profile=fuzz

demo: $(STAMP)
	$(BIN)/python examples/publish_all.py

docs: $(STAMP)
	$(BIN)/python tools/reference.py

screenshots: site browser
	$(BIN)/python tools/screenshots.py

fuzz-api: $(STAMP)
	API_EXAMPLES=$(API_EXAMPLES) $(BIN)/python -m pytest tests/server/test_described.py

stress: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m concurrency.stress

bench: $(STAMP)
	$(BIN)/python benchmarks/bench_core.py
	$(BIN)/python benchmarks/bench_store.py
	$(BIN)/python benchmarks/bench_site.py
	$(BIN)/python benchmarks/bench_build.py
	$(BIN)/python benchmarks/bench_publish.py
	$(BIN)/python benchmarks/bench_server.py

clean:
	rm -rf $(VENV) site site_src/artifacts site_src/runs dist .pytest_cache .mypy_cache .ruff_cache
