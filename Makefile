# Everything a newcomer types. Works on a machine where nothing was installed by hand but Python 3.11+ and make.
#
#   make run      set up, load the demonstration data if there are none, and serve http://127.0.0.1:8000
#   make test     every test, on SQLite and on PostgreSQL, journeys in a real browser
#   make bench    speed against zen-engine, OpenFisca, bare DuckDB and pgbench (quick: make bench-quick; docs/benchmarks.md)
#   make check    format, lint, types, import contracts, migrations, generated documents
#   make setup    environment and browser assets, without starting anything
#   make shots    renew the pictures of the guides from the journeys that show them
#   make format   put the code in order;  make lock  renew the lock files;  make docs  renew docs/reference

SHELL := /bin/bash
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
BASE := .venv/.installed-base
DEV := .venv/.installed-dev
ASSETS := build/.assets
STATIC := build/.static
STATIC_SOURCES := $(shell find src -path '*/static/*' -type f 2>/dev/null)

export TONGBAO_HOST ?= 127.0.0.1
export TONGBAO_PORT ?= 8000
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"
DEMO_CLOCK := 2019-10-15T09:00

.PHONY: run setup test test-sqlite test-journeys test-postgres bench bench-quick shots check format lock docs clean

run: export TONGBAO_CLOCK ?= $(DEMO_CLOCK)
run: $(STATIC)
	@$(BIN)/tongbao migrate
	@$(BIN)/tongbao demo --if-empty
	@exec $(BIN)/tongbao serve --host "$(TONGBAO_HOST)" --port "$(TONGBAO_PORT)"

setup: $(STATIC)

.venv/bin/python:
	@for python in "$(PYTHON)" python3.13 python3.12 python3.11 python3 python; do \
		command -v "$${python:-none}" >/dev/null 2>&1 || continue; \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if "$$python" -c 'import venv, ensurepip' 2>/dev/null; then "$$python" -m venv .venv; exit; fi; \
		echo "缺少 Python 的 venv 模块：Debian/Ubuntu 请安装 python3-venv 后重试。" >&2; \
		echo "Python's venv module is missing: on Debian or Ubuntu install python3-venv and try again." >&2; \
		exit 1; \
	done; \
	echo "没有找到 Python 3.11 或更高版本，请安装后重试（或用 PYTHON=路径 指明）。" >&2; \
	echo "Python 3.11 or newer was not found: install it and try again (or point to it with PYTHON=path)." >&2; \
	exit 1

$(BASE): requirements/base.txt pyproject.toml | .venv/bin/python
	@echo "安装运行所需的包 / installing packages"
	@$(PIP) --require-hashes -r requirements/base.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt $(BASE)
	@echo "安装开发所需的包 / installing development packages"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(ASSETS): package.json package-lock.json assets.txt src/tongbao/cli/assets.py | $(BASE)
	@echo "取得网页素材 / fetching browser assets"
	@mkdir -p build
	@$(BIN)/tongbao assets
	@touch $@

$(STATIC): $(ASSETS) $(STATIC_SOURCES) $(BASE)
	@echo "整理静态文件 / collecting static files"
	@$(BIN)/python manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@

test: test-sqlite test-postgres test-journeys

test-sqlite: $(DEV) $(STATIC)
	@echo "── SQLite"
	$(BIN)/python -m pytest -n 2 -m "not journey"

test-postgres: $(DEV) $(STATIC)
	@echo "── PostgreSQL"
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -n 2 -m "database and not journey"

test-journeys: $(DEV) $(STATIC)
	@echo "── 浏览器 / browser"
	chromium="$$($(BIN)/python -m tests.browser)" && TONGBAO_CHROMIUM="$$chromium" $(BIN)/python -m pytest -n 2 --dist loadfile -m journey

# BENCH="decide" measures one part; BENCH="--scales 0.1 1" other sizes; KEEP=1 renews the figures of docs/benchmarks.md
bench: $(DEV) $(STATIC)
	$(BIN)/python -m benchmarks $(BENCH) $(if $(KEEP),--keep)

bench-quick: $(DEV) $(STATIC)
	$(BIN)/python -m benchmarks --quick $(BENCH)

SHOWN := main_job fund books
shots: $(DEV) $(STATIC)
	chromium="$$($(BIN)/python -m tests.browser)" && TONGBAO_CHROMIUM="$$chromium" TONGBAO_SHOTS=build/shots \
		$(BIN)/python -m pytest -m journey $(SHOWN:%=tests/journeys/test_%.py)
	@for picture in build/shots/*.png; do \
		if grep -rqs --include='*.md' "images/$${picture##*/}" README.md docs; then cp "$$picture" docs/guides/images/; fi; \
	done

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tongbao.cli.docs --check

format: $(DEV)
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

docs: $(DEV)
	$(BIN)/python -m tongbao.cli.docs

lock: | .venv/bin/python
	@[ -x $(BIN)/uv ] || $(PIP) uv
	$(LOCK) -o requirements/base.txt
	$(LOCK) --extra dev -c requirements/base.txt -o requirements/dev.txt

clean:
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
