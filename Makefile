# Two commands do everything on a machine with Python 3.11+, git and make:
#   make report   the demo study's evaluation, in outputs/
#   make test     the tests
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STUDY ?= parameters/study.yaml
OUTPUT ?= outputs
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_LINK_MODE := copy
# Work is spread over processes; threads of the numeric libraries would only be in each other's way.
export OMP_NUM_THREADS ?= 1
# Where it is set, every process compiles the whole package and its tests anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo report test lint format lab docs coverage proof benchmarks lock clean system-packages browser-tools

help: ## what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

setup: $(VENV)/.ready ## make the environment in .venv (report and test do it by themselves)

$(VENV)/.ready: requirements.lock requirements-uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || \
	  { echo "This Python cannot make environments; install its venv module (Debian: python3-venv)." >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-uv.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q tingbjerg_eval
	@touch $@

demo: setup ## write the demo study's simulated deliveries and lock its plan
	@test -e parameters/data || $(BIN)/tingbjerg demo parameters
	@test -e parameters/plan.lock.json || $(BIN)/tingbjerg lock parameters/study.yaml --on 2010-03-12

report: setup demo ## run the demo study: baseline, twelve quarters and end of period, to outputs/
	$(BIN)/tingbjerg run $(STUDY) --output $(OUTPUT)

test: setup demo ## all tests, the notebooks included
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest --nbval-lax --nbval-cell-timeout 300 -n auto --dist loadfile notebooks

lint: setup ## check style, types, formatting and that notebooks are stored without outputs
	$(BIN)/ruff check .
	$(BIN)/mypy --no-error-summary
	$(BIN)/ruff format --check .
	$(BIN)/nbstripout --keep-count --keep-id --verify notebooks/*.ipynb

format: setup ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lab: setup demo ## open JupyterLab on the notebooks, the demo study ready
	$(BIN)/tingbjerg lab

docs: setup ## the documentation as a site, in site/
	$(BIN)/python -m docs.making.site site

coverage: setup ## measure the intervals' coverage anew, and the verdicts' (minutes)
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.studies.coverage
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.studies.strategies

proof: setup ## try everything on real areas and published efforts, to docs/proof.md (needs ../shared)
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.studies.proof

benchmarks: setup demo ## time the work against what a user would do otherwise, in one table (minutes)
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet pyfixest diff-diff
	OMP_NUM_THREADS=1 $(BIN)/python tests/benchmarks/table.py

system-packages: ## what some tests need beside Python (Debian; the tests say so when it is missing)
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium postgresql hunspell hunspell-da openssh-client faketime
	command -v npm > /dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm

browser-tools: ## what the browser tests need from npm
	cd tests/report/axe && npm ci --ignore-scripts --no-audit --no-fund --silent
	cd tests/lab && npm ci --ignore-scripts --no-audit --no-fund --silent

key-figures: setup demo ## store the notebooks' key figures and the demo's pages anew, after a change that moves them
	$(BIN)/python tests/notebooks/store_key_figures.py
	TINGBJERG_STORE_PAGES=1 $(BIN)/python -m pytest -q tests/report/test_stored_pages.py

lock: setup ## resolve the dependencies anew and write requirements.lock
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --all-extras pyproject.toml -o requirements.lock

clean: ## remove the environment and everything made
	rm -rf $(VENV) parameters/data parameters/truth.yaml parameters/plan.lock.json build dist site .pytest_cache .ruff_cache .hypothesis
	find $(OUTPUT) -mindepth 1 ! -name .gitkeep -delete
	find . -name __pycache__ -prune -exec rm -rf {} +
