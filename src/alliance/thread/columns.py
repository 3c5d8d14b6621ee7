"""The columns that rows of every kind share, so that a single query reads all kinds of a level.

A part is a query of one kind with exactly the columns of `NODE`, cast to the same types, so that
parts can be combined by UNION.
"""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, TruncDate

from alliance.knowledge.enums import TextStatus
from alliance.network.enums import Language

Rows = QuerySet[Any, Any]

NODE = (
    "n_kind", "n_id", "n_title", "n_language", "n_on", "n_state", "n_hides",
    "n_city", "n_city_name", "n_city_fr", "n_city_sv",
)  # fmt: skip


def text(of: Any) -> Any:
    """A text column of any width, by its name or as an expression."""
    return Cast(F(of) if isinstance(of, str) else of, TextField())


def const(value: str) -> Any:
    """A constant text column."""
    return Cast(Value(value, CharField()), TextField())


def day_of(moment: str) -> Any:
    """The date of a time, in UTC."""
    return TruncDate(moment)


def no_day() -> Any:
    return Cast(Value(None, DateField()), DateField())


def own_text(texts: Rows, owner: str, column: str, language: str) -> Any:
    """A column of the text that a page in `language` shows: translated, original, or any other."""
    order = Case(
        When(language=language, then=Value(0)),
        When(status=TextStatus.ORIGINAL, then=Value(1)),
        *(When(language=code, then=Value(2 + n)) for n, code in enumerate(Language.values)),
        default=Value(9),
        output_field=IntegerField(),
    )
    rows = texts.filter(**{owner: OuterRef("pk")}).order_by(order)
    return text(Subquery(rows.values(column)[:1]))


def node_rows(
    rows: Rows,
    kind: str,
    *,
    title: Any,
    language: Any,
    on: Any,
    state: Any = "",
    city: str = "",
    hides: str = "",
    public_id: str = "public_id",
) -> Rows:
    """A part of nodes. `city` is the path to the city, empty without one; a record of several
    cities has a row for each. `hides` is the column that marks its city as hidden."""
    names = ("public_id", "name", "name_fr", "name_sv")
    places = [text(f"{city}__{name}") if city else const("") for name in names]
    columns = (
        const(kind),
        text(public_id),
        title,
        language,
        on,
        const("") if state == "" else text(state),
        Cast(F(hides), BooleanField()) if hides else Cast(Value(False), BooleanField()),
        *places,
    )
    annotated = rows.order_by().annotate(**dict(zip(NODE, columns, strict=True)))
    return annotated.values_list(*NODE)
