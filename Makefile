PYTHON ?= python3
PORT ?= 7860
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check check-slow evals bench models generator

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## Make .venv with the pinned packages (run, demo and test do it by themselves)
	@$(PYTHON) bootstrap.py

run: setup ## Start the assistant on http://127.0.0.1:7860 (PORT=… changes the port)
	@$(PY) -m assistant serve --port $(PORT)

demo: setup ## A worked consultation in the terminal: literature, a variant, a fundus photograph
	@$(PY) -m assistant.demo

test: ## Run the tests, on every core
	@$(PYTHON) bootstrap.py --dev
	@$(PY) -m pytest -q -n logical --dist loadfile

check: ## Format, lint, types, layers and knowledge
	@$(PYTHON) bootstrap.py --dev
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@$(PY) -m assistant knowledge check

check-slow: ## The slow tests and those in a real browser (needs chromium)
	@$(PYTHON) bootstrap.py --dev
	@$(PY) -m pytest -q -m "slow or browser"

evals: ## The smoke profile: a hundred and fifty synthetic patients, scored, with the gates
	@$(PYTHON) bootstrap.py --dev
	@$(PY) -m evals --profile smoke

bench: ## Measure speed and quality on this machine
	@$(PYTHON) bootstrap.py --dev
	@$(PY) -m evals.bench
	@$(PY) -m evals.triage.table --data $(DATA)
	@$(PYTHON) bootstrap.py --dev --extra discovery --extra simulation
	@$(PY) -m evals.discovery --data $(DATA)

DATA ?= ../shared/data
MODELS ?= var/models

models: setup ## Make every picture model that ships again from the development sets (hours; DATA=…, MODELS=…)
	@$(PY) -m imaging train shipped --data $(DATA) --out $(MODELS)

generator: setup ## Train the shipped generator of molecules again on the pack moses (an hour on one core; SMILES=…, MODELS=…)
	@$(PYTHON) bootstrap.py --extra discovery
	@$(PY) -m tools.discovery.vae_train $(SMILES) $(MODELS)/generator
