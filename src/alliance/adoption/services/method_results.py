"""Results of innovation methods and of indicators in each city, from existing records.

A city's pilots, and its figures in the newest release, become results of their methods, as those
of processes do: compared with other cities, and pooled from three on.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Count, Q, QuerySet

from alliance.adoption.enums import Ending
from alliance.adoption.models import Adoption
from alliance.analysis.engagement import geometric_mean, share_of
from alliance.analysis.errors import MethodError
from alliance.core import audit
from alliance.indicators.enums import NodeKind
from alliance.indicators.models import Score
from alliance.indicators.selectors.access import release_at
from alliance.knowledge.enums import MethodMeasure
from alliance.knowledge.models import Method, MethodResult
from alliance.knowledge.models.method_results import PILOTS
from alliance.knowledge.services.method_results import Use, as_measure, save_result
from alliance.network.enums import Language
from alliance.network.models import City
from alliance.testbeds.enums import BookingState, PilotState

_AT_TESTBED = Q(pilot__bookings__state=BookingState.ACCEPTED)
_OF_CHALLENGE = Q(pilot__answers__isnull=False)
#: The methods of the catalogue that pilots of adoptions use; a pilot may use two.
METHODS_OF_PILOTS = {
    "test-district": _AT_TESTBED,
    "challenge-prize": _OF_CHALLENGE,
    "agile-piloting": ~_AT_TESTBED & ~_OF_CHALLENGE,
}
BY_RELEASE = "composite-index"
#: So old a figure may be, in years before that of the release.
CURRENT_YEARS = 2
DAYS_OF_MONTH = 365.25 / 12

Result = tuple[Use, list[dict[str, Any]]]


def save_ended_results(*, at: dt.datetime) -> int:
    """Saves the results of pilots and of the newest release for each city, and deletes outdated
    ones; returns the number of results.
    """
    results_by_method = {name: _of_pilots(name, which) for name, which in METHODS_OF_PILOTS.items()}
    results_by_method[BY_RELEASE] = _of_release()
    n = 0
    for method in Method.objects.filter(public_id__in=results_by_method):
        results = results_by_method[method.public_id]
        for use, measures in results:
            save_result(method, use, measures, actor=audit.WORKER, at=at)
        gone = MethodResult.objects.filter(
            source="record", source_id__startswith=f"{method.public_id}:"
        )
        gone.exclude(source_id__in=[use.source_id for use, _measures in results]).delete()
        n += len(results)
    return n


def _of_pilots(method: str, which: Q) -> list[Result]:
    rows: QuerySet[Adoption] = Adoption.objects.filter(
        which, public_at__isnull=False, pilot__state__in=[PilotState.REPORTED, PilotState.STOPPED]
    )
    by_city = defaultdict[City, list[Adoption]](list)
    for row in rows.distinct().select_related("adopting_city", "pilot", "need"):
        by_city[row.adopting_city].append(row)
    results = []
    for city, adoptions in by_city.items():
        decided = [adoption for adoption in adoptions if adoption.ending]
        measures = []
        if decided:
            adopted = sum(adoption.ending == Ending.ADOPTED for adoption in decided)
            measures.append(as_measure(MethodMeasure.ADOPTED, share_of(adopted, len(decided))))
        try:
            mean_months = geometric_mean(_months(adoptions))
            measures.append(as_measure(MethodMeasure.MONTHS, mean_months, unit_pooled="months"))
        except MethodError:
            # A single pilot, or no variation: no interval.
            pass
        if not measures:
            continue
        ended = max(_ended(adoption) for adoption in adoptions)
        title = f"{PILOTS}:{len(adoptions)}:{len(adoptions) - len(decided)}"
        language = adoptions[0].language
        use = Use("record", f"{method}:{city.pk}", city, title, language, ended.date())
        results.append((use, measures))
    return results


def _ended(adoption: Adoption) -> dt.datetime:
    pilot = adoption.pilot
    return (pilot and (pilot.reported_at or pilot.stopped_at)) or adoption.changed_at


def _months(adoptions: list[Adoption]) -> list[float]:
    """Months from the date of each need to the result of its pilot, if both are known."""
    days = [
        (adoption.pilot.reported_at - adoption.need.stated_at).days
        for adoption in adoptions
        if adoption.need and adoption.pilot and adoption.pilot.reported_at
    ]
    return [day / DAYS_OF_MONTH for day in days if day > 0]


def _of_release() -> list[Result]:
    release = release_at(None)
    if release is None or release.published_at is None:
        return []
    current = Q(value__isnull=False, age__lte=CURRENT_YEARS)
    rows = (
        Score.objects.filter(release=release, kind=NodeKind.INDICATOR)
        .order_by()
        .values("city")
        .annotate(n=Count("node", distinct=True))
        .annotate(known=Count("node", distinct=True, filter=current))
    )
    cities = City.objects.in_bulk([row["city"] for row in rows])
    day = release.published_at.date()
    return [
        (
            Use(
                "record", f"{BY_RELEASE}:{row['city']}", cities[row["city"]], release.name,
                Language.EN, day,
            ),
            [as_measure(MethodMeasure.CURRENT, share_of(row["known"], row["n"]))],
        )
        for row in rows
    ]  # fmt: skip
