"""What the pages, briefs and answers of the starter network say can happen."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from dataclasses import asdict
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from alliance.accounts.models import DigestSubscription
from alliance.cases.models import CaseStudy, Effect, Solution
from alliance.core.audit import Actor
from alliance.network.models import City
from alliance.news.services import send_digests, start_digest
from alliance.reports.selectors.cases import case_brief
from alliance.reports.selectors.editions import edition_of
from alliance.reports.selectors.solutions import solution_brief
from tests.factories.needs_offers import make_need
from tests.factories.pages import some
from tests.factories.people import acting, person, team

pytestmark = pytest.mark.django_db

#: A number as texts in English, or in French and Swedish, write it.
_PLAIN = r"\d+(?:,\d{3})*(?:\.\d+)?"
_LOCAL = r"\d+(?:[\u00a0\u202f]\d{3})*(?:,\d+)?"
#: A change in per cent, or the lower end of a range of them.
_CHANGE = re.compile(rf"(?<!\d)[−-]({_PLAIN})(?: (?:to|and) [+−-]?{_PLAIN})?\s?%")
_LOCAL_CHANGE = re.compile(rf"(?<!\d)[−-]({_LOCAL})(?: (?:à|et|till|och) [+−-]?{_LOCAL})?\s?%")
_MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


#: A share in per cent, of what comes after it, but for what is compared with a yardstick.
_SHARE = re.compile(rf"(?<![\d.,+−-])({_PLAIN})\s?% of (?!target|prediction|the control)")


def too_low(text: str) -> list[str]:
    """Changes below −100 % and shares above 100 % that a text names."""
    return [
        text[max(0, found.start() - 60) : found.end()]
        for found in (*_CHANGE.finditer(text), *_SHARE.finditer(text))
        if float(found[1].replace(",", "")) > 100
    ]


def too_low_here(text: str) -> list[str]:
    """Changes below −100 % that a text in French or Swedish names."""
    return [
        text[max(0, found.start() - 60) : found.end()]
        for found in _LOCAL_CHANGE.finditer(text)
        if float(re.sub(r"\s", "", found[1]).replace(",", ".")) > 100
    ]


def impossible(answer: Any) -> list[str]:
    """Intervals in an answer of the API that reach what cannot happen, by measure."""
    found = []
    if isinstance(answer, dict):
        ends = [
            answer.get(f"{name}_{end}") or 0.0
            for name in ("ci", "pi", "prediction")
            for end in ("low", "high")
        ]
        unit = answer.get("unit")
        if unit == "percent-change" and min(ends) < -100:
            found.append(f"{answer.get('measure')}: {ends}")
        if answer.get("unit_symbol") == "%" and not answer.get("is_change"):
            known = [end for end in ends if end]
            if known and not (min(known) >= 0 and max(known) <= 100):
                found.append(f"{answer.get('measure')}: {ends}")
        inside = {"unit": unit, "measure": answer.get("measure")}
        if isinstance(answer.get("outlook"), dict):
            found += impossible({**inside, **answer["outlook"]})
        found += [
            one for key, value in answer.items() if key != "outlook" for one in impossible(value)
        ]
    elif isinstance(answer, list):
        found += [one for value in answer for one in impossible(value)]
    return found


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("from −549 to 1,213 %", 1), ("−1,244 %", 1), ("−110 %: zero", 1), ("−100 %", 0),
        ("−99.5 to +120 %", 0), ("2010−2015 %", 0), ("Places: −2 100 % of", 0),
        ("104 % of trips", 1), ("104 % of target", 0), ("+104 % of trips", 0),
    ],
)  # fmt: skip
def test_what_the_reader_of_texts_finds(text: str, n: int) -> None:
    assert len(too_low(text)) == n


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("de −549 à 1\u202f213 %", 1), ("−1\u202f244\u00a0%", 1), ("−100,5 till 3 %", 1),
        ("−99,5 à +120 %", 0), ("2010−2015 %", 0), ("−3,4\u00a0%", 0),
    ],
)  # fmt: skip
def test_what_the_reader_of_french_and_swedish_finds(text: str, n: int) -> None:
    assert len(too_low_here(text)) == n


def test_the_reader_of_a_case_is_told_nothing_impossible(starter: None) -> None:
    """Of the cases whose results fell by a half or more: only theirs come near."""
    client, found = Client(), {}
    cases = (
        CaseStudy.objects.filter(
            effects__unit__code="percent-change", effects__value__lte=-50, status="published"
        )
        .select_related("solution", "city")
        .distinct()
    )
    pages = {f"/en/cases/{case.public_id}/" for case in cases}
    for page in [*sorted(pages), "/en/find?kind=case", "/en/find?kind=solution"]:
        answer = client.get(page)
        assert answer.status_code == 200, page
        text = html.unescape(_MARKUP.sub(" ", answer.content.decode()))
        found[page] = too_low(" ".join(text.split()))
    with translation.override("en"):
        for case in cases:
            brief = case_brief(None, case, edition_of(None, "case", case, "en"))
            found[f"brief {case.public_id}"] = too_low(str(asdict(brief)))
    assert len(found) > 20
    assert {where: told for where, told in found.items() if told} == {}


def test_nothing_impossible_is_printed(starter: None) -> None:
    client, city = Client(), City.objects.get(public_id="umea")
    found: dict[str, list[str]] = {}
    for solution in some(Solution.objects.order_by("public_id"), 3):
        name = solution.public_id
        for page in (f"/en/solutions/{name}/", f"/en/solutions/{name}/fit?city={city.public_id}"):
            source = client.get(page).content.decode()
            text = html.unescape(_MARKUP.sub(" ", source))
            found[page] = too_low(" ".join(text.split()))
        for address in (name, f"{name}/fit?city={city.public_id}"):
            answer = client.get(f"/api/v1/solutions/{address}").json()
            found[f"api {address}"] = impossible(answer) + too_low(
                json.dumps(answer, ensure_ascii=False)
            )
        with translation.override("en"):
            brief = solution_brief(None, solution, edition_of(None, "solution", solution, "en"))
        found[f"brief {name}"] = too_low(str(asdict(brief)))
    assert len(found) > 130
    assert {where: told for where, told in found.items() if told} == {}


@pytest.mark.all
def test_nothing_impossible_is_printed_in_french_and_swedish_nor_beside_cities(
    starter: None, now: dt.datetime
) -> None:
    """Solutions whose results differ most, cities and needs that name them, and the digest."""
    client, found = Client(), {}
    apart = Effect.objects.filter(unit__code="percent-change", case__status="published")
    apart = apart.filter(Q(value__lte=-90) | Q(value__gte=150)).order_by("case__solution")
    names = apart.values_list("case__solution__public_id", flat=True).distinct()
    pages = [
        f"/{language}/solutions/{name}/"
        for name in some(names, 3)
        for language in (("fr", "sv")[len(name) % 2],)
    ]
    pages += [f"/{language}/cities/umea/" for language in ("en", "fr", "sv")]
    need = make_need(team("lund"), Actor("editor of Lund", teams={"lund-municipality": "editor"}),
                     at=now, themes=("mobility",))  # fmt: skip
    pages += [f"/{language}/needs/{need.public_id}/" for language in ("en", "fr", "sv")]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        text = html.unescape(_MARKUP.sub(" ", answer.content.decode()))
        read = too_low if page.startswith("/en/") else too_low_here
        found[page] = read(" ".join(text.split(" ")))
    for language in ("en", "fr", "sv"):
        reader = person(f"Reader {language}")
        start_digest(reader, language=language, actor=acting(reader), at=now)
    DigestSubscription.objects.update(told_until=now - dt.timedelta(days=1))
    assert send_digests(at=now + dt.timedelta(days=8)) == 3
    for job in DBTaskResult.objects.all():
        body = job.args_kwargs["kwargs"].get("body", "")
        found[f"digest {body[:20]}"] = too_low(body) + too_low_here(body)
    assert len(found) > 8
    assert {where: told for where, told in found.items() if told} == {}
