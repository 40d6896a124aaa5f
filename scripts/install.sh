#!/usr/bin/env bash
# Makes .venv and installs selftaught in it, in the versions of constraints.txt.
# `scripts/install.sh run`: what a run needs. `scripts/install.sh test`: what the tests need, too.
# `scripts/install.sh servers`: a model server that others wrote, for tests; needs node.
set -euo pipefail
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 DEBIAN_FRONTEND=noninteractive
part=${1:?run, test or servers}
exec </dev/null

say() { printf '%s\n' "$*" >&2; }

# Installs Debian packages where this user may; otherwise says which are missing.
system_packages() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing $* with apt-get"
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 ||
            { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null; } ||
            { say "could not install $*"; return 1; }
    else
        say "missing: $* (Debian: sudo apt-get install $*)"
        return 1
    fi
}

find_python() {
    local name
    for name in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    say "expected Python 3.11 or newer; found $(python3 --version 2>/dev/null || echo none)"
    say "  next: install it, or name it: make PYTHON=/path/to/python3 $part"
    return 1
}

make_venv() {
    local python
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && return
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian ships Python without these two modules.
        system_packages "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv" ||
            { say "expected Python's venv and ensurepip modules; next: install the package above"; return 1; }
    fi
    "$python" -m venv --clear .venv
}

has_node() {
    command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || a == 20 && b >= 15 ? 0 : 1)'
}

if [ "$part" = servers ]; then
    if has_node; then
        npm ci --prefix tests/models/aimock --ignore-scripts --no-audit --no-fund --loglevel=error >&2
        touch tests/models/aimock/node_modules/.package-lock.json
    else
        say "expected node >= 20.15 and npm; found $(node --version 2>/dev/null || echo no node)"
        say "  next: install them for the tests against aimock, which are skipped now"
    fi
    exit
fi

make_venv
pip() { .venv/bin/python -m pip "$@"; }
case $part in
run)
    pip install -q -c constraints.txt -e .
    ;;
test)
    pip install -q 'pip>=25.1' # the first that knows dependency groups
    pip install -q -c constraints.txt -e '.[anthropic,google,parquet]' --group dev
    # Tests that need a missing one are skipped, and say so.
    command -v bwrap >/dev/null || system_packages bubblewrap || true
    command -v jq >/dev/null || system_packages jq || true
    ;;
*)
    say "expected run, test or servers, found $part"
    exit 2
    ;;
esac
