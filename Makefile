# Two commands on a fresh machine: `make demo` and `make test`. Nothing is installed by hand.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH_GIFTS ?= 1000000
BENCH_AUDITED ?= 200000
BENCH_MEMORY ?= 100000
RUN = $(BIN)/python
LOCK := $(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header

.PHONY: demo run test long check bench soak lock clean

demo: $(VENV)/.product
	$(BIN)/donation-ledger demo

run: demo
	trap : INT TERM; $(BIN)/donation-ledger serve; $(BIN)/donation-ledger stop

test: $(VENV)/.tests
	$(RUN) -m pytest -n 2 --dist loadfile

long: $(VENV)/.tests
	$(RUN) -m pytest -n 2 --dist loadfile -m long

check: $(VENV)/.tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/coverage erase
	$(MAKE) test long RUN="$(BIN)/coverage run"
	$(BIN)/coverage combine -q
	$(BIN)/coverage report
	$(BIN)/coverage report --include='ledger/*,receipts/verify.py,receipts/status*.py,receipts/qr.py' --fail-under=100

bench: $(VENV)/.tests
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/rebuilding.py
	$(BIN)/python benchmarks/receipts_drawn.py
	$(BIN)/python benchmarks/receipt_parts.py
	$(BIN)/python benchmarks/verifying.py
	$(BIN)/python benchmarks/auditing.py
	$(BIN)/python benchmarks/audit_scale.py --events $(BENCH_AUDITED)
	$(BIN)/python benchmarks/memory.py --gifts $(BENCH_MEMORY)
	$(BIN)/python benchmarks/reading.py --events $(BENCH_GIFTS)
	$(BIN)/python benchmarks/trace_scale.py --gifts $(BENCH_GIFTS)
	$(BIN)/python benchmarks/report.py

soak: $(VENV)/.tests
	$(BIN)/python -m pytest -m soak

lock: $(VENV)/.tests
	$(LOCK) -o requirements.txt requirements.in
	$(LOCK) -o requirements-dev.txt requirements-dev.in

clean:
	test ! -x $(BIN)/donation-ledger || $(BIN)/donation-ledger stop
	test ! -L var/postgres || rm -rf "$$(readlink -f var/postgres)"
	rm -rf $(VENV) var build api/pages/bundled *.egg-info

$(VENV)/.product: requirements.txt pyproject.toml api/pages/charts/bundle.sh \
		api/pages/charts/library.js api/pages/charts/package-lock.json
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	api/pages/charts/bundle.sh
	touch $@

$(VENV)/.tests: $(VENV)/.product requirements-dev.txt tests/foreign/tools.sh \
		tests/foreign/javascript/package-lock.json tests/foreign/aics/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	tests/foreign/tools.sh
	touch $@
