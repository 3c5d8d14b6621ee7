"""API route by which programs enter figures."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import StringConstraints

from alliance.core import clock
from alliance.indicators.enums import Boundary, CodeScheme, Quality, Status
from alliance.indicators.importing.options import Options
from alliance.indicators.selectors.entering import get_team_to_enter
from alliance.indicators.services.entering import enter_figures
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.writing import Body, actor_in
from alliance.network.enums import Scope

router = Router(tags=["indicators"])
MOST = 10_000

Code = Annotated[str, StringConstraints(max_length=80)]


class ObservationBody(Body):
    """A figure, with the columns of a file of figures."""

    indicator: Code = Field(description="Code or id of the indicator.")
    period: Annotated[str, StringConstraints(max_length=10)] = Field(
        description="2021, 2021-S1, 2021-Q3 or 2021-06."
    )
    value: float | None = Field(description="Null where the figure is missing (status M).")
    city: Code = Field("", description="Code of the city; empty means the team's own.")
    definition: Code = Field("", description="Key, where the indicator has several definitions.")
    status: Annotated[str, StringConstraints(max_length=1)] = Field(
        Status.NORMAL.value, description="SDMX status."
    )
    boundary: Annotated[str, StringConstraints(max_length=24)] = Field(
        Boundary.UNKNOWN.value, description="The area that the figure is about."
    )
    sex: Annotated[str, StringConstraints(max_length=8)] = "_T"
    age: Annotated[str, StringConstraints(max_length=16)] = "_T"
    income: Annotated[str, StringConstraints(max_length=16)] = "_T"
    area: Code = "_T"
    unit: Code = Field("", description="Unit of the value, which is converted; else as defined.")
    standard_error: float | None = None
    quality: Annotated[str, StringConstraints(max_length=1)] = Field(
        "", description=f"Grade, where no standard error is known: {', '.join(Quality.values)}."
    )
    method: Annotated[str, StringConstraints(max_length=160)] = ""


class SourceBody(Body):
    title: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    url: Annotated[str, StringConstraints(max_length=500)] = ""
    licence: Annotated[str, StringConstraints(max_length=240)] = ""
    publisher: Annotated[str, StringConstraints(min_length=1, max_length=160)] = Field(
        description="Who published the figures."
    )
    method_class: Annotated[str, StringConstraints(min_length=1, max_length=16)] = Field(
        description="Kind of source: what does not fit the definition is refused."
    )
    population: Annotated[str, StringConstraints(min_length=1, max_length=160)] = Field(
        description="Of whom or what."
    )
    own_definition: bool = Field(
        False, description="Keep what does not fit a definition under one of its own."
    )


class ObservationsBody(Body):
    observations: list[ObservationBody] = Field(min_length=1, max_length=MOST)
    source: SourceBody
    scheme: Annotated[str, StringConstraints(max_length=12)] = Field(
        CodeScheme.ALLIANCE.value, description="Whose codes name the cities."
    )
    reason: Annotated[str, StringConstraints(max_length=400)] = Field(
        "", description="Why known figures are revised; needed where some are."
    )
    dry_run: bool = Field(False, description="Only say what would come of it.")


class ChangedFigure(Schema):
    city: str
    definition: str
    period: str
    boundary: str
    old: float | None
    old_status: str
    new: float | None
    new_status: str


class UnitConversion(Schema):
    definition: str
    given: str
    unit: str
    factor: float
    offset: float


class OddFigure(Schema):
    city: str
    definition: str
    period: str
    value: float
    usual: float = Field(description="The median of the series.")


class Entered(Schema):
    batch: str | None = Field(
        description="Id of what was written; null where nothing changed or it was a dry run."
    )
    added: int
    revised: int
    unchanged: int
    revisions: list[ChangedFigure] = Field(description="The first hundred.")
    conversions: list[UnitConversion]
    implausible: list[OddFigure] = Field(
        description="Values far from all others of their series, perhaps in another unit."
    )
    own_definitions: list[tuple[str, str]] = Field(
        description="Keys of definitions that figures did not fit, each with the one of their own."
    )


@router.post(
    "/teams/{id}/observations",
    response=Entered,
    auth=TeamOrPerson(Scope.FIGURES),
    summary="Enter figures of the team's city",
)
def enter_observations(request: HttpRequest, id: str, body: ObservationsBody) -> dict[str, Any]:
    """Record figures, all or none, for editors of a municipality and its tokens, of its own city.

    Identical figures are left unchanged; a different one supersedes the recorded figure, which
    remains in the log. Every error is named by its path (422).
    """
    organisation = get_team_to_enter(id)
    own = organisation.city.public_id if organisation.city else ""
    rows = [
        observation.model_dump()
        | {"city": observation.city or own}
        # The team's own city is named by its id here, whatever the scheme of the others.
        | ({} if observation.city else {"scheme": CodeScheme.ALLIANCE.value})
        for observation in body.observations
    ]
    source = body.source
    report, batch = enter_figures(
        rows,
        Options(
            scheme=body.scheme,
            source_title=source.title,
            source_url=source.url,
            licence=source.licence,
            publisher=source.publisher,
            method_class=source.method_class,
            population=source.population,
            own_definition=source.own_definition,
            named=True,
        ),
        organisation=organisation,
        actor=actor_in(request),
        at=clock.now(),
        reason=body.reason,
        path="observations",
        check_only=body.dry_run,
    )
    return {
        "batch": batch.public_id if batch and (batch.added or batch.revised) else None,
        **{name: getattr(report, name) for name in ("added", "revised", "unchanged")},
        "revisions": [vars(revision) for revision in report.revisions],
        "conversions": list(report.conversions),
        "implausible": [vars(figure) for figure in report.implausible],
        "own_definitions": list(report.own_definitions),
    }
