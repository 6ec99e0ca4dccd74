#!/bin/sh
# Remake both locks from pyproject.toml. Needs uv. The locks carry hashes and no address, so that any mirror serves.
set -eu
cd "$(dirname "$0")/.."
options="--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet"
uv pip compile $options pyproject.toml -o installer/requirements.lock
uv pip compile $options pyproject.toml --group test -c installer/requirements.lock -o installer/requirements-test.lock
