"""Adoption page and "my work" with 500 adoptions and 5,000 waiting items.

python -m tests.bench.adoptions
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from tests.bench.figures import Figure
from tests.bench.starter_database import NOW, fresh_database

ADOPTIONS, WAITING = 500, 5_000
TEAM = "goteborgs-stad"


def lay_adoptions() -> tuple[Any, str]:
    """An editor of `TEAM`, and the id of an adoption of its city.

    Each adoption has a partner who agreed, ten tasks and a plan to write: two items. The others are
    needs with which the cities are asked to help.
    """
    from alliance.adoption.models import Adoption, AdoptionStep
    from alliance.network.models import Need, NeedHelp, Organisation
    from tests.factories.people import join, person

    rows = Organisation.objects.filter(kind="municipality", city__isnull=False)
    teams = {one.city_id: one for one in rows.order_by("-pk")}
    own = teams[rows.get(public_id=TEAM).city_id]
    others = [one for one in teams.values() if one != own]
    said = {"language": "en", "stated_at": NOW, "changed_at": NOW}

    def pair(number: int) -> tuple[Organisation, Organisation]:
        one, other = others[number % len(others)], others[(number + 1) % len(others)]
        return (own, other) if number % 5 == 0 else (one, other)

    adoptions = Adoption.objects.bulk_create(
        Adoption(
            adopter=adopter, adopting_city_id=adopter.city_id, source=source,
            source_city_id=source.city_id, subject_kind="solution", subject_id=f"bench-{number}",
            subject_title=f"Solution {number}", subject_language="en", stage="agreed",
            aim="Fewer cars.", language="en", started_at=NOW, changed_at=NOW, public_at=NOW,
            source_agreed_at=NOW, adopter_agreed_at=NOW, first_agreed_at=NOW,
        )
        for number in range(ADOPTIONS)
        for adopter, source in [pair(number)]
    )  # fmt: skip
    AdoptionStep.objects.bulk_create(
        AdoptionStep(
            adoption=one,
            number=number,
            title=f"Task {number}",
            side="adopter",
            due_on=NOW.date() + dt.timedelta(days=number),
        )
        for one in adoptions
        for number in range(1, 11)
    )
    n_needs = -(-(WAITING - 2 * ADOPTIONS) // len(others))
    needs = Need.objects.bulk_create(
        Need(organisation=own, city_id=own.city_id, title=f"Need {n}", text="How?", **said)
        for n in range(n_needs)
    )
    NeedHelp.objects.bulk_create(
        NeedHelp(need=need, organisation=one, city_id=one.city_id, asked_at=NOW)
        for need in needs
        for one in others
    )
    editor = person("Elin Berg", language="sv")
    join(editor, own)
    return editor, adoptions[0].public_id


def run() -> Iterator[Figure]:
    """Measure with the client in process, as an editor of the adopting city."""
    from django.test import Client

    from alliance.adoption.models import Adoption
    from tests.bench.pages import page_figures

    editor, adoption = lay_adoptions()
    yield Figure("adoptions", Adoption.objects.count(), "", ADOPTIONS, at_least=True)
    client = Client()
    client.force_login(editor)
    adopted = [f"/sv/adoptions/{adoption}/", f"/en/adoptions/{adoption}/plan/"]
    yield from page_figures(
        client,
        {"adoption": adopted, "adoptions": ["/sv/adoptions/"], "my work": ["/sv/my-work/"]},
    )


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    os.environ["ALLIANCE_LOG_LEVEL"] = "ERROR"
    with fresh_database():
        from alliance.core.tasks.housekeeping import count_rows_for_planner

        figures = run()
        first = next(figures)
        count_rows_for_planner.call()
        importlib.import_module("alliance.config.warm").set_aside_what_stays()
        broken = 0
        for figure in (first, *figures):
            print(figure, flush=True)
            broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
