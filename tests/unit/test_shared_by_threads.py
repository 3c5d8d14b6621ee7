"""What all threads of a process share: it never changes, is locked, or is each thread's own.

Requests are answered by several threads, and a worker keeps a second one beside its jobs.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import alliance

SOURCE = Path(alliance.__file__).parent
#: What may be changed while others use it, and why that does no harm.
CHANGED = {
    "core/errors.py OF_MISSING": "rooms add theirs as they are imported",
    "core/errors.py SENTENCES": "rooms add theirs as they are imported",
    "core/read_once.py _known": "readers add theirs as they are imported",
    "opendata/archive/build.py _process": "set once, in a process of its own",
    "web/measuring.py _RECENT": "appending to and copying a deque is one step each",
}
#: Caches that give what could be changed, and why nobody is in another's way.
MUTABLE_RESULTS = {
    "config/api.py document": "only read, after it was made",
    "config/headline_check.py answer": "of one check, in one thread",
    "opendata/archive/compiled.py render": "a function, in a process of one archive",
    "opendata/archive/pages.py _addresses": "only read, after it was made",
    "core/meaning.py _model": "used under a lock",
    "core/prices/__init__.py load_sources": "only read, after it was made",
    "core/prices/__init__.py load_price_table": "frozen",
    "core/citations.py kinds": "frozen; what each reads is asked for anew",
    "core/waiting.py providers": "frozen; the acts of each are only read",
    "core/waiting.py labels": "only read, after it was made",
    "participation/panels.py panels": "only read, after it was made",
    "participation/panels.py _rooms": "modules, which nobody changes",
    "equity/selectors/pages.py _drawn_of": "tuples that are only read",
    "equity/selectors/pages.py _ranked": "only read, after it was made",
    "equity/services/official.py recipes": "only read, after it was made",
    "core/waiting.py _built": "a tuple that is only read",
    "participation/services/census.py _known": "words that are only read",
    "core/waiting.py letters": "only read, after it was made",
    "indicators/selectors/strips.py _figures": "only read, after it was made",
    "indicators/units.py registry": "what it keeps as it reads units is the same for all threads",
    "cases/codebook.py codebook": "frozen; its dicts are only read",
    "cases/codebook.py columns_of": "frozen; its dicts are only read",
    "evidence/selectors/outlook.py _look_ahead": "frozen; its arrays are only read",
    "writing/translation_fields.py kinds": "only read, after it was made",
    "opendata/archive/pages.py static_file": "a path never changes",
    "opendata/archive/pages.py newest_versions": "only read, in a process of one archive",
    "opendata/archive/pages.py _symbols": "only read, after it was made",
    "network/localise.py _country_names": "only read, after it was made",
    "web/typefaces.py _laid_out": "made under a lock, then only read",
    "search/api.py _glossary": "only read, after it was made",
    "search/glossary.py glossary": "only read, after it was made",
    "search/intent.py _by_words": "only read, after it was made",
    "search/measures.py _name": "frozen sets in a tuple",
    "search/question.py _solutions_by_concept": "only read, after it was made",
    "search/selectors/narrowing.py _countries": "only read, after it was made",
    "search/semantic.py _read": "frozen; its cached properties are the same whoever makes them",
    "participation/places.py _land": "a shape never changes",
    "search/tokens.py _table": "only read, after it was made",
    "web/formatting.py _locale": "Babel loads its data under a lock",
}
IMMUTABLE = {"None", "SafeString", "bool", "bytes", "float", "frozenset", "int", "str", "tuple"}
#: Objects of modules that have a state of their own, and how threads share it.
WITH_STATE = {
    "alliance.accounts.autosave._signer": "only read, after it was made",
    "alliance.config.api.api": "changed at import alone",
    "alliance.config.cli.cli": "the command line has one thread",
    "alliance.config.commands.backup": "the command line has one thread",
    "alliance.budgeting.services.cutting._log": "of logging, which has locks",
    "alliance.config.health.database": "locked",
    "alliance.config.health.files": "locked",
    "alliance.config.move.connections": "of Django: one for each thread",
    "alliance.config.page_state._numbered": "locked",
    "alliance.equity.shapes._BROKEN": "a shape never changes",
    "alliance.config.warm.engines": "Django's own, which only reads settings after the start",
    "alliance.core.files.contained._TURNS": "a lock itself",
    "alliance.core.files.generated._WAITING": "locked",
    "alliance.core.meaning._LOCK": "a lock itself",
    "alliance.dialogues.services.votes._BATCHER": "locked",
    "alliance.participation.models.CITY_TIME": "a time zone is only read",
    "alliance.web.typefaces._LAYING_OUT": "a lock itself",
    "alliance.search.store.store": "locked",
    "alliance.search.tokens._stemmers": "one for each thread",
    "alliance.web.measuring._RECENT": "appending to and copying a deque is one step each",
    "alliance.web.measuring._REQUESTS": "prometheus_client locks",
    "alliance.web.measuring._SECONDS": "prometheus_client locks",
    "alliance.web.narrative._OF_ARTICLES": "changed at import alone; a text has its own state",
    "alliance.web.narrative._READER": "changed at import alone; a text has its own state",
    "alliance.workshops.tokens._PLACE": "only read, after it was made",
    "alliance.workshops.tokens._CALENDAR": "only read, after it was made",
    "alliance.workshops.tokens._CHECK_IN": "only read, after it was made",
    "alliance.starter.remove.router": "Django's own, which only asks settings",
    "alliance.web.page_cache._PAGES": "prometheus_client locks",
}
#: Kinds of other objects of modules: they do not change, or Django keeps them for each thread.
#: Lists, dicts and sets are looked after by the test of what functions change.
WITHOUT_STATE = {
    # Each request has its own value in it.
    "_contextvars": {"ContextVar"},
    "alliance.network.api.authentication": {"PersonOnly", "TeamOrPerson"},
    "builtins": {"list", "dict", "set", "object", "range"},
    "datetime": {"date", "datetime", "timedelta"},
    "django.apps.registry": {"Apps"},
    "django.conf": {"LazySettings"},
    "django.db.models.query_utils": {"Q"},
    "django.template.library": {"Library"},
    "django.utils.connection": {"ConnectionProxy"},
    "django.utils.functional": {"SimpleLazyObject", "__proxy__"},
    "django_tasks": {"TaskBackendHandler"},
    "ipaddress": {"IPv6Network"},
    "ninja.router": {"Router"},
    "numpy": {"float32", "ufunc"},
    "pathlib": {"PosixPath"},
    "prometheus_client.registry": {"CollectorRegistry"},
    "pyarrow.lib": {"DataType", "Schema"},
    "pydantic.fields": {"FieldInfo"},
    "structlog._config": {"BoundLoggerLazyProxy"},
}
PLAIN = (bool, int, float, str, bytes, tuple, frozenset, Enum, ModuleType, type(None))
CHANGING = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem",
    "popleft", "move_to_end", "remove", "setdefault", "sort", "subtract", "update",
}  # fmt: skip


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """Every module of the source by its path."""
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
    }


def functions_of(module: ast.Module) -> list[ast.FunctionDef | ast.Lambda]:
    return [one for one in ast.walk(module) if isinstance(one, ast.FunctionDef | ast.Lambda)]


def names_of(module: ast.Module) -> set[str]:
    """Names that a module gives to values, and constants that it imports."""
    found = set()
    for node in ast.walk(ast.Module([n for n in module.body if not _is_scope(n)], [])):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias) and (node.asname or node.name).isupper():
            found.add(node.asname or node.name)
    return found


def _is_scope(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef)


def changes_in(module: ast.Module) -> Iterator[str]:
    """Names of a module that one of its functions changes."""
    names = names_of(module)
    for function in functions_of(module):
        nodes = list(ast.walk(function))
        own = {node.arg for node in nodes if isinstance(node, ast.arg)}
        own |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        for node in nodes:
            changed = ""
            if isinstance(node, ast.Global):
                yield from node.names
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                changed = _root(node.func.value) if node.func.attr in CHANGING else ""
            elif isinstance(node, ast.Subscript | ast.Attribute):
                changed = "" if isinstance(node.ctx, ast.Load) else _root(node.value)
            if changed in names - own:
                yield changed


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def test_no_function_changes_what_its_module_holds(trees: dict[str, ast.Module]) -> None:
    changed = {f"{where} {name}" for where, tree in trees.items() for name in changes_in(tree)}
    assert changed == set(CHANGED)


@pytest.mark.parametrize(
    "code",
    [
        "NAMES = {}\ndef f(x):\n    NAMES[x] = 1",
        "from a import SEEN\ndef f():\n    SEEN.add(1)",
        "n = 0\ndef f():\n    global n\n    n += 1",
        "class C: ...\nc = C()\nf = lambda: c.x.pop()",
    ],
)
def test_a_change_is_seen(code: str) -> None:
    assert len([*changes_in(ast.parse(code))]) == 1


def test_caches_give_what_nobody_can_change_or_are_listed(trees: dict[str, ast.Module]) -> None:
    mutable = {
        f"{where} {function.name}"
        for where, tree in trees.items()
        for function in functions_of(tree)
        if isinstance(function, ast.FunctionDef) and any(map(_is_cache, function.decorator_list))
        if not _kinds(function.returns) <= IMMUTABLE
    }
    assert mutable == set(MUTABLE_RESULTS)


def _is_cache(decorator: ast.expr) -> bool:
    name = ast.unparse(decorator).partition("(")[0].removeprefix("functools.")
    return name in {"cache", "lru_cache"}


def _kinds(returned: ast.expr | None) -> set[str]:
    """The outer names of a type: str and None for `str | None`, tuple for `tuple[int, ...]`."""
    if isinstance(returned, ast.BinOp):
        return _kinds(returned.left) | _kinds(returned.right)
    if isinstance(returned, ast.Subscript):
        # A tuple is as its parts are.
        outer = _kinds(returned.value)
        inside = returned.slice.elts if isinstance(returned.slice, ast.Tuple) else [returned.slice]
        parts = [one for one in inside if not _is_dots(one)] if "tuple" in outer else []
        return outer.union(*map(_kinds, parts))
    return {ast.unparse(returned)} if returned is not None else {""}


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _has_state(value: Any) -> bool:
    kind = type(value)
    if isinstance(value, np.ndarray):
        return bool(value.flags.writeable)
    if kind.__name__ in WITHOUT_STATE.get(kind.__module__, ()) or isinstance(value, PLAIN):
        return False
    if isinstance(value, type) or (callable(value) and not kind.__module__.startswith("alliance")):
        # Classes and functions; caches have a test of their own.
        return False
    if getattr(kind, "model_config", {}).get("frozen"):
        return False
    parameters = getattr(kind, "__dataclass_params__", None)
    return kind.__module__ not in {"__future__", "re", "types", "typing"} and not (
        parameters is not None and parameters.frozen
    )


def objects() -> Iterator[tuple[str, Any]]:
    """What the modules hold, by module and name."""
    for module in pkgutil.walk_packages(alliance.__path__, "alliance."):
        # The entry point of the server needs a database.
        if ".migrations." not in module.name and module.name != "alliance.config.wsgi":
            for name, value in vars(importlib.import_module(module.name)).items():
                if not name.startswith("__"):
                    yield f"{module.name}.{name}", value


@pytest.mark.slow
def test_objects_of_modules_have_no_state_or_are_listed() -> None:
    found = [(name, value) for name, value in objects() if _has_state(value)]
    listed = {id(value) for name, value in found if name in WITH_STATE}
    assert [name for name, value in found if id(value) not in listed] == []
    assert len(listed) == len(WITH_STATE)
