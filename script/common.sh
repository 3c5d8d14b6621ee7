# shellcheck shell=sh
# Shared by the scripts beside it: where things lie, and how failures are told.
set -eu

ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
VENV=$ROOT/.venv
CALLED_FROM=$PWD
cd "$ROOT"

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

say() {
    [ -n "${QUIET:-}" ] || printf '%s\n' "$*"
}

# Prints the comment at the top of the calling script.
show_help() {
    sed -n '2,/^[^#]/{/^# shellcheck/d;/^#/!d;s/^# \{0,1\}//;p;}' "$0"
}

# Shows the help text where it is asked for, and ends.
help_if_asked() {
    for argument in "$@"; do
        case $argument in
        -h | --help)
            show_help
            exit 0
            ;;
        esac
    done
}

# The Python to make the environment with: the first of 3.11 or newer.
find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$name"
            return
        fi
    done
    die "Python 3.11 or newer is needed and was not found (looked for python3)."
}

# Runs the console command where the script was called: a FILE it is given is meant from there. The
# home folder is meant from the project's folder, as everywhere.
alliance_where_called() {
    case ${ALLIANCE_HOME:=var} in
    /*) ;;
    *) ALLIANCE_HOME=$ROOT/$ALLIANCE_HOME ;;
    esac
    export ALLIANCE_HOME
    cd "$CALLED_FROM"
    "$VENV/bin/alliance" "$@"
}

make_environment() {
    if "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
        return
    fi
    python=$(find_python)
    say "Making .venv with $("$python" --version)"
    "$python" -m venv --clear "$VENV" ||
        die "Could not make .venv. On Debian and Ubuntu: apt-get install python3-venv"
}

# Installs requirements/NAME.txt unless that very file is installed already.
install_requirements() {
    stamp=$VENV/.installed-$1
    wanted=$(cksum <"requirements/$1.txt")
    if [ "$wanted" != "$(cat "$stamp" 2>/dev/null)" ]; then
        say "Installing requirements/$1.txt"
        "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
            --require-hashes -r "requirements/$1.txt"
        printf '%s\n' "$wanted" >"$stamp"
    fi
}

# Installs the project itself, in place, from nothing but what is here already.
install_project() {
    stamp=$VENV/.installed-project
    wanted="$ROOT $(cat pyproject.toml src/alliance/__init__.py | cksum)"
    if [ "$wanted" != "$(cat "$stamp" 2>/dev/null)" ]; then
        say "Installing the project"
        "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
            --no-deps --no-build-isolation --editable .
        printf '%s\n' "$wanted" >"$stamp"
    fi
}
