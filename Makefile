# The two commands of the README are `make demo` and `make test`; both call `make setup`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PURE := src/antin/values src/antin/steps src/antin/regulation $(wildcard src/antin/*/rules.py) $(wildcard src/antin/*/rules) $(wildcard src/antin/*/lifecycle.py)

.PHONY: help setup setup-test demo test check lint types imports rules matrix bench lock catalogue clean

help:
	@echo "make demo    two organisations exchange documents on this machine (RESET=1 starts anew, ARGS=--check proves the journey)"
	@echo "make test    every test, on two processes (ARGS=… for pytest)"
	@echo "make check   lint, types, import contracts, pure rules, clause matrix (under a minute)"
	@echo "make bench   the figures"
	@echo "make catalogue   the English catalogue: takes up the messages of the code, drops what is gone, compiles"

setup: $(VENV)/.ready

$(VENV)/.ready: requirements/run.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m antin.web.fonts
	$(BIN)/python -m antin.web.catalogue
	touch $@

setup-test: $(VENV)/.ready-test

$(VENV)/.ready-test: $(VENV)/.ready requirements/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	touch $@

demo: setup
	$(BIN)/antin demo $(if $(RESET),--reset) $(ARGS)

test: setup-test
	bash tests/debian.sh
	$(BIN)/python -m pytest -q -n 2 $(ARGS)

check: setup-test lint types imports rules matrix

lint:
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench

types:
	$(BIN)/mypy $(PURE)

imports:
	$(BIN)/lint-imports --config .importlinter

rules:
	$(BIN)/python -m pytest -q tests/values tests/steps tests/regulation -p no:cacheprovider

matrix:
	$(BIN)/antin compliance --check

bench: setup-test
	$(BIN)/antin bench $(ARGS)

catalogue: setup
	$(BIN)/python -m antin.web.catalogue --extract

# Resolves requirements/*.in anew and writes them with hashes; needs uv.
lock:
	for set in run test; do uv pip compile --python-version 3.11 --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links requirements/$$set.in --output-file requirements/$$set.txt --constraint requirements/run.txt; done

clean:
	rm -rf $(VENV) var
