# What the project runs on; sourced by the scripts beside it, which then have `root`, `python` and `prepare`.
# shellcheck shell=bash

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
environment=$root/.venv
python=$environment/bin/python
export PYTHONPATH=$root

say() { printf '%s\n' "$*" >&2; }

# Sees to it that the environment holds what a requirements file asks for; two that start at once take turns.
prepare() {
    holds "$1" && return
    (
        if command -v flock >/dev/null; then flock 9; fi
        holds "$1" && exit
        say "Making the environment in .venv; this happens once and takes about half a minute ..."
        make_environment && install "$1"
    ) 9<"$root"
}

# The environment keeps a copy of every requirements file that it holds in full.
holds() { [ -x "$python" ] && cmp -s -- "$root/$1" "$environment/$1"; }

# One without such a copy was interrupted while it was made: it begins again from nothing.
make_environment() {
    if [ -x "$python" ] && ls "$environment"/requirements*.txt >/dev/null 2>&1; then return; fi
    local base
    base=$(interpreter) || return
    if ! "$base" -m venv --clear -- "$environment" >&2; then
        say "The environment cannot be made: what $base said is above (python3-venv may be missing)."
        return 1
    fi
}

# python3.11, else any python3 that is not older.
interpreter() {
    local name
    for name in python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    say "The journal needs Python 3.11 or newer, and finds none as python3.11 or python3."
    return 1
}

install() {
    local log=$environment/install.log
    rm -f -- "$environment"/requirements*.txt
    if ! "$python" -P -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
        --only-binary :all: --require-hashes --requirement "$root/$1" >"$log" 2>&1; then
        cat -- "$log" >&2
        say "The environment cannot be made: what pip said is above."
        return 1
    fi
    cp -- "$root/requirements.txt" "$environment/"
    if [ "$1" != requirements.txt ]; then cp -- "$root/$1" "$environment/"; fi
}
