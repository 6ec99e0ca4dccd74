#!/bin/sh
# Remake all locks: two from pyproject.toml, with uv, and that of the tests' OPC UA peer, with npm. They carry hashes and
# no address, so that any mirror serves.
set -eu
cd "$(dirname "$0")/.."
options="--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet"
uv pip compile $options pyproject.toml -o installer/requirements.lock
uv pip compile $options pyproject.toml --group test -c installer/requirements.lock -o installer/requirements-test.lock

cd tests/peers/node_opcua
npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --loglevel=error
node -e '
    const fs = require("fs"), name = "package-lock.json", lock = JSON.parse(fs.readFileSync(name));
    for (const found of Object.values(lock.packages)) delete found.funding;
    fs.writeFileSync(name, JSON.stringify(lock, null, 2) + "\n");'
