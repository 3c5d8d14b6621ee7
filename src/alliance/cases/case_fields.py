"""What is known of each field of a case: one row a field, of which all lists of fields are made.

Names, order and types are those of `alliance.cases.case_document`; a row says where the field
is stored, how tables call it, which list its codes are of, how it is called and asked for, and what
it weighs. To add a field: its column with a migration, its line in the document, its row here, and
its words in `codebook.csv`.

Rows stand in the order in which completeness asks for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alliance.cases import enums
from alliance.cases.case_document import (
    CaseDocument,
    CostPart,
    EffectPart,
    NewSolution,
    NullPart,
    Place,
    QuantityPart,
    SourcePart,
    Text,
)
from alliance.core.money import to_major
from alliance.network.enums import OrganisationKind

Words = str | Promise
Vocabulary = type[TextChoices]
_KINDS = {str: "text", float: "number", int: "integer", bool: "flag", dt.date: "date"}

#: The parts that are lists, each with a table of its own.
LISTS = ("effects", "nulls", "amounts", "sources")
#: The type of a value of each kind; a text of a closed list has codes of its vocabulary.
TYPES: Mapping[str, Any] = {
    **{name: kind for kind, name in _KINDS.items()},
    "year": int,
    "list": list[str],
}


def _kind(annotation: Any) -> str:
    """text, number, integer, year, flag, date or list, by the annotation in the document."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return _kind(
            next(argument for argument in get_args(annotation) if argument is not NoneType)
        )
    if origin is Annotated:
        return str(get_args(annotation)[1])
    return "list" if origin is list else _KINDS[annotation]


@dataclass(frozen=True, kw_only=True)
class CaseField:
    """One field.

    `path` is its place in the document; effects and sources, and texts of each language, share one.
    `column`: where its record stores it; "" where no record does. `reference`: by what a record
    that it points to is named. `scheme`: the list of classifications that holds its codes.
    `table`: its column in tables of cases, effects or sources. `is_open`: downloads hold it.
    `is_required`: no published record lacks it. `is_usual`: most cases have it, so that an empty
    table and a comparison show it.

    `label` names it in versions and differences, `ask` in the form of its `step`, where the form
    field is called `field`. `help` stands below it. `is_written`: in the language of the case.
    `weight`: of the item of completeness called `item`. `is_needed`: no case goes to review
    without it.
    """

    path: str
    label: Words = ""
    ask: Words = ""
    help: Words = ""
    step: str = ""
    field: str = ""
    column: str = ""
    table: str = ""
    reference: str = "public_id"
    scheme: str = ""
    vocabulary: Vocabulary | None = None
    weight: int = 0
    item: str = ""
    is_needed: bool = False
    is_written: bool = False
    is_required: bool = False
    is_usual: bool = False
    is_open: bool = True

    @cached_property
    def part(self) -> str:
        """The part of the document that it stands in; "" for the document itself."""
        return self.path.rpartition(".")[0]

    @cached_property
    def name(self) -> str:
        """Its name in that part."""
        return self.path.rpartition(".")[2]

    @property
    def sheet(self) -> str:
        """The table that its column stands in."""
        return self.part if self.part in LISTS else "cases"

    @cached_property
    def _annotation(self) -> Any:
        return SHAPES[self.part].model_fields[self.name].annotation

    @cached_property
    def kind(self) -> str:
        """text, number, integer, year, flag, date or list."""
        return _kind(self._annotation)

    @cached_property
    def is_nullable(self) -> bool:
        """Whether what is not recorded is null rather than an empty text or list."""
        return NoneType in get_args(self._annotation)

    def of(self, record: Any) -> Any:
        """The value that a row of its table holds, as in the document; a day stays a date."""
        value = getattr(record, self.column)
        if self.column == "cost_minor":
            return None if value is None else float(to_major(value, record.cost_currency))
        if isinstance(value, Model):
            return getattr(value, self.reference)
        if value == "" and self.is_nullable:
            return None
        return list(value) if self.kind == "list" else value


@dataclass(frozen=True)
class Quantity:
    """A number with its unit: its two rows, the units there are, and what pages call it."""

    name: str
    units: Vocabulary
    title: Words
    value: CaseField
    unit: CaseField

    def of(self, case: Any) -> dict[str, Any] | None:
        """What a case holds of it; None where that is not recorded."""
        value = self.value.of(case)
        return None if value is None else {"value": value, "unit": self.unit.of(case)}


def _quantity(
    name: str,
    units: Vocabulary,
    label: Words,
    unit_label: Words,
    *,
    title: Words = "",
    help: Words = "",
    weight: int = 0,
    is_usual: bool = True,
) -> Quantity:
    value = _row(
        f"{name}.value", label, step="cost", field=name, column=name, help=help, weight=weight,
        item=name, is_usual=is_usual,
    )  # fmt: skip
    unit = _row(
        f"{name}.unit", unit_label, step="cost", field=f"{name}_unit", column=f"{name}_unit",
        vocabulary=units, is_usual=is_usual,
    )  # fmt: skip
    return Quantity(name, units, title or label, value, unit)


def _row(path: str, label: Words = "", **known: Any) -> CaseField:
    """A row that is stored, asked for and told in tables by the name that it has in the document.

    Where it is stored or told by another, tables call it as its column is called.
    """
    name = path.rpartition(".")[2]
    known.setdefault("column", name)
    known.setdefault("table", known["column"])
    known.setdefault("field", name)
    known.setdefault("ask", label)
    known["item"] = (known.get("item") or name).replace("_", "-")
    return CaseField(path=path, label=label, **known)


def _effect(name: str, label: Words = "", **known: Any) -> CaseField:
    return _row(f"effects.{name}", label, step="results", **known)


def _null(name: str, label: Words = "", **known: Any) -> CaseField:
    return _row(f"nulls.{name}", label, step="no-difference", **known)


def _source(name: str, label: Words, **known: Any) -> CaseField:
    return _row(f"sources.{name}", label, step="sources", **known)


def _text(name: str, label: Words, step: str = "story", **known: Any) -> CaseField:
    return _row(f"texts.{name}", label, step=step, is_written=True, **{"is_usual": True} | known)


def _justice(name: str, label: Words, ask: Words) -> CaseField:
    """A question that is asked of everything: in cases, plans and fairness checks."""
    return _text(f"justice_{name}", label, step="cost", ask=ask, is_usual=False)


def _place(name: str, label: Words, **known: Any) -> CaseField:
    return _row(f"place.{name}", label, step="place", **known)


def _class(name: str, label: Words, scheme: str, **known: Any) -> CaseField:
    return _row(name, label, step="classification", column="", table=name, scheme=scheme, **known)


#: The shape of each part.
SHAPES: Mapping[str, type[BaseModel]] = {
    "": CaseDocument,
    "new_solution": NewSolution,
    "place": Place,
    "cost": CostPart,
    "amounts": CostPart,
    **{
        name: QuantityPart
        for name, field in CaseDocument.model_fields.items()
        if QuantityPart in get_args(field.annotation)
    },
    "texts": Text,
    "effects": EffectPart,
    "nulls": NullPart,
    "sources": SourcePart,
}
QUANTITIES: tuple[Quantity, ...] = (
    _quantity("staff_time", enums.StaffUnit, _("Staff time"), _("Unit of staff time"), weight=4),
    _quantity(
        "lead_time", enums.TimeUnit, _("Lead time"), _("Unit of lead time"), weight=2,
        title=_("Time from decision to start"), help=_("From the decision to the start."),
    ),
    _quantity(
        "lifetime", enums.TimeUnit, _("Lifetime"), _("Unit of lifetime"), is_usual=False,
        help=_("How long it lasts before it has to be renewed."),
    ),
)  # fmt: skip
_COST: tuple[CaseField, ...] = (
    _row(
        "cost.amount", _("Cost"), step="cost", column="cost_minor", table="cost_amount", weight=6,
        item="cost", is_usual=True, ask=_("Total cost"),
        help=_("The full amount, not in thousands or millions. Write 2 million as 2,000,000."),
    ),
    _row("cost.currency", _("Currency"), step="cost", column="cost_currency", is_usual=True),
    _row(
        "cost.price_year", _("Price year"), step="cost", column="cost_price_year", weight=2,
        is_usual=True,
        help=_(
            "The year in whose prices the cost is given, usually the year it was paid. "
                "Without it, the cost cannot be compared with other cities."
        ),
    ),
    _row(
        "cost.kind", _("Type of cost"), step="cost", field="cost_kind", column="cost_kind",
        vocabulary=enums.CostKind, ask=_("Type of amount"),
        help=_("A distributed budget, a loss or part of a cost is not compared with other "
            "costs."),
    ),
    _row(
        "cost.covers", _("Scope of the cost"), step="cost", field="cost_covers",
        column="cost_covers", is_written=True, ask=_("Included and not included"),
    ),
    _row(
        "cost.source", _("Source of the cost"), step="cost", field="cost_source",
        column="cost_source", help=_("It starts with https:// or http://."),
    ),
    _row(
        "cost.is_computed", _("Cost is calculated, not published"), step="cost",
        field="is_cost_computed", column="is_cost_computed",
    ),
    # Kept beside the words that they translate as long as those stay; no form asks for them.
    _row(
        "cost.covers_fr", _("Scope of the cost, in French"), step="cost", field="cost_covers",
        column="cost_covers_fr",
    ),
    _row(
        "cost.covers_sv", _("Scope of the cost, in Swedish"), step="cost", field="cost_covers",
        column="cost_covers_sv",
    ),
)  # fmt: skip


def _further(row: CaseField) -> CaseField:
    """The row of the cost as that of a further amount, which is stored by the same column."""
    words: dict[str, Words] = {"amount": _("Amount"), "covers": _("Scope")}
    label = words.get(row.name, row.label)
    return replace(
        row,
        path=f"amounts.{row.name}",
        label=label,
        ask=label,
        help="" if row.name in ("price_year", "kind") else row.help,
        step="amounts",
        field=row.name.removesuffix("_fr").removesuffix("_sv"),
        table=row.name,
        weight=0,
        is_required=row.name in ("amount", "currency"),
    )


FIELDS: tuple[CaseField, ...] = (
    _row(
        "solution", _("Solution"), step="place", weight=6, is_needed=True, is_required=True,
        is_usual=True,
    ),
    _row(
        "new_solution.name", _("New solution"), step="place", field="new_name", column="",
        table="new_solution_name", is_written=True, is_open=False,
        ask=_("Name of the new solution"),
    ),
    _row(
        "new_solution.summary", _("Summary of the new solution"), step="place", field="new_summary",
        column="", table="new_solution_summary", is_written=True, is_open=False,
        ask=_("The new solution in a sentence or two"),
    ),
    _row(
        "new_solution.kind", _("Type of new solution"), step="place", field="new_kind",
        column="", table="new_solution_kind", vocabulary=enums.SolutionKind, is_open=False,
    ),
    _row(
        "kind", _("Type"), step="place", vocabulary=enums.SolutionKind, is_required=True,
        help=_("If you leave this blank, the solution’s own is used."),
    ),
    _place(
        "city", _("City"), weight=6, item="place", is_needed=True, is_usual=True,
        ask=_("City"), help=_("Choose a city from the list. You can use its name in any "
            "of the three languages."),
    ),
    _place(
        "name", _("Place"), field="place_name", column="place_name", table="place",
        is_required=True, is_usual=True, ask=_("Another place, or part of the city"),
        help=_("Only if the city name is not enough, for example “Old Town”."),
    ),
    _place(
        "name_fr", _("Place name in French"), field="place_name", column="place_name_fr",
        table="place_fr",
    ),
    _place(
        "name_sv", _("Place name in Swedish"), field="place_name", column="place_name_sv",
        table="place_sv",
    ),
    _place(
        "country", _("Country"), is_required=True, is_usual=True,
        ask=_("Country of the other place"), help=_("Leave blank for a city in the list."),
    ),
    _place("latitude", _("Latitude, longitude"), field="city"),
    _place("longitude", "", field="city"),
    _row("start_year", _("Start year"), step="place", weight=4, is_usual=True),
    _row("end_year", _("End year"), step="place", is_usual=True,
        help=_("Leave blank if it is still running.")),
    _row(
        "is_masked", _("City hidden"), step="place", is_open=False,
        ask=_("Hide the city"),
        help=_(
            "Only for a case that did not work, or worked in part. The city, country and "
                "sources are then shown only to reviewers and the secretariat. Do not name "
                "the city in your texts. Their language and the currency of a cost can still "
                "reveal the country. Choose the city from the list."
        ),
    ),
    _text(
        "title", _("Title"), weight=4, is_needed=True,
        help=_("Describe what was tried, in under ten words."),
    ),
    _text(
        "lead", _("Result in one sentence"), step="place", weight=4,
        help=_(
            "The first sentence of the case: what changed, by how much and since when. If you "
            "leave it blank, the first sentence of your description is used."
        ),
    ),
    _text("summary", _("Action taken"), weight=8, is_needed=True),
    _text(
        "problem", _("Problem"), weight=4, ask=_("The problem"),
        help=_("The problem to be solved, and for whom."),
    ),
    _text("what_did_not", _("What did not work"), weight=8, ask=_("What did not work")),
    _text("what_worked", _("What worked"), weight=5),
    _row(
        "outcome", _("Outcome"), step="outcome", vocabulary=enums.Outcome, weight=6, is_needed=True,
        is_required=True, is_usual=True, ask=_("Result"),
        help=_(
            "Judge the result against the aim, not by whether the work was done. If no "
                "effect was measured, “Worked” is shown as “Reported as working”."
        ),
    ),
    _row(
        "reasons", _("Reasons"), step="outcome", vocabulary=enums.Reason, weight=4, is_usual=True,
        ask=_("Reasons for failure or partial success"),
        help=_(
            "Select all that apply. People can search for failures by these reasons, and "
                "each topic counts them."
        ),
    ),
    _row(
        "running", _("Still running"), step="outcome", vocabulary=enums.Running,
        ask=_("Is it still running?"),
    ),
    _row(
        "running_year", _("Year of the information"), step="outcome",
        ask=_("What year is this information from?"),
    ),
    _row(
        "running_source", _("Source"), step="outcome",
        help=_("It starts with https:// or http://."),
    ),
    _row(
        "check_again", _("Needs another check"), step="outcome", vocabulary=enums.CheckAgain,
        ask=_("What needs another check?"),
        help=_("This is shown next to the case until you remove it."),
    ),
    _effect(
        "measure", _("Outcome measure"), reference="name", weight=10, item="effect",
        is_required=True, is_usual=True,
    ),
    _effect(
        "design", _("Evaluation method"), vocabulary=enums.Design, weight=3, item="measured",
        is_required=True, is_usual=True,
    ),
    _effect("se", _("Standard error"), column="standard_error", weight=6, item="uncertainty"),
    _effect(
        "se_rule", _("Source of the standard error"), vocabulary=enums.StandardErrorRule,
    ),
    _effect(
        "baseline", _("Baseline"), weight=2,
        help=_("The value before the solution, or without it."),
    ),
    _effect(
        "baseline_unit", _("Unit of the baseline"), reference="name",
        help=_("Only if it differs from the unit of the result, for example trips per year."),
    ),
    _effect("baseline_year", _("Year of the baseline")),
    _effect(
        "baseline_source", _("Source of the baseline"),
        help=_("It starts with https:// or http://."),
    ),
    _effect("is_baseline_computed", _("Baseline is calculated, not published")),
    _effect(
        "period_start", _("Start of the period"), weight=2, item="period", is_usual=True,
        ask=_("From year"),
    ),
    _effect("period_end", _("End of the period"), is_usual=True, ask=_("To year")),
    _effect("value", _("Value"), is_required=True, is_usual=True),
    _effect("unit", _("Unit"), reference="name", is_required=True, is_usual=True),
    _effect(
        "direction", _("Direction"), vocabulary=enums.EffectDirection, is_required=True,
        is_usual=True, ask=_("Which direction is better"),
    ),
    _effect("low", _("95 % confidence interval"), is_usual=True, ask=_(
        "95 % confidence interval, from")),
    _effect("high", "", is_usual=True, ask=_("95 % confidence interval, to")),
    _effect("n", _("Sample size"), is_usual=True),
    _effect(
        "study", _("Study"), ask=_("Study it comes from"),
        help=_("A short name. Use the same one for all results of a study. A study in "
            "several places counts as one."),
    ),
    _effect(
        "sample", _("Sample"), ask=_("People or things measured"),
        help=_("A short name. Use the same one for results from the same people or sites. "
            "They count once."),
    ),
    _effect(
        "range_low", _("Lower end of the range"), ask=_("Lower end of the range"),
        help=_("Across models, sites or readings, if this is not a confidence interval."),
    ),
    _effect("range_high", _("Upper end of the range")),
    _effect(
        "qualifier", _("Scope of the result"), is_written=True,
        help=_("If the result applies only to a part, for example a street, an hour or a "
            "group."),
    ),
    _effect(
        "pool_exclusion", _("Reason for not counting the result"), vocabulary=enums.PoolExclusion,
        ask=_("Do not count this result, because it is"),
    ),
    _effect("is_main", _("Main result of the case")),
    _effect(
        "has_late_plan", _("Plan registered after the data"),
        help=_("The strength of evidence can then be 2 of 5 at most."),
    ),
    _effect(
        "has_failed_check", _("Failed a method check"),
        ask=_("A check of the method failed"),
        help=_(
            "For example, the groups were already developing differently before the "
                "start. The strength of evidence can then be 2 of 5 at most."
        ),
    ),
    _effect(
        "has_deviation", _("Departed from the plan"),
        help=_("It was not carried out as planned. Explain how in the note."),
    ),
    # Set by the pilot, and carried unseen.
    _effect("pilot"),
    _effect(
        "check_again", _("Needs another check"), vocabulary=enums.CheckAgain,
        ask=_("What needs another check?"),
        help=_("This is shown next to the result until you remove it."),
    ),
    # Made on the first save; forms carry it unseen, so that a changed effect stays the same one.
    _effect("key"),
    _effect(
        "source", _("Source"), ask=_("Where the figure was read"),
        help=_("Copy the web address of one of your sources. Readers can open it from the figure."),
    ),
    _effect("note", _("Note"), is_written=True),
    # Kept beside the words they translate as long as those stay; no form asks for them.
    _effect("qualifier_fr", _("Scope of the result, in French"), field="qualifier"),
    _effect("qualifier_sv", _("Scope of the result, in Swedish"), field="qualifier"),
    _effect("note_fr", _("Note in French"), field="note"),
    _effect("note_sv", _("Note in Swedish"), field="note"),
    _null(
        "measure", _("Outcome measure"), reference="name", is_required=True,
        help=_("Outcomes that were measured and showed no difference."),
    ),
    _null(
        "sentence", _("In one sentence"), is_written=True, is_required=True,
        help=_("A full sentence, for example: Traffic in the side streets did not change."),
    ),
    _null(
        "design", _("Evaluation method"), vocabulary=enums.Design, is_required=True,
    ),
    _null("period_start", _("Start of the period"), ask=_("From year")),
    _null("period_end", _("End of the period"), ask=_("To year")),
    _null("source", _("Source"), help=_("It starts with https:// or http://.")),
    _null(
        "qualifier", _("Scope of the result"), is_written=True,
        help=_("If the result applies only to a part, for example a street, an hour or a "
            "group."),
    ),
    _null("is_main", _("Main result of the case")),
    _null("key"),
    _null("sentence_fr", _("In one sentence, in French"), field="sentence"),
    _null("sentence_sv", _("In one sentence, in Swedish"), field="sentence"),
    *_COST,
    *map(_further, _COST),
    *(row for quantity in QUANTITIES for row in (quantity.value, quantity.unit)),
    _row(
        "gained", _("Who gained"), step="cost", vocabulary=enums.Affected,
        help=_("Select all that apply and explain below how you know. People can search "
            "for cases by these groups."),
    ),
    _row(
        "paid", _("Who paid"), step="cost", vocabulary=enums.Affected,
        help=_("Include people who lost something: money, time, space, quiet or a home."),
    ),
    _text("equity_notes", _("Who gained, who paid"), step="cost", weight=7, item="equity"),
    _justice(
        "distribution", _("Distributive justice"),
        _("Distribution: who gets the benefits, and who bears the burdens?"),
    ),
    _justice(
        "recognition", _("Justice as recognition"),
        _("Recognition: whose way of life, history and needs are recognised, and whose "
            "are not?"),
    ),
    _justice(
        "procedure", _("Procedural justice"),
        _("Procedure: who decides, who is consulted, and when?"),
    ),
    _justice(
        "capability", _("Capabilities-based justice"),
        _("Capability: who can benefit from the action, and what would others need in "
            "order to benefit?"),
    ),
    _source(
        "title", _("Title"), weight=8, item="source", is_needed=True, is_required=True,
        is_usual=True,
    ),
    _source(
        "url", _("Web address"), is_required=True, is_usual=True,
        help=_(
            "Starts with https:// or http://. Leave blank for an archived document, a "
                "paper document or your own data, and describe below what you read there."
        ),
    ),
    _source(
        "kind", _("Type"), vocabulary=enums.SourceKind, is_required=True, is_usual=True,
        ask=_("Published by"),
    ),
    _source(
        "independent", _("Independent source"), weight=4, is_usual=True,
        ask=_("Not written by those who ran or sold the solution"),
    ),
    _source(
        "seen", _("Passage relied on"), is_written=True, ask=_("Passage you read"),
        help=_("The sentence or figure the case is based on, and the page number."),
    ),
    _class(
        "topics", _("Topics"), enums.Scheme.TOPIC, vocabulary=enums.Topic, weight=2, is_usual=True
    ),
    _class(
        "themes", _("Themes"), enums.Scheme.THEME, vocabulary=enums.Theme, weight=2, is_usual=True
    ),
    _class(
        "sdg_targets", _("SDG targets"), enums.Scheme.SDG, weight=1,
        help=_("Numbers such as 11.2 or 13.b, separated by commas."),
    ),
    _class(
        "actors", _("Organisations involved"), enums.Scheme.ACTOR,
        vocabulary=OrganisationKind, weight=2,
        is_usual=True, ask=_("Who was involved"),
    ),
    _row(
        "adapted_from", _("Adapted from"), step="classification",
        help=_("The web address of the case on this site, or its id."),
    ),
    _row(
        "adaptation_changes", _("Changes made"), step="classification", weight=3,
        item="adaptation", is_written=True, ask=_("Your changes"),
        help=_("Describe what is different here, and why it was necessary."),
    ),
    _row(
        "original_language", _("Original language"), vocabulary=enums.Language, is_required=True,
        is_usual=True,
    ),
    _row("checked_on", _("Checked on")),
    _row("review_by"),
)  # fmt: skip


def part_fields(name: str) -> tuple[CaseField, ...]:
    """The rows of a part, in the order of its shape."""
    rows = {row.name: row for row in FIELDS if row.part == name}
    return tuple(rows[field] for field in SHAPES[name].model_fields if field in rows)


BY_PATH: Mapping[str, CaseField] = {row.path: row for row in FIELDS}
OF_CASE = part_fields("")
OF_PLACE = part_fields("place")
OF_COST = part_fields("cost")
OF_TEXTS = part_fields("texts")
#: The columns of the texts in a table of cases, and of how each came to be.
TEXT_COLUMNS = tuple(
    f"{name}_{language}"
    for name in (*(row.table for row in OF_TEXTS), "text_status")
    for language in enums.Language.values
)
#: The four dimensions of justice.
JUSTICE = tuple(row for row in OF_TEXTS if row.name.startswith("justice_"))
OF_EFFECTS = part_fields("effects")
OF_NULLS = part_fields("nulls")
OF_AMOUNTS = part_fields("amounts")
OF_SOURCES = part_fields("sources")
#: The rows of each list.
OF_LISTS: Mapping[str, tuple[CaseField, ...]] = {name: part_fields(name) for name in LISTS}
STORED = tuple(row for row in OF_CASE if row.column)
CLASSIFIED = tuple(row for row in OF_CASE if row.scheme)
#: What stands in one column of a row of the table of cases; texts have one for each language.
IN_CASES = tuple(row for row in FIELDS if row.sheet == "cases" and row.part != "texts")
#: What downloads hold of it that a column of the database holds.
OPEN_OF_CASE = tuple(row for row in IN_CASES if row.column and row.is_open)
#: The rows of each part that a row of the table of cases holds.
_OF_PARTS = {name: part_fields(name) for name in SHAPES if name and name not in ("texts", *LISTS)}
# A part that says nothing here is not there, whatever else it says.
_FIRST = {
    "new_solution": "name",
    "cost": "amount",
    **{quantity.name: "value" for quantity in QUANTITIES},
}


def from_columns(values: Mapping[str, Any], fields: Iterable[CaseField]) -> dict[str, Any]:
    """The part of a document that columns of a table say; what is empty is left out."""
    return {
        row.name: values[row.table] for row in fields if values.get(row.table) not in (None, "")
    }


def document_from_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The document that a row of the table of cases says, but for effects and sources."""
    document: dict[str, Any] = from_columns(values, OF_CASE)
    for part, fields in _OF_PARTS.items():
        content = from_columns(values, fields)
        if _FIRST.get(part) in (None, *content):
            document[part] = content
    texts = {}
    for language in enums.Language.values:
        words = {row.name: values.get(f"{row.table}_{language}") or "" for row in OF_TEXTS}
        if any(words.values()):
            status = values.get(f"text_status_{language}") or enums.TextStatus.ORIGINAL.value
            texts[language] = words | {"status": status}
    return document | {"texts": texts}


def columns_of_part(part: BaseModel, fields: Iterable[CaseField]) -> dict[str, Any]:
    """The columns of a child row; a text that is not recorded is stored empty."""
    values = ((row, getattr(part, row.name)) for row in fields)
    return {
        row.column: "" if value is None and row.kind == "text" else value for row, value in values
    }
