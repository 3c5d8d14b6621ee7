"""A draft as its reviewers read it: field by field, with the remarks that stand at each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.accounts.services.own_data import FORMER_MEMBER
from alliance.cases import rules
from alliance.cases.masking import MASKED_PLACE
from alliance.cases.models import Measure, SolutionText, Unit
from alliance.cases.selectors.case_list import Localised
from alliance.cases.selectors.localise import chosen_text, local_name
from alliance.cases.selectors.snapshot_fields import Field, fields_of
from alliance.cases.selectors.snapshot_names import Named, PresentNames
from alliance.core.audit import Actor
from alliance.core.errors import row_of
from alliance.writing.models import Draft, ReviewComment
from alliance.writing.selectors.drafts_names import rows_by_name

State = Mapping[str, Any]

#: Beyond so many fields only each effect and source as a whole has a place for remarks: a form
#: with more would be refused.
MOST_PLACES = 1_000
#: Set when a case is published, which a draft has not, and what its reviewers see elsewhere.
_NOT_OF_DRAFTS = frozenset({"status", "licence", "checked_on", "is_masked"})


@dataclass(frozen=True)
class Remark:
    """A remark, with the names that the reader may know."""

    row: ReviewComment
    author: str
    resolved_by: str
    may_resolve: bool


@dataclass(frozen=True)
class Place:
    """Where remarks stand: a field, or a part of the draft as a whole.

    `path` is that in the case document; `name` that of what is typed there in the form.
    """

    path: str
    label: str
    remarks: tuple[Remark, ...]
    may_remark: bool

    @property
    def anchor(self) -> str:
        """The id of the place on the page."""
        return "at-" + re.sub(r"[^a-z0-9]+", "-", self.path or "whole").strip("-")

    @property
    def name(self) -> str:
        """The name of the form field for a remark here."""
        return f"remark:{self.path}"

    @property
    def n_open(self) -> int:
        """How many remarks here wait to be dealt with."""
        return sum(not remark.row.resolved_at for remark in self.remarks)


@dataclass(frozen=True)
class ShownField:
    """A field of the draft, whose value is empty where nothing is recorded."""

    field: Field
    place: Place
    has_changed: bool


@dataclass(frozen=True)
class ShownGroup:
    """Fields under one heading. `whole` is where remarks on all of it stand, if anywhere."""

    name: str
    part: Localised
    fields: tuple[ShownField, ...]
    whole: Place | None


@dataclass(frozen=True)
class Vocabulary:
    """The measures and units that some states of a draft name, and what pages call all of it."""

    measures: Mapping[str, Measure]
    units: Mapping[str, Unit]
    names: PresentNames


def without_place(state: State) -> dict[str, Any]:
    """The state with its place hidden, as readers see it where the city is hidden."""
    place = {
        name: getattr(MASKED_PLACE, name) for name in ("name", "name_fr", "name_sv", "country")
    }
    return {**state, "place": {**place, "city": None, "latitude": None, "longitude": None}}


def vocabulary(states: Iterable[State], language: str) -> Vocabulary:
    """What the states name, in three queries at most, however many they are."""
    all_states = list(states)
    effects = [effect for state in all_states for effect in state["effects"]]
    measures = rows_by_name(Measure, {effect["measure"] for effect in effects})
    units = rows_by_name(Unit, {effect["unit"] for effect in effects})
    texts: dict[str, list[SolutionText]] = defaultdict(list)
    wanted = {state["solution"] for state in all_states if state["solution"]}
    for text in SolutionText.objects.filter(solution__public_id__in=wanted).select_related(
        "solution"
    ):
        texts[text.solution.public_id].append(text)
    picked = {key: chosen_text(own, language) for key, own in texts.items()}
    # A city and the case that was adapted are told as the draft tells them: each would be a query.
    cities = {state["place"]["city"]: state["place"]["name"] for state in all_states}
    return Vocabulary(
        measures,
        units,
        PresentNames(
            measures={key: local_name(measure, language) for key, measure in measures.items()},
            units={key: local_name(unit, language) for key, unit in units.items()},
            solutions={
                key: Named(
                    Localised(chosen.text.name, chosen.lang_attr),
                    reverse("knowledge:solution", args=[key]),
                )
                for key, chosen in picked.items()
            },
            cities={
                key: Named(Localised(name), reverse("knowledge:city", args=[key]))
                for key, name in cities.items()
                if key
            },
            cases={
                key: Named(Localised(key), reverse("knowledge:case", args=[key]))
                for key in (state["adapted_from"] for state in all_states)
                if key
            },
        ),
    )


def draft_fields(state: State, language: str, names: PresentNames) -> Iterator[Field]:
    """The fields of a draft, those of a solution that it brings with it after its own."""
    written_in = state["original_language"]
    for field in fields_of(state, language, names):
        is_own = not field.key.startswith("new_solution.") or state["new_solution"]
        if is_own and field.key not in {*_NOT_OF_DRAFTS, f"texts.{written_in}.status"}:
            yield field


def remark_of(
    row: ReviewComment, *, draft: Draft, actor: Actor, names_hidden: bool, reviewers: set[int]
) -> Remark:
    """A remark as the actor may read it: who is of a team that is hidden is not named."""
    is_own = actor.user is not None and row.author_id == actor.user.pk
    is_named = not names_hidden or is_own or row.author_id in reviewers
    author = row.author_name if row.author_name != FORMER_MEMBER else _("a former member")
    return Remark(
        row,
        author=author if is_named else _("name not shown"),
        resolved_by=row.resolved_by_name if is_named and not names_hidden else "",
        may_resolve=row.resolved_at is None
        and (is_own or rules.may_write_for(actor, draft.organisation)),
    )


def _part_of(field: Field) -> str:
    row = row_of(field.path)
    return f"{row[0]}[{row[1]}]" if row else ""


def shown_groups(
    fields: Iterable[Field],
    *,
    changed: frozenset[str],
    remarks: dict[str, list[Remark]],
    may_remark: bool,
) -> tuple[ShownGroup, ...]:
    """The fields under their headings; takes the remarks that stand at them out of `remarks`.

    Of texts and of the case every field is shown, also where nothing is recorded; of effects,
    results without a number and sources those that are filled.
    """
    shown = [field for field in fields if field.value or not _part_of(field)]
    in_parts = may_remark and len(shown) <= MOST_PLACES

    def place(path: str, label: str, may: bool) -> Place:
        return Place(path, label, tuple(remarks.pop(path, ())), may)

    groups = []
    for (name, part), of_group in groupby(shown, key=lambda field: (field.group, field.part)):
        own = list(of_group)
        root = _part_of(own[0])
        groups.append(
            ShownGroup(
                name,
                part,
                tuple(
                    ShownField(
                        field,
                        place(field.path, field.label, in_parts if root else may_remark),
                        field.key in changed,
                    )
                    for field in own
                ),
                place(root, name, may_remark) if root else None,
            )
        )
    return tuple(groups)


def only_changed(groups: Iterable[ShownGroup]) -> Iterator[ShownGroup]:
    """What changed of each group, and fields with remarks."""
    for group in groups:
        fields = tuple(field for field in group.fields if field.has_changed or field.place.remarks)
        if fields or (group.whole is not None and group.whole.remarks):
            yield replace(group, fields=fields)
