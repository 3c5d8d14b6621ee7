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

# make_environment [NAME…]: .venv has the locked packages of requirements/build.txt, base.txt and
# NAME.txt, of what was installed before, too, and the project itself, in place.
make_environment() {
    names='build base'
    for name in semantic spark dev oracles; do
        case " $* " in
        *" $name "*) names="$names $name" ;;
        *) [ ! -f "$VENV/.installed-$name" ] || names="$names $name" ;;
        esac
    done
    project="$ROOT $(cat pyproject.toml src/alliance/__init__.py requirements/*.in | cksum)"
    if [ ! -e "$SETTING_UP" ] && "$VENV/bin/python" -I -c 'import pip' 2>/dev/null; then
        stale=''
        for name in $names; do
            installed "$name" "$(cksum <"requirements/$name.txt")" || stale=1
        done
        installed project "$project" || stale=1
        [ -n "$stale" ] || return 0
    fi
    begin_setting_up
    if ! "$VENV/bin/python" -I -c 'import pip' 2>/dev/null; then
        python=$(find_python) || { rm -f "$SETTING_UP"; exit 1; }
        say "Making .venv with $("$python" --version)"
        # It does not show why ensurepip failed.
        output=$("$python" -m venv --clear "$VENV" 2>&1) ||
            explain "$output $("$VENV/bin/python" -I -m ensurepip 2>&1)"
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
    output=$("$VENV/bin/python" -I -m pip check 2>&1) || explain "$output"
    record project "$project"
    rm -f "$SETTING_UP"
}

installed() {
    [ "$2" = "$(cat "$VENV/.installed-$1" 2>/dev/null)" ]
}

record() {
    output=$( (printf '%s\n' "$2" >"$VENV/.installed-$1") 2>&1) || explain "$output"
}

# A lock is complete, so nothing is resolved: what was published since cannot get in the way. Why a page of
# the index could not be read is in the log alone.
pip_install() {
    log=$(mktemp 2>&1) || explain "$log"
    output=$("$VENV/bin/python" -I -m pip install --quiet --disable-pip-version-check --no-input \
        --no-deps --log "$log" "$@" 2>&1) || explain "$output $(grep 'Could not fetch URL' "$log"; rm -f "$log")"
    rm -f "$log"
}

# One set-up at a time; what one left that broke off is made again from nothing.
begin_setting_up() {
    if other=$(cat "$SETTING_UP" 2>/dev/null); then
        ! is_setting_up "$other" || already_setting_up
        say "An earlier set-up broke off: .venv is made again."
        output=$(rm -rf "$VENV" "$SETTING_UP" 2>&1) || explain "$output"
    fi
    if ! output=$( (set -C && printf '%s\n' $$ >"$SETTING_UP") 2>&1); then
        [ ! -s "$SETTING_UP" ] || already_setting_up
        explain "$output"
    fi
}

# Whether a process is one of the scripts here; another may have got its number since.
is_setting_up() {
    [ -n "$1" ] && [ "$1" != $$ ] || return 1
    case $(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" || ps -o args= -p "$1" 2>/dev/null) in
    *script/*) return 0 ;;
    esac
    return 1
}

already_setting_up() {
    die "Another set-up of this folder is running (process $(cat "$SETTING_UP" 2>/dev/null))." \
        "Wait until it has ended, then run the command again."
}

# explain OUTPUT: ends with what failed and what to do, in two lines. Packages are installed once all are
# downloaded, so an environment is as it was where that failed; otherwise the next set-up starts from nothing.
explain() {
    broken='' again='then run the command again.'
    case $1 in
    *'No space left on device'* | *'Disk quota exceeded'* | *'I/O error'*)
        [ ! -s "$SETTING_UP" ] || broken=1
        what="The disk is full, so the packages could not be installed."
        advice="Make room for 2.5 GB in $ROOT and in ${TMPDIR:-/tmp}, $again"
        ;;
    *'DO NOT MATCH THE HASHES'*)
        what="A downloaded package is not the one that was locked; nothing was installed."
        advice="Run the command again; if it fails again, a server on the way changes files: use another network."
        ;;
    *CERTIFICATE_VERIFY_FAILED*)
        what="The certificate of the package index is not trusted on this machine."
        advice="If your network has a certificate of its own, name its file in PIP_CERT, $again"
        ;;
    *' 401 '* | *' 403 '* | *' 407 '* | *ProxyError*)
        what="The package index or a proxy refuses to give packages to this machine."
        advice="Check HTTPS_PROXY and PIP_INDEX_URL and the passwords in them, $again"
        ;;
    *'new connection'* | *'name resolution'* | *'onnection refused'* | *'nreachable'*)
        what="The package index cannot be reached, so the packages could not be downloaded."
        advice="Check the network (HTTPS_PROXY names a proxy), $again"
        ;;
    *'timed out'* | *'error responses'* | *' 429 '* | *' 50'[0-9]' '* | *'Connection aborted'* | *ConnectionError* | *SSLError*)
        what="The package index does not answer as it should, so the packages could not be downloaded."
        advice="Wait a few minutes or name another index in PIP_INDEX_URL, $again"
        ;;
    *'No matching distribution found'* | *' 404 '* | *' 410 '*)
        gone=$(printf '%s\n' "$1" | sed -n -e 's/.*distribution found for \([^ ]*\).*/\1/p' \
            -e 's/.* 4[01][04] .*\/\([^/ #]*\.whl\).*/\1/p' | head -n 1)
        what="The package index no longer has ${gone:-a package} for this machine and its Python."
        advice="Get the newest version of the project or name another index in PIP_INDEX_URL, $again"
        ;;
    *'ensurepip is not available'* | *'No module named ensurepip'* | *'No module named venv'*)
        what="Python's module venv is not complete, so .venv could not be made."
        advice="Install it (Debian and Ubuntu: apt-get install python3-venv), $again"
        ;;
    *'ermission denied'* | *'ead-only file system'*)
        what="The set-up may not write to $ROOT or to .venv in it."
        advice="Become the owner of that folder or change its owner, $again"
        ;;
    *)
        printf '%s\n' "$1" >&2
        broken=1
        what="The packages could not be installed in .venv, for the reason above."
        advice="Run the command again: it starts from nothing. If it fails again, report these lines."
        ;;
    esac
    [ -n "$broken" ] || rm -f "$SETTING_UP" 2>/dev/null || true
    die "$what" "$advice"
}
