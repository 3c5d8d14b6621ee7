"""The audit log has a word for every act and kind of record that the code names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import alliance
from alliance.desk.messages import KINDS, VERBS

SOURCE = Path(alliance.__file__).parent


def _codes(node: ast.expr) -> Iterator[str]:
    """The codes that an argument may be: itself, or either of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _codes(node.body)
        yield from _codes(node.orelse)


def _named(path: Path) -> Iterator[tuple[str, str]]:
    """`kind` or `verb`, and the code, of what a module writes down."""
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func).removeprefix("_")
        if name in {"audit.noting", "audit.record"}:
            yield from (("kind", code) for code in _codes(call.args[0]))
        at = 2 if name == "audit.record" else 1
        is_note = name in {"audit.record", "note", "note_part"}
        if is_note or (
            name.endswith(".note") and {"actor", "at"} <= {one.arg for one in call.keywords}
        ):
            yield from (("verb", code) for one in call.args[at : at + 1] for code in _codes(one))


def test_every_act_and_kind_of_record_has_a_word():
    named = {one for path in SOURCE.rglob("*.py") for one in _named(path)}
    assert len(named) > 150
    known = {("kind", code) for code in KINDS} | {("verb", code) for code in VERBS}
    assert not named - known
