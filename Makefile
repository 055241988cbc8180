.PHONY: setup
UV_VERSION := 0.13.8
UV := .uv/bin/uv

setup: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	python3 -m pip install --quiet --target .uv uv==$(UV_VERSION)
	$(UV) venv --quiet --clear .venv
	$(UV) pip sync --quiet --python .venv --require-hashes requirements.lock
	$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
	touch $@
