# shellcheck shell=sh
# Shared by the scripts beside it: where things lie, and how failures are told.
set -eu

ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
VENV=$ROOT/.venv
# Names the process of a set-up that is running or broke off.
SETTING_UP=$ROOT/.venv-setting-up
CALLED_FROM=$PWD
cd "$ROOT"

die() {
    printf '%s\n' "$@" >&2
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

# The first Python for which the locked packages are made. Newer ones have none yet: pip would try to
# compile them.
find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            printf '%s\n' "$name"
            return
        fi
    done
    present=$(python3 --version 2>/dev/null) || present='no python3'
    die "Python 3.11 to 3.14 is needed, and this machine has $present." \
        "Install one of them and its venv module (Debian and Ubuntu: apt-get install python3 python3-venv)."
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

# make_environment [NAME…]: .venv holds exactly the locked packages of requirements/build.txt, base.txt
# and NAME.txt, of what was installed before, too, and the project itself, in place.
make_environment() {
    names='build base'
    for name in semantic spark dev; do
        case " $* " in
        *" $name "*) names="$names $name" ;;
        *) [ ! -f "$VENV/.installed-$name" ] || names="$names $name" ;;
        esac
    done
    project="$ROOT $(cat pyproject.toml src/alliance/__init__.py | cksum)"
    if [ ! -e "$SETTING_UP" ] && "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
        stale=''
        for name in $names; do
            installed "$name" "$(cksum <"requirements/$name.txt")" || stale=1
        done
        installed project "$project" || stale=1
        [ -n "$stale" ] || return 0
    fi
    begin_setting_up
    if ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
        python=$(find_python) || { rm -f "$SETTING_UP"; exit 1; }
        say "Making .venv with $("$python" --version)"
        output=$("$python" -m venv --clear "$VENV" 2>&1) || explain "$output"
    fi
    for name in $names; do
        locked=$(cksum <"requirements/$name.txt")
        installed "$name" "$locked" && continue
        say "Installing the packages of requirements/$name.txt"
        # Nothing is compiled here; Spark's package alone comes as source, which is Python and needs no compiler.
        pip_install --require-hashes --only-binary :all: --no-binary pyspark --no-build-isolation \
            -r "requirements/$name.txt"
        record "$name" "$locked"
    done
    if ! installed project "$project"; then
        say "Installing the project"
        pip_install --no-build-isolation --editable .
    fi
    output=$("$VENV/bin/python" -m pip check 2>&1) || explain "$output"
    record project "$project"
    rm -f "$SETTING_UP"
}

installed() {
    [ "$2" = "$(cat "$VENV/.installed-$1" 2>/dev/null)" ]
}

record() {
    printf '%s\n' "$2" 2>/dev/null >"$VENV/.installed-$1" || explain "No space left on device"
}

# A lock is complete, so nothing is resolved: what was published since cannot get in the way.
pip_install() {
    output=$("$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --no-deps "$@" 2>&1) || explain "$output"
}

# One set-up at a time; what one left that broke off is made again from nothing.
begin_setting_up() {
    if [ -e "$SETTING_UP" ]; then
        other=$(cat "$SETTING_UP")
        if [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then
            die "Another set-up of this folder is running (process $other)." \
                "Wait until it has ended, then run the command again."
        fi
        say "An earlier set-up broke off: .venv is made again."
        rm -rf "$VENV" "$SETTING_UP"
    fi
    (set -C && printf '%s\n' $$ >"$SETTING_UP") 2>/dev/null ||
        explain "$(printf x 2>&1 >"$SETTING_UP")"
}

# explain OUTPUT: ends with what failed and what to do, in two lines. Packages are installed once all are
# downloaded, so an environment is as it was where that failed; otherwise the next set-up starts from nothing.
explain() {
    broken='' again='then run the command again.'
    case $1 in
    *'No space left on device'* | *'Disk quota exceeded'*)
        rm -rf "$VENV"
        what="The disk is full, so the packages could not be installed."
        advice="Make room for 2.5 GB in $ROOT and in ${TMPDIR:-/tmp}, $again"
        ;;
    *'Permission denied'* | *'Read-only file system'*)
        what="The set-up may not write to $ROOT or to .venv in it."
        advice="Become the owner of that folder or change its owner, $again"
        ;;
    *ensurepip*)
        rm -rf "$VENV"
        what="Python's module venv is not complete, so .venv could not be made."
        advice="Install it (Debian and Ubuntu: apt-get install python3-venv), $again"
        ;;
    *'DO NOT MATCH THE HASHES'*)
        what="A downloaded package is not the one that was locked; nothing was installed."
        advice="Run the command again; if it fails again, a server on the way changes files: use another network."
        ;;
    *CERTIFICATE_VERIFY_FAILED* | *SSLError*)
        what="The certificate of the package index is not trusted on this machine."
        advice="If your network has a certificate of its own, name its file in PIP_CERT, $again"
        ;;
    *'timed out'* | *Timeout* | *[' (']50[0-9][': ']*)
        what="The package index does not answer, so the packages could not be downloaded."
        advice="Wait a few minutes or name another index in PIP_INDEX_URL, $again"
        ;;
    *'new connection'* | *'name resolution'* | *ConnectionError* | *ProxyError* | *'onnection refused'* | *'connect to'*)
        what="The package index cannot be reached, so the packages could not be downloaded."
        advice="Check the network (HTTPS_PROXY names a proxy), $again"
        ;;
    *'No matching distribution found'* | *[' (']404[': ']*)
        gone=$(printf '%s\n' "$1" | sed -n 's/.*distribution found for \([^ ]*\).*/\1/p; s/.*404.*\/\([^/ ]*\).*/\1/p' | head -n 1)
        what="The package index no longer has ${gone:-a package} for this machine and its Python."
        advice="Get the newest version of the project or name another index in PIP_INDEX_URL, $again"
        ;;
    *)
        printf '%s\n' "$1" >&2
        broken=1
        what="The packages could not be installed in .venv, for the reason above."
        advice="Run the command again: it starts from nothing. If it fails again, report these lines."
        ;;
    esac
    [ -n "$broken" ] || rm -f "$SETTING_UP"
    die "$what" "$advice"
}
