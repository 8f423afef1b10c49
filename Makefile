# make run · make test · make check · make gate · make bench — see CONTRIBUTING.md

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python requirements/pip-26.3-py3-none-any.whl/pip --disable-pip-version-check
ARGS   ?=
NAME   ?= all

.PHONY: run test check gate bench lock messages schema clean

run: $(VENV)/run.stamp
	@$(BIN)/python -m syndicate demo $(ARGS)

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest --ignore=tests/gate $(ARGS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --strict samples
	$(BIN)/lint-imports
	@echo "check: ok"

gate: $(VENV)/dev.stamp
	$(BIN)/python -m pytest tests/gate $(ARGS)

bench: $(VENV)/bench.stamp
	$(BIN)/python -m bench $(NAME) $(ARGS)

# ── Setting up. pip itself comes with the repository, because a Debian without
# python3-venv has no ensurepip; everything else comes from the lock files. The
# checkout is put on the path, so that .venv/bin/syndicate runs what you edit. ──

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("syndicate needs Python 3.11 or newer; set PYTHON=…" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/run.stamp: requirements/run.txt | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r $<
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/syndicate.pth"
	@printf '#!/bin/sh\nexec "%s/python" -m syndicate "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/syndicate
	@chmod +x $(BIN)/syndicate
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	$(PIP) install --quiet --require-hashes -r $<
	@touch $@

$(VENV)/bench.stamp: requirements/bench.txt $(VENV)/dev.stamp
	$(PIP) install --quiet --require-hashes -r $<
	@touch $@

# ── For developers ──

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --quiet -o requirements/run.txt pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --quiet -c requirements/run.txt --group dev -o requirements/dev.txt pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --quiet -c requirements/dev.txt --group dev --group bench -o requirements/bench.txt pyproject.toml

messages: $(VENV)/dev.stamp
	$(BIN)/pybabel -q extract -F babel.cfg -k _ -k ngettext:1,2 --no-location --sort-output -o var/syndicate.pot .
	$(BIN)/pybabel -q update -D syndicate -i var/syndicate.pot -d syndicate/locale -N --no-wrap --ignore-obsolete
	$(BIN)/pybabel -q compile -D syndicate -d syndicate/locale

schema: $(VENV)/run.stamp
	$(BIN)/python -m syndicate config schema > docs/config.schema.json

clean:
	rm -rf $(VENV) var build dist
	find feeds -mindepth 1 ! -name README.md -delete
