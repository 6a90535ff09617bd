# Needs make and Python 3.11 or later; everything else is installed into .venv on first use, from the hashes of requirements.lock.
# It keeps to GNU Make 3.81 and POSIX sh, which is what macOS ships.

PYTHONS = python3.13 python3.12 python3.11 python3.14 python3
READY = .venv/.ready
# Where it is set, every process would compile all that it imports again, and the tests start hundreds of them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run demo test soak interop check bench docs lock clean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

# The recipes that serve use exec, so that a signal reaches the program and not a shell before it.
run: $(READY) ## Serve on BITACORA_HOST and BITACORA_PORT (127.0.0.1:8080), with the store of BITACORA_DATABASE (a file under var/).
	@exec .venv/bin/bitacora serve

demo: $(READY) ## The same with example data, which is loaded into an empty store.
	@exec .venv/bin/bitacora serve --demo

test: $(READY) ## Run the tests on every core, but not the soak; ARGS is passed on to pytest, for example ARGS=tests/domain.
	@.venv/bin/pytest -p no:schemathesis --numprocesses=auto --dist=loadscope $(ARGS)

# A drill that measures runs alone, after the others. ARGS may leave none of either kind, which pytest ends with 5.
soak: $(READY) ## Kill servers under load, and run others for a long time: more than an hour; ARGS=--short takes some minutes.
	@.venv/bin/pytest tests/soak -m 'not alone' --numprocesses=auto --dist=worksteal $(ARGS) || test $$? -eq 5
	@.venv/bin/pytest tests/soak -m alone $(ARGS) || test $$? -eq 5
	@.venv/bin/pytest -p no:schemathesis tests/interop --numprocesses=auto --dist=loadscope $(if $(findstring --short,$(ARGS)),,--both-stores)

interop: $(READY) ## Let real clients read the running service; they are installed under .interop/ at the first use.
	@.venv/bin/pytest -p no:schemathesis tests/interop --numprocesses=auto --dist=loadscope $(ARGS)

check: $(READY) ## Check format, lint, types and imports; it changes nothing.
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

bench: $(READY) ## Measure writes and reads on both stores; ARGS=--quick takes less time.
	@.venv/bin/python -m tests.bench $(ARGS)

docs: $(READY) ## Write the tables of api/README.md again, from the code.
	@.venv/bin/python -m api.cli.reference

lock: .venv/bin/uv ## Resolve the requirements again into requirements.lock; ARGS=--upgrade takes newer versions.
	@.venv/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet --output-file requirements.lock $(ARGS)

clean: ## Remove .venv and the files of the tools; the data in var/ stays.
	@rm -rf .venv .interop build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml .venv/bin/uv
	@.venv/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python requirements.lock
	@.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --python .venv/bin/python --editable .
	@touch $@

# A name on the PATH may be a shim that leads nowhere, and a python3 may lack what a virtual environment is made of, so each
# candidate is asked. The installer itself comes from the lock: the sed takes its lines, hashes and all.
.venv/bin/uv:
	@test -x .venv/bin/python || for python in $(PYTHONS); do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			exec $$python -m venv .venv; \
		fi; \
	done; \
	test -x .venv/bin/python || { echo 'Python 3.11 or later with venv is needed (on Debian: apt install python3 python3-venv).' >&2; exit 1; }
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement .venv/uv.txt
