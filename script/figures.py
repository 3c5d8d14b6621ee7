"""Figures of the source: `figures.py` prints them, `figures.py --check` refuses too much dialect.

Lines are those of Python files and templates without migrations and tests. A dialect word is a part
of a name (`found_rows`, `_told`) that says nothing to a reader who knows Django and statistics;
`script/lint` refuses more than one in 1,000 lines.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "alliance"
DIALECT = {
    "found", "told", "said", "given", "one", "kept", "keep", "lots", "door", "doors", "say", "tell",
    "put", "heed", "ties", "lay",
}  # fmt: skip
#: Names of Django, HTTP, Python, NumPy, statistics and everyday English that hold such a word.
FOREIGN = {
    "NotFound", "FileNotFoundError", "HttpResponseNotFound", "OneToOneField", "OneTimeLink",
    "LeaveOneOut", "leave_one_out", "put_along_axis", "ties", "TIES", "has_ties",
    "put", "one_off", "OneOff", "one_off_year", "one_off_why",
}  # fmt: skip
MOST_DIALECT = 1.0
LONG_FUNCTION = 60


def main(option: str = "") -> int:
    modules = {path: ast.parse(path.read_text(encoding="utf-8")) for path in _modules()}
    dialect = Counter(name for tree in modules.values() for name in _dialect_names(tree))
    lines = sum(_lines(path) for path in modules)
    rate = 1000 * dialect.total() / lines
    if option == "--check":
        if rate <= MOST_DIALECT:
            return 0
        print(f"{rate:.2f} dialect words in 1,000 lines, more than {MOST_DIALECT:g}:")
        print(", ".join(f"{name} {n}" for name, n in dialect.most_common(20)))
        return 1
    _print_apps(modules)
    functions = [node for tree in modules.values() for node in ast.walk(tree) if _is_long(node)]
    print(f"functions over {LONG_FUNCTION} lines  {len(functions):>7}")
    print(f"dataclasses              {sum(map(_dataclasses, modules.values())):>7}")
    print(f"modules imported once    {_imported_once(modules):>7}")
    print(f"dialect words            {dialect.total():>7}")
    print(f"  in 1,000 lines         {rate:>7.2f}")
    return 0


def _modules() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def _dialect_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                pass
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                pass
            case _:
                continue
        if name not in FOREIGN and DIALECT & set(_parts(name)):
            yield name


def _parts(name: str) -> list[str]:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_")


def _print_apps(modules: dict[Path, ast.Module]) -> None:
    apps: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    for path, tree in modules.items():
        app = path.relative_to(SOURCE).parts[0]
        apps[app] += _lines(path)
        if "models" in path.relative_to(SOURCE).as_posix():
            fields[app] += sum(map(_is_field, ast.walk(tree)))
    for path in SOURCE.rglob("templates/**/*"):
        if path.is_file():
            apps[path.relative_to(SOURCE).parts[0]] += _lines(path)
    print(f"{'app':16}{'lines':>8}{'fields':>8}{'lines a field':>15}")
    for app, lines in apps.most_common():
        ratio = f"{lines / fields[app]:.0f}" if fields[app] else ""
        print(f"{app:16}{lines:>8}{fields[app] or '':>8}{ratio:>15}")
    total, of = apps.total(), fields.total()
    print(f"{'all':16}{total:>8}{of:>8}{total / of:>15.0f}")


def _is_field(node: ast.AST) -> bool:
    """A field of a model: `name = models.TextField(…)`, also with a type."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return isinstance(value, ast.Call) and ast.unparse(value.func).endswith(("Field", "Key"))


def _is_long(node: ast.AST) -> bool:
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return is_function and (node.end_lineno or 0) - node.lineno >= LONG_FUNCTION


def _dataclasses(tree: ast.Module) -> int:
    return sum(
        isinstance(node, ast.ClassDef)
        and any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
        for node in ast.walk(tree)
    )


def _imported_once(modules: dict[Path, ast.Module]) -> int:
    importers: Counter[str] = Counter()
    for tree in modules.values():
        names = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
        importers.update(names)
    paths = {
        ".".join(("alliance", *path.relative_to(SOURCE).with_suffix("").parts)) for path in modules
    }
    return sum(importers[path] == 1 for path in paths)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
