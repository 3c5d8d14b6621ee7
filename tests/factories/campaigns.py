"""Campaigns for tests. All of them are made up."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from alliance.campaigns import services
from alliance.campaigns.models import Campaign
from alliance.cases.models import Method
from alliance.core.audit import Actor
from alliance.evidence.services.method_results import Use, save_result
from alliance.network.models import Organisation
from alliance.participation.models import Process
from alliance.plans.services.texts import set_text
from tests.factories.participation import make_process
from tests.factories.people import NOW, acting, join, person, team

DAY = dt.timedelta(days=1)
DOING = services.Doing(
    title="Less in the bin",
    language="en",
    summary="Residual waste is burnt. Food waste becomes gas for buses. Sort it.",
    step="Fetch a basket for food waste",
    step_place="Recycling house of your block",
    step_when="Any day from 7 to 21",
)


def measuring(at: dt.datetime = NOW, **words: Any) -> services.Measuring:
    """The second screen: a campaign of 60 days from tomorrow on."""
    given = {
        "outcome": "residual waste",
        "unit": "kg per household and week",
        "before": "January to June",
        "starts_on": (at + DAY).date(),
        "ends_on": (at + 60 * DAY).date(),
        "result_by": (at + 90 * DAY).date(),
        "decides_what": "Whether it goes on.",
        "decides_who": "The waste board",
    }
    return services.Measuring(**(given | words))


def blocks(n: int = 80, *, seed: int = 7) -> list[tuple[str, float, str]]:
    """Blocks with what was measured before, and a part of the city."""
    chance = random.Random(seed)
    parts = ("Norrby", "Hestra")
    return [
        (f"Block {at:02d}", round(chance.gauss(7, 1.2), 2), parts[at % 2]) for at in range(1, n + 1)
    ]


def as_csv(head: str, rows: list[Any]) -> bytes:
    """Rows as a file."""
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)]).encode()


def list_of(n: int = 80) -> bytes:
    """A list to upload."""
    return as_csv("block,before,part", blocks(n))


def after(process: Process, change: float, *, seed: int = 8) -> bytes:
    """What was measured in each block: `change` where the campaign was, and chance."""
    chance = random.Random(seed)
    columns = process.campaign.list.columns
    rows = zip(columns["unit"], columns["before"], columns["treated"], strict=True)
    return as_csv(
        "unit,value",
        [(unit, round(was + change * on + chance.gauss(0, 0.4), 2)) for unit, was, on in rows],
    )


def make_campaign(
    team: Organisation,
    actor: Actor,
    *,
    at: dt.datetime = NOW,
    content: bytes | None = None,
    opened: bool = True,
    **units: Any,
) -> Process:
    """A campaign with 40 of 80 blocks drawn, which is open."""
    process = services.start(team, DOING, actor=actor, at=at)
    # The same lots in every run.
    Campaign.objects.filter(process=process).update(salt="fictional")
    services.measure(process, measuring(at), actor=actor, at=at)
    given = {"kind": "area", "chosen": "lots", "n": None, "name": "blocks.csv"} | units
    services.set_units(
        process, content=list_of() if content is None else content, actor=actor, at=at, **given
    )
    if opened:
        services.begin(process, actor=actor, at=at)
    return Process.objects.get(pk=process.pk)


def make_example_campaign() -> Process:
    """A campaign of a made-up city with its effect, also as the result of a method, and a plan in
    two versions, for the examples of the API."""
    municipality = team("exampleby")
    editor = person("Eva Exempel")
    join(editor, municipality)
    by: dict[str, Any] = {"actor": acting(editor)}
    process = make_campaign(municipality, at=NOW - dt.timedelta(days=5), **by)
    services.add_outcome(process, content=after(process, -1), name="after.csv", at=NOW, **by)
    Process.objects.filter(pk=process.pk).update(public_id="example-campaign")
    plan = make_process(municipality, kind="text", public_id="example-plan")
    for text in ("The square is quiet.\n\nCars park on it.", "The square is quiet."):
        set_text(plan, text, note="Fewer cars.", at=NOW, **by)
    reach = {"measure": "reach", "group": "tenure:rents", "value": 1.2, "low": 1.0, "high": 1.5}
    method = Method.objects.get(public_id="citizens-assembly-method")
    use = Use("record", "example-use", process.city, "An assembly", "en", NOW.date())
    save_result(method, use, [reach | {"n": 40}], at=NOW, **by)
    return process
