"""Templates compiled to Python functions, for rendering many pages of each kind.

Django checks the type of each node whenever it renders a page, which takes half of the time. Here
each node list is compiled to one function with the same output. A node of an unknown type renders
itself.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from typing import Any, cast

from django.template import Context, Engine, Node, NodeList, Variable
from django.template.base import (
    FilterExpression,
    TextNode,
    VariableDoesNotExist,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import (
    CommentNode,
    CycleNode,
    ForNode,
    IfChangedNode,
    IfNode,
    LoadNode,
    TemplateLiteral,
    WithNode,
)
from django.template.library import InclusionNode, SimpleNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.templatetags.i18n import TranslateNode
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, SafeString, mark_safe

_NOTHING = object()
_REMEMBER = (BlockNode, CycleNode, ExtendsNode, IfChangedNode)
#: Conditions that Python evaluates as templates do. The others may raise an error, which templates
#: treat as false.
_SAME_IN_PYTHON = frozenset({"and", "or", "is", "is not", "==", "!="})

_resolve_lookup: Callable[[Variable, Context], Any] = Variable._resolve_lookup  # type: ignore[attr-defined]


def fold(nodes: NodeList, engine: Engine) -> None:
    """Compile a node list, and the lists inside its nodes, to one function."""
    if any(type(node) in _WRITERS for node in nodes):
        nodes[:] = [_Compiled(NodeList(nodes), engine)]
        return
    for node in nodes:
        _fold_inside(node, engine)


def _fold_inside(node: Node, engine: Engine) -> None:
    for name in {*node.child_nodelists, "nodelist"}:
        if isinstance(inner := vars(node).get(name), NodeList):
            fold(inner, engine)


class _Compiled(Node):
    """A node list as one function. The nodes are kept for template inheritance, which looks for
    blocks in them."""

    child_nodelists = ("nodes",)

    def __init__(self, nodes: NodeList, engine: Engine) -> None:
        self.nodes = nodes
        self._by_type: dict[type[Node], list[Node]] = {}
        # Error messages name the template.
        self._function = _Writer(engine).function(nodes, str(nodes[0].origin))

    def render_annotated(self, context: Context) -> str:
        """The rendered text of the nodes."""
        return self._function(context)

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Node]:
        """The nodes of a type, at any depth."""
        if nodetype not in self._by_type:
            self._by_type[nodetype] = self.nodes.get_nodes_by_type(nodetype)
        return self._by_type[nodetype]


class _Writer:
    """Writes the source code of a function, a line for each node."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.lines = ["def render(context):", " out = []", " put = out.append"]
        self.lines.append(" dicts = context.dicts")
        self.depth = 1
        self.named: dict[str, Any] = {
            "look": _look,
            "shown": _shown,
            "same_safety": _same_safety,
            "rows": _rows,
            "inside": _inside,
        }

    def function(self, nodes: NodeList, file: str) -> Callable[[Context], str]:
        self.row(nodes)
        self.line('return "".join(out)')
        exec(compile("\n".join(self.lines), file, "exec"), self.named)  # noqa: S102
        made: Callable[[Context], str] = self.named["render"]
        return made

    def line(self, text: str) -> None:
        self.lines.append(" " * self.depth + text)

    def name(self, thing: object) -> str:
        """A variable name for an object that the function uses."""
        name = f"known_{len(self.named)}"
        self.named[name] = thing
        return name

    def row(self, nodes: Iterable[Any]) -> None:
        for node in nodes:
            _WRITERS.get(type(node), _Writer.any)(self, node)

    def inside(self, nodes: Iterable[Any]) -> None:
        self.depth += 1
        self.row(nodes)
        self.line("pass")
        self.depth -= 1

    def any(self, node: Node) -> None:
        _fold_inside(node, self.engine)
        self.line(f"put({self.name(node)}.render_annotated(context))")

    def nothing(self, node: Node) -> None:
        pass

    def text(self, node: TextNode) -> None:
        self.line(f"put({node.s!r})")

    def variable(self, node: VariableNode) -> None:
        self.line(f"put(shown({self.value(node.filter_expression)}, context))")

    def translate(self, node: TranslateNode) -> None:
        expression = node.filter_expression
        if not node.asvar or node.noop or expression.filters or expression.var.lookups:
            self.any(node)
            return
        made = Context()
        node.render(made)
        self.line(f"dicts[-1][{node.asvar!r}] = {self.name(made[node.asvar])}")

    def simple(self, node: SimpleNode) -> None:
        self.give(node.target_var, self.call(node))

    def inclusion(self, node: InclusionNode) -> None:
        if not isinstance(node.filename, str):
            self.any(node)
            return
        self.line(f"inner = inside(context, {self.call(node)})")
        self.line(f"put({self.name(self.template(node.filename))}()(inner))")

    def include(self, node: IncludeNode) -> None:
        file = node.template.var
        if not isinstance(file, str) or file.startswith(".") or node.isolated_context:
            self.any(node)
            return
        self.line(f"dicts.append({self.values(node.extra_context)})")
        self.line(f"put({self.name(self.template(file))}()(context))")
        self.line("dicts.pop()")

    def with_(self, node: WithNode) -> None:
        self.line(f"dicts.append({self.values(node.extra_context)})")
        self.row(node.nodelist)
        self.line("dicts.pop()")

    def if_(self, node: IfNode) -> None:
        for number, (condition, nodes) in enumerate(node.conditions_nodelists):
            if condition is not None:
                self.line(f"{'elif' if number else 'if'} {self.condition(condition)}:")
            else:
                self.line("else:")
            self.inside(nodes)

    def for_(self, node: ForNode) -> None:
        loop = f"loop_{len(self.lines)}"
        backwards = bool(node.is_reversed)
        sequence = self.value(cast(FilterExpression, node.sequence), "None")
        self.line(f'{loop} = {{"parentloop": context.get("forloop", {{}})}}')
        self.line("dicts.append({})")
        self.line(f"{loop}_rows = rows({sequence}, {backwards}, {loop})")
        self.line(f"if {loop}_rows:")
        self.depth += 1
        self.line(f'dicts[-1]["forloop"] = {loop}')
        self.line(f"for one in {loop}_rows:")
        self.depth += 1
        if len(node.loopvars) > 1:
            self.line(f"dicts.append(dict(zip({self.name(node.loopvars)}, one, strict=True)))")
        else:
            self.line(f"dicts[-1][{node.loopvars[0]!r}] = one")
        self.row(node.nodelist_loop)
        if len(node.loopvars) > 1:
            self.line("dicts.pop()")
        self.depth -= 2
        self.line("else:")
        self.inside(node.nodelist_empty)
        self.line("dicts.pop()")

    def template(self, file: str) -> Callable[[], Callable[[Context], str]]:
        """Code that renders an included template, which is loaded on first use because it may
        include itself."""

        @cache
        def render() -> Callable[[Context], str]:
            template = self.engine.get_template(file)
            nodes = template.nodelist
            # Nodes with state need a separate state at each place.
            remembers = any(nodes.get_nodes_by_type(node_type) for node_type in _REMEMBER)
            return template.render if remembers else nodes.render

        return render

    def give(self, name: str | None, value: str) -> None:
        if name is None:
            self.line(f"put(shown_of_tag({value}, context))")
            self.named["shown_of_tag"] = _shown_of_tag
        else:
            self.line(f"dicts[-1][{name!r}] = {value}")

    def call(self, node: SimpleNode | InclusionNode) -> str:
        arguments = ["context"] if node.takes_context else []
        arguments += [self.value(arg) for arg in node.args]
        arguments += [f"{name}={self.value(arg)}" for name, arg in node.kwargs.items()]
        return f"{self.name(node.func)}({', '.join(arguments)})"

    def values(self, expressions: dict[str, Any]) -> str:
        items = [f"{name!r}: {self.value(value)}" for name, value in expressions.items()]
        return f"{{{', '.join(items)}}}"

    def condition(self, condition: Any) -> str:
        if isinstance(condition, TemplateLiteral):
            return self.value(cast(FilterExpression, condition.value), "None")
        if condition.id == "not":
            return f"(not {self.condition(condition.first)})"
        if condition.id in _SAME_IN_PYTHON:
            first, second = self.condition(condition.first), self.condition(condition.second)
            return f"({first} {condition.id} {second})"
        return f"{self.name(condition)}.eval(context)"

    def value(self, expression: FilterExpression, missing: str = "''") -> str:
        """The value of a variable with its filters; `missing` if it cannot be resolved."""
        if any(getattr(func, "expects_localtime", False) for func, _args in expression.filters):
            return f"{self.name(expression)}.resolve(context, {missing == 'None'})"
        made = (
            self.looked_up(cast(Variable, expression.var), missing)
            if expression.is_var
            else self.name(expression.var)
        )
        for func, args in expression.filters:
            more = [
                f"{self.name(arg)}.resolve(context)" if is_var else self.name(_as_safe(arg))
                for is_var, arg in args
            ]
            if getattr(func, "needs_autoescape", False):
                more.append("autoescape=context.autoescape")
            call = ", ".join([made, *more])
            if getattr(func, "is_safe", False):
                made = f"same_safety({self.name(func)}, {call})"
            else:
                made = f"{self.name(func)}({call})"
        return made

    def looked_up(self, variable: Variable, missing: str) -> str:
        if variable.translate:
            return f"{self.name(variable)}.resolve(context)"
        if variable.lookups is None:
            return self.name(variable.literal)
        names = ", ".join(map(repr, variable.lookups))
        return f"look({self.name(variable)}, context, {missing}, {names})"


_WRITERS: dict[type[Node], Callable[[_Writer, Any], None]] = {
    TextNode: _Writer.text,
    VariableNode: _Writer.variable,
    TranslateNode: _Writer.translate,
    SimpleNode: _Writer.simple,
    InclusionNode: _Writer.inclusion,
    IncludeNode: _Writer.include,
    WithNode: _Writer.with_,
    IfNode: _Writer.if_,
    ForNode: _Writer.for_,
    CommentNode: _Writer.nothing,
    LoadNode: _Writer.nothing,
}


@cache
def _has_names(kind: Any) -> bool:
    """Whether objects of this class are read by attributes only, not as a mapping."""
    taken: object = getattr(kind, "__getitem__", None)
    return taken is None or taken in (tuple.__getitem__, list.__getitem__, str.__getitem__)


def look_up(variable: Variable, context: Context) -> Any:
    """The value of a variable, by a fast path that covers nearly all; otherwise by Django's own
    lookup.

    Raises VariableDoesNotExist, and any error of a property.
    """
    first, *names = cast(tuple[str, ...], variable.lookups)
    return _resolve_names(variable, context, first, names)


def _resolve_names(variable: Variable, context: Context, first: str, names: Iterable[str]) -> Any:
    try:
        for held in reversed(context.dicts):
            if first in held:
                value = held[first]
                break
        else:
            return _resolve_lookup(variable, context)
        if callable(value):
            value = _called(value)
        for name in names:
            kind: Any = type(value)
            if kind is dict:
                value = value[name]
            elif not _has_names(kind):
                return _resolve_lookup(variable, context)
            elif (inner := getattr(value, name, _NOTHING)) is not _NOTHING:
                value = inner
            elif name.isdigit() or hasattr(kind, name):
                return _resolve_lookup(variable, context)
            else:
                raise VariableDoesNotExist("No %s in %r", (name, value))
            if callable(value):
                value = _called(value)
    except VariableDoesNotExist:
        raise
    except Exception:
        return _resolve_lookup(variable, context)
    return value


def _called(value: Any) -> Any:
    if getattr(value, "do_not_call_in_templates", False):
        return value
    if getattr(value, "alters_data", False):
        raise TypeError
    return value()


def _look(variable: Variable, context: Context, missing: object, first: str, *names: str) -> Any:
    try:
        return _resolve_names(variable, context, first, names)
    except VariableDoesNotExist:
        return missing


def _shown(value: Any, context: Context) -> str:
    if isinstance(value, Promise):
        value = str(value)
    kind = type(value)
    if kind is SafeString:
        return str.__str__(value)
    if kind is str and context.autoescape:
        return html.escape(value)
    return str(render_value_in_context(value, context))


def _shown_of_tag(value: Any, context: Context) -> str:
    if type(value) is SafeString or not context.autoescape:
        return str(value)
    return str(conditional_escape(value))


def _same_safety(change: Callable[..., Any], value: Any, *args: Any, **kwargs: Any) -> Any:
    changed = change(value, *args, **kwargs)
    return _as_safe(changed) if isinstance(value, SafeData) else changed


def _as_safe(value: Any) -> Any:
    # Filter output or template text, which Django does not escape again.
    return mark_safe(value)  # noqa: S308


def _rows(values: Any, backwards: bool, loop: dict[str, Any]) -> Iterator[Any] | None:
    """The items of a loop with their loop variables; None if there are none."""
    if values is None:
        return None
    items: Collection[Any] = values if hasattr(values, "__len__") else list(values)
    return _counted(items, backwards, loop) if len(items) else None


def _counted(values: Any, backwards: bool, loop: dict[str, Any]) -> Iterator[Any]:
    count = len(values)
    for number, value in enumerate(reversed(values) if backwards else values):
        loop["counter0"] = number
        loop["counter"] = number + 1
        loop["revcounter"] = count - number
        loop["revcounter0"] = count - number - 1
        loop["first"] = number == 0
        loop["last"] = number == count - 1
        yield value


def _inside(context: Context, values: dict[str, Any]) -> Context:
    """The context for the template of an inclusion tag."""
    inner = context.new(values)
    token = context.get("csrf_token")
    if token is not None:
        inner["csrf_token"] = token
    return inner
