"""Reads from the source of a package which codes it can give, to hold its lists against."""

import ast
import re
from pathlib import Path
from types import ModuleType

_CODE = re.compile(r"([a-z]+[0-9]*(?:-[a-z0-9]+)+):?")


def words_in(package: ModuleType) -> set[str]:
    """Every text of the source that is written like a code, its list of codes apart."""
    return {word for text in _texts(package) if (word := _as_code(text))}


def raised_in(package: ModuleType) -> set[str]:
    """The first argument of every `MethodError` that is written out."""
    return {
        node.args[0].value
        for tree in _trees(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "MethodError"
        and isinstance(node.args[0], ast.Constant)
    }


def _as_code(text: str) -> str:
    match = _CODE.fullmatch(text)
    return match[1] if match else ""


def _texts(package: ModuleType) -> list[str]:
    return [
        node.value
        for tree in _trees(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def _trees(package: ModuleType) -> list[ast.Module]:
    folder = Path(str(package.__file__)).parent
    return [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.py"))
        if path.name != "codes.py"
    ]
