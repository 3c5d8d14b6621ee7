"""A synthetic city of 300 areas, labelled as such, for the pages on equity, and the fairness check
of a fictitious parking charge."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
from typing import Any

import numpy as np

from alliance.config.demo_people import demo_team
from alliance.core.audit import VISITOR, Actor
from alliance.equity.enums import (
    Action,
    AreaKind,
    By,
    ClaimResult,
    ExposureKind,
    HeardIn,
    Quantity,
    Side,
)
from alliance.equity.models import AreaSet, DistributionCheck
from alliance.equity.services import areas, checks, claims, figures

NAME = "Synthetic areas"
SOURCE = "Synthetic example: made up for the demonstration"
LICENCE = "CC0 1.0"
#: Göteborg, in degrees north and east, in case its record has no coordinates.
PLACE = (57.7089, 11.9746)
ACROSS, DOWN = 20, 15
#: The size of a cell in degrees, about 400 m each way at the latitude of Göteborg.
_EAST, _NORTH = 0.0068, 0.0036
_SEED = 20_261_128
#: Areas without a value, of 300: missing values are shown, never imputed.
_GAPS = 9


def make_demo_equity(*, at: dt.datetime) -> AreaSet:
    """Create it if it is missing, in the name of the demo editor of Göteborg; deterministic.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    team, actor = demo_team("demo equity", at=at)
    present = AreaSet.objects.filter(organisation=team, name=NAME, ended_at=None).first()
    if present is not None:
        return present
    city = team.city
    latitude, longitude = PLACE
    if city is not None and city.latitude is not None and city.longitude is not None:
        latitude, longitude = city.latitude, city.longitude
    about = areas.About(NAME, AreaKind.OWN, "en", at.year - 1, SOURCE, LICENCE)
    shapes = json.dumps(made_up_areas(latitude, longitude)).encode()
    made = areas.bring_areas(team, about, shapes, actor=actor, at=at, is_synthetic=True)
    _figures(made, actor, at)
    made.refresh_from_db()
    return made


def made_up_areas(
    latitude: float, longitude: float, across: int = ACROSS, down: int = DOWN
) -> dict[str, Any]:
    """300 areas around a place, or another number, as GeoJSON: cells of a grid with shifted
    corners."""
    random = np.random.default_rng(_SEED)
    corners = np.stack(
        np.meshgrid(np.arange(across + 1.0), np.arange(down + 1.0), indexing="ij"), axis=-1
    )
    corners += random.uniform(-0.3, 0.3, corners.shape)
    corners -= [across / 2, down / 2]
    corners *= [_EAST, _NORTH]
    corners += [longitude, latitude]
    features = []
    for number in range(across * down):
        x, y = divmod(number, down)
        ring = [corners[x + dx, y + dy] for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
        features.append(
            {
                "type": "Feature",
                "properties": {"code": f"S{number:03d}", "name": f"Synthetic {number + 1}"},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[round(float(v), 6) for v in at] for at in ring]],
                },
            }
        )
    return {"type": "FeatureCollection", "features": features}


def _figures(made: AreaSet, actor: Actor, at: dt.datetime) -> None:
    """People by income, and their exposures: more traffic in the centre, higher incomes at the
    edge."""
    random = np.random.default_rng(_SEED + 1)
    n = ACROSS * DOWN
    x, y = np.divmod(np.arange(n), DOWN)
    away = np.hypot((x - ACROSS / 2) / ACROSS, (y - DOWN / 2) / DOWN)
    codes = [f"S{number:03d}" for number in range(n)]
    people = random.integers(20, 2_600, n)
    poor = np.clip(0.35 - 0.5 * away + random.normal(0, 0.08, n), 0.02, 0.7)
    old = np.clip(0.12 + 0.2 * away + random.normal(0, 0.04, n), 0.02, 0.5)
    low, aged = (np.floor(people * each).astype(int) for each in (poor, old))
    no2 = 8 + 16 * np.exp(-6 * away**2) + random.normal(0, 1.2, n)
    green = np.clip(4 + 40 * away + random.normal(0, 5, n), 0, 70)
    income = 190 + 260 * away + random.normal(0, 25, n) - 120 * (poor - poor.mean())
    year = made.year

    def bring(what: str, year: int, columns: dict[str, Any], **more: str) -> None:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["code", *columns])
        writer.writerows(zip(codes, *columns.values(), strict=True))
        about = figures.About(what, year, SOURCE, LICENCE, **more)
        figures.bring_figures(made, about, out.getvalue().encode(), actor=actor, at=at)

    gaps = set(random.choice(n, _GAPS, replace=False).tolist())
    written = ["" if number in gaps else round(float(v), 1) for number, v in enumerate(no2)]
    margin = [math.ceil(1.645 * math.sqrt(count) + 4) for count in low]
    bring(
        figures.PEOPLE,
        year,
        {"Population": people, "Low income": low, "Low income ±": margin},
        trait="income",
    )
    bring(figures.PEOPLE, year, {"65 and older": aged}, trait="age")
    before = [round(float(v), 1) for v in no2 * 1.12 + random.normal(0, 0.6, n)]
    bring(ExposureKind.BURDEN, year - 5, {"Nitrogen dioxide": before}, unit="µg/m³")
    bring(ExposureKind.BURDEN, year, {"Nitrogen dioxide": written}, unit="µg/m³")
    bring(ExposureKind.BENEFIT, year, {"Green space": green.round(1)}, unit="%")
    change = 0.9 - 3.4 * np.exp(-9 * away**2) + random.normal(0, 0.2, n)
    bring(
        ExposureKind.BURDEN, year, {"Nitrogen dioxide": change.round(1)}, unit="µg/m³",
        quantity=Quantity.CHANGE,
    )  # fmt: skip
    charge = np.clip(150 + 1_900 * away + random.normal(0, 120, n), 0, None)
    bring(
        ExposureKind.BURDEN, year, {"Parking charge": charge.round(-1)}, unit="SEK a year",
        quantity=Quantity.COST,
    )  # fmt: skip
    bring(ExposureKind.MEANS, year, {"Median income": income.round()}, unit="kSEK")


TITLE = "Parking charge in the centre (made up)"
_GROUP, _AREA = By.GROUP.value, By.AREA.value
_GAIN, _COST = Side.GAIN.value, Side.COST.value
_TABLE = (
    checks.LineData(
        _COST, _GROUP, "Low income", "drive to work", 900.0, 600.0, 1_300.0, "SEK a year"
    ),
    checks.LineData(
        _COST, _GROUP, "65 and older", "drive to the clinic", 200.0, 100.0, 350.0, "SEK a year"
    ),
    checks.LineData(
        _COST,
        _AREA,
        "Synthetic 8",
        "cars are parked here instead",
        doubt="seen in two other cities",
    ),
    checks.LineData(
        _GAIN, _GROUP, "Low income", "breathe better air", 1.1, 0.4, 1.8, "µg/m³ less NO₂"
    ),
    checks.LineData(
        _GAIN, _AREA, "Synthetic 143", "breathes better air", 1.9, 0.8, 3.1, "µg/m³ less NO₂"
    ),
)
_ANSWERS = {
    "charge-no-choice": "People who begin before five: the first bus leaves at 5.20.",
    "charge-money": "Half of it pays for night buses.",
    "charge-elsewhere": "The streets just outside the centre. Residents get permits in spring.",
    "justice-procedure": "The council decides. People who work nights were asked in interviews.",
}


def make_demo_check(area_set: AreaSet, *, at: dt.datetime) -> DistributionCheck:
    """The fairness check of a fictitious parking charge in these areas, with a testimony and an
    answered challenge; deterministic."""
    team, actor = demo_team("demo equity", at=at)
    present = DistributionCheck.objects.filter(organisation=team, title=TITLE).first()
    if present is not None:
        return present
    began = at - dt.timedelta(days=20)
    by: dict[str, Any] = {"actor": actor, "at": began}
    about = checks.About(
        TITLE,
        "en",
        "Parking in the centre costs 30 SEK an hour instead of 15. Residents keep their permits. "
        "Half of the income goes to night buses.",
        Action.CHARGE,
        decided_on=at.date() + dt.timedelta(days=60),
        area_set=area_set,
    )
    made = checks.start_check(team, about, is_synthetic=True, **by)
    checks.answer_questions(made, _ANSWERS, **by)
    bus = checks.MitigationData("A night bus for those who begin before five", "Traffic office")
    checks.write_table(made, lines=_TABLE, mitigations=[bus], **by)
    heard = checks.Heard(
        HeardIn.INTERVIEW,
        "a made-up nurse who works nights",
        "Synthetic 8",
        "the way to work",
        "I begin at half past four. There is no bus, and I cannot pay for the garage.",
        "en",
        *(at.date() - dt.timedelta(days=20),) * 2,
        at.date() + dt.timedelta(days=700),
    )
    checks.hear(made, heard, **by)
    made = checks.publish_check(made, **by)
    claim = claims.contest(
        made,
        line=made.lines.get(number=1),
        text="900 SEK is too low: our members work six days a week.",
        name="Made-up tenants’ association",
        language="en",
        address="",
        actor=VISITOR,
        at=began + dt.timedelta(days=3),
    )
    claims.answer_claim(
        claim,
        result=ClaimResult.PARTLY,
        answer="With six days it is 1,080 SEK. The range now goes up to 1,300 SEK.",
        actor=actor,
        at=at,
    )
    return made
