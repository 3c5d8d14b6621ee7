"""Small areas for tests. All of them are made up."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from alliance.adoption.models import Adoption
from alliance.adoption.services.adoptions import name_check
from alliance.core.audit import Actor
from alliance.equity.enums import AreaKind, ExposureKind
from alliance.equity.models import AreaSet, DistributionCheck
from alliance.equity.services import areas, checks, figures
from alliance.network.models import Organisation
from tests.factories.people import NOW

SOURCE, LICENCE = "Made up", "CC0 1.0"
#: Umeå lies about here.
EAST, NORTH, STEP = 20.2, 63.8, 0.004


def square(x: float, y: float, size: float = STEP) -> list[list[float]]:
    """A ring of a square cell at steps x and y from the corner, in degrees."""
    left, low = EAST + x * STEP, NORTH + y * STEP
    return [[left, low], [left + size, low], [left + size, low + size], [left, low + size],
            [left, low]]  # fmt: skip


def feature(code: str, *rings: list[list[float]], **properties: Any) -> dict[str, Any]:
    """A feature of GeoJSON with the shape of one polygon."""
    return {
        "type": "Feature",
        "properties": {"deso": code, **properties},
        "geometry": {"type": "Polygon", "coordinates": list(rings)},
    }


def grid(across: int = 5, down: int = 5) -> list[dict[str, Any]]:
    """Square areas side by side, A00 to A24 for five by five."""
    return [
        feature(f"A{x * down + y:02d}", square(x, y), namn=f"Area {x * down + y}")
        for x in range(across)
        for y in range(down)
    ]


def geojson(features: list[dict[str, Any]], **more: Any) -> bytes:
    """A file of features."""
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def about(**more: Any) -> areas.About:
    """What is said of a file of areas."""
    given: dict[str, Any] = {
        "name": "Areas 2025",
        "kind": AreaKind.OWN,
        "language": "en",
        "year": 2025,
        "source": SOURCE,
        "licence": LICENCE,
    }
    return areas.About(**given | more)


def make_areas(
    organisation: Organisation,
    actor: Actor,
    *,
    content: bytes | None = None,
    at: dt.datetime = NOW,
    **more: Any,
) -> AreaSet:
    """Areas of a city; by default a table of 25, which takes no child process."""
    if content is None:
        rows = [f"A{number:02d},Area {number}" for number in range(25)]
        content = "\n".join(["code,name", *rows]).encode()
    return areas.bring_areas(organisation, about(**more), content, actor=actor, at=at)


def bring(
    area_set: AreaSet,
    actor: Actor,
    what: str,
    table: dict[str, list[Any]],
    *,
    at: dt.datetime = NOW,
    year: int = 2025,
    **more: Any,
) -> AreaSet:
    """Figures of areas, each column in the order of their codes."""
    codes = list(area_set.areas.order_by("number").values_list("code", flat=True))
    lines = [",".join(["code", *table])]
    for number, code in enumerate(codes):
        lines.append(",".join([code, *(str(column[number]) for column in table.values())]))
    said = figures.About(what, year, SOURCE, LICENCE, **more)
    return figures.bring_figures(area_set, said, "\n".join(lines).encode(), actor=actor, at=at)


def make_figures(area_set: AreaSet, actor: Actor) -> AreaSet:
    """People by income, bad air where the poor live, and income."""
    n = area_set.areas.count()
    poor = [100 + 20 * at for at in range(n)]
    bring(
        area_set,
        actor,
        figures.PEOPLE,
        {"Population": [1_000] * n, "Low income": poor},
        trait="income",
    )
    bring(
        area_set,
        actor,
        ExposureKind.BURDEN,
        {"NO2": [10 + at / 2 for at in range(n)]},
        unit="µg/m³",
    )
    return bring(
        area_set,
        actor,
        ExposureKind.MEANS,
        {"Income": [400 - 5 * at for at in range(n)]},
        unit="kSEK",
    )


def a_line(**more: Any) -> checks.LineData:
    """A row of a table: people with low income pay."""
    given: dict[str, Any] = {
        "side": "cost",
        "by": "group",
        "who": "Low income",
        "what": "pay the charge",
        "value": 900.0,
        "low": 600.0,
        "high": 1_200.0,
        "unit": "SEK a year",
    }
    return checks.LineData(**given | more)


def in_an_area(**more: Any) -> checks.LineData:
    """A row about an area, in words."""
    given = {"side": "gain", "by": "area", "who": "Area 24", "what": "breathes better air"}
    return a_line(**given | {"value": 2.0, "low": None, "high": None, "doubt": "modelled"} | more)


def a_testimony(**more: Any) -> checks.Heard:
    """What a nurse said."""
    given: dict[str, Any] = {
        "kind": "interview",
        "who": "a nurse who works nights",
        "place": "Ersboda",
        "theme": "the way to work",
        "text": "There is no bus at four.",
        "language": "en",
        "heard_on": NOW.date(),
        "consented_on": NOW.date(),
        "keep_until": NOW.date() + dt.timedelta(days=400),
    }
    return checks.Heard(**given | more)


def make_check(
    organisation: Organisation, actor: Actor, *, at: dt.datetime = NOW, **more: Any
) -> DistributionCheck:
    """A check of a parking charge that is not published and has nothing in it."""
    given: dict[str, Any] = {
        "title": "Parking charge in the centre",
        "language": "en",
        "summary": "Parking costs more from May.",
        "action": "other",
    }
    return checks.start_check(organisation, checks.About(**given | more), actor=actor, at=at)


def complete(check: DistributionCheck, actor: Actor, *, at: dt.datetime = NOW) -> DistributionCheck:
    """With a table, a mitigation, and published."""
    checks.write_table(
        check,
        lines=[a_line(), in_an_area()],
        mitigations=[checks.MitigationData("A night bus to Ersboda.", "Traffic office")],
        actor=actor,
        at=at,
    )
    return checks.publish_check(check, actor=actor, at=at)


def pass_check(adoption: Adoption, actor: Actor, *, at: dt.datetime = NOW) -> DistributionCheck:
    """Open the gate of an adoption."""
    check = complete(make_check(adoption.adopter, actor, at=at), actor, at=at)
    name_check(adoption, check, actor=actor, at=at)
    return check
