"""Fairness checks: made, published, challenged and answered; the gate of adoptions, both ways."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from alliance.adoption.models import Adoption
from alliance.adoption.services import adoptions
from alliance.cases.models import CaseStudy, Method
from alliance.core.audit import VISITOR
from alliance.core.errors import InvalidData, NotAllowed
from alliance.equity.enums import ExposureKind
from alliance.equity.models import Claim, DistributionCheck
from alliance.equity.services import checks
from alliance.equity.services.claims import answer_claim, contest
from alliance.equity.tasks import forget_testimonies
from alliance.network.models import ModerationAct
from alliance.network.services.discussion import moderate_post
from alliance.testbeds.models import Pilot, PilotCity
from alliance.writing.models import Draft
from tests.factories.equity import (
    a_line,
    a_testimony,
    bring,
    complete,
    geojson,
    grid,
    in_an_area,
    make_areas,
    make_check,
    make_figures,
    pass_check,
)
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.pages import page, page_text
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.translations import make_method
from tests.factories.waiting import waiting_for

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DAY = dt.timedelta(days=1)


@pytest.fixture
def umea() -> Any:
    lay_ground()
    return team("umea")


@pytest.fixture
def ula(umea) -> Any:
    user = person("Ula Umea")
    join(user, umea)
    return acting(user)


@pytest.fixture
def check(umea, ula) -> DistributionCheck:
    return make_check(umea, ula, action="congestion-charge")


@pytest.fixture
def adoption(umea, ula) -> Adoption:
    case = make_case("Lund")
    subject = adoptions.Subject("case", case.public_id, "Road pricing", "en", case.city_id)
    return adoptions.start(
        subject, adopter=umea, aim="Less traffic.", language="en", actor=ula, at=NOW
    )


def address(check: DistributionCheck, language: str = "en") -> str:
    return f"/{language}/equity/checks/{check.public_id}/"


def challenge(check: DistributionCheck, text: str = "Ersboda pays more.", **more: Any) -> Claim:
    given: dict[str, Any] = {"language": "en", "address": "192.0.2.1", "actor": VISITOR}
    return contest(check, text=text, at=NOW, **given | more)


def test_a_form_that_is_sent_twice_makes_one_check(umea, ula, check) -> None:
    assert make_check(umea, ula, action="congestion-charge").pk == check.pk
    assert make_check(umea, ula).pk != check.pk


def test_it_is_ready_once_nothing_is_missing_and_no_longer_when_something_is(check, ula) -> None:
    assert page_text(Client(), address(check), status=404)
    by = {"actor": ula, "at": NOW}
    table: dict[str, Any] = {"lines": [a_line(), in_an_area()]}
    bus = checks.MitigationData("A night bus.")
    assert checks.write_table(check, **table, mitigations=[bus], **by).ready_at is None
    assert checks.publish_check(check, **by).ready_at == NOW
    assert checks.write_table(check, **table, mitigations=[], **by).ready_at is None
    assert "Still missing: support for those who pay" in page_text(Client(), address(check))


def test_the_page_shows_figures_with_their_range_and_what_is_open(umea, ula) -> None:
    areas = make_figures(make_areas(umea, ula), ula)
    check = complete(make_check(umea, ula, action="congestion-charge", area_set=areas), ula)
    checks.answer_questions(check, {"charge-money": "Night buses."}, actor=ula, at=NOW)
    said = page_text(Client(), address(check))
    assert "900 SEK a year (600 to 1,200)" in said
    assert "modelled" in said and "A night bus to Ersboda." in said and "Night buses." in said
    assert "NO2 than other residents (1.4" in said, "who carries what today"
    assert said.count("not answered") >= 8, "eight of nine questions"
    assert "Parking charge in the centre" in page_text(Client(), "/en/equity/checks/?city=umea")
    for language in ("sv", "fr"):
        page_text(Client(), address(check, language))


def test_the_table_is_filled_from_changes_and_costs_alone_and_own_rows_stay(
    umea, ula, client
) -> None:
    areas = make_figures(make_areas(umea, ula), ula)
    change = {"Change of NO2": [0.5 - at / 10 for at in range(25)]}
    check = make_check(umea, ula, area_set=areas)
    form = f"{address(check)}propose"
    client.force_login(ula.user)
    assert "no expected change or cost yet" in page_text(client, form)
    assert client.post(form, {"exposure": ""}).status_code == 422
    with pytest.raises(InvalidData, match="current situation"):
        checks.propose_lines(check, areas.exposures.get(code="no2"), actor=ula, at=NOW)
    areas = bring(areas, ula, ExposureKind.BURDEN, change, unit="µg/m³", quantity="change")
    assert "Change of NO2 (expected change)" in page_text(client, form)
    assert "NO2 (2025)" not in page_text(client, form)
    check = make_check(umea, ula, area_set=areas)
    by = {"actor": ula, "at": NOW}
    checks.write_table(check, lines=[a_line(who="Shops")], mitigations=[], **by)
    exposure = areas.exposures.get(name="Change of NO2")
    for _again in range(2):
        checks.propose_lines(check, exposure, **by)
        check.refresh_from_db()
        lines = list(check.lines.all())
        assert len(lines) == 1 + 1 + 6
    group = check.lines.get(who="Low income")
    assert group.side == "gain" and group.low < group.value < group.high < 0
    assert {one.who for one in lines if one.by == "area" and one.side == "cost"} == {
        "Area 0 (A00)",
        "Area 1 (A01)",
        "Area 2 (A02)",
    }
    # Where all pay, nobody gains.
    cost = {"Cost": list(range(1, 26))}
    areas = bring(areas, ula, ExposureKind.BURDEN, cost, unit="SEK", quantity="cost")
    other = make_check(umea, ula, title="All pay", area_set=areas)
    checks.propose_lines(other, areas.exposures.get(name="Cost"), **by)
    chosen = {one.who for one in other.lines.all() if one.by == "area"}
    assert chosen == {"Area 22 (A22)", "Area 23 (A23)", "Area 24 (A24)"}
    assert {one.doubt for one in other.lines.all() if one.by == "area"} == {"one-value"}
    checks.publish_check(other, **by)
    assert "une seule valeur pour tout le quartier" in page(Client(), f"/fr{address(other)[3:]}")
    income = areas.exposures.get(kind=ExposureKind.MEANS)
    with pytest.raises(InvalidData, match="exposure"):
        checks.propose_lines(make_check(umea, ula, title="Without areas"), income, **by)


def test_how_sure_a_figure_is_stays_a_code_whoever_saves_it(check, ula) -> None:
    lines = [in_an_area(doubt="no-range", who="Haga"), in_an_area(doubt="modelled")]
    checks.write_table(check, lines=lines, mitigations=[], actor=ula, at=NOW)
    known = check.lines.order_by("number")
    assert [one.doubt for one in known] == ["no-range", "modelled"]
    with override("sv"):
        shown = [replace(checks.words_of(one), doubt=one.shown_doubt) for one in known]
    assert shown[0].doubt == "okänt intervall"
    checks.write_table(check, lines=shown, mitigations=[], actor=ula, at=NOW)
    assert [one.doubt for one in known.all()] == ["no-range", "modelled"]


def test_the_page_draws_what_the_action_costs_and_changes_area_by_area(umea, ula) -> None:
    areas = make_figures(make_areas(umea, ula, content=geojson(grid())), ula)
    check = complete(make_check(umea, ula, area_set=areas), ula)
    said = page_text(Client(), address(check))
    assert "most burdened 10 % of areas." in said, "today, where no change is known"
    for name, quantity in (("NO2", "change"), ("Charge", "cost")):
        figures = {name: [at - 12 for at in range(25)]}
        bring(areas, ula, ExposureKind.BURDEN, figures, unit="unit", quantity=quantity)
    said = page_text(Client(), address(check))
    assert said.index("Charge (expected cost), 2025") < said.index("NO2 (expected change), 2025")
    assert page(Client(), address(check)).count('<figure class="areas">') == 2


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ({"low": 1_000.0}, "lines[0].low"),
        ({"low": None, "high": None}, "lines[0].doubt"),
        ({"value": None}, "lines[0].value"),
        ({"who": ""}, "lines[0].who"),
        ({"what": "<b>pays</b>"}, "lines[0].what"),
        ({"side": "both"}, "lines[0].side"),
    ],
)
def test_a_fault_names_the_row(check, ula, line, where) -> None:
    with pytest.raises(InvalidData) as refused:
        checks.write_table(check, lines=[a_line(**line)], mitigations=[], actor=ula, at=NOW)
    assert [fault.where for fault in refused.value.faults] == [where]


def test_testimonies_alone_are_enough_where_there_are_no_figures(check, ula) -> None:
    by = {"actor": ula, "at": NOW}
    bus = checks.MitigationData("A night bus.")
    checks.write_table(check, lines=[], mitigations=[bus], no_figures="No areas yet.", **by)
    assert checks.publish_check(check, **by).ready_at is None
    assert checks.hear(check, a_testimony(), **by).ready_at == NOW
    said = page_text(Client(), address(check))
    assert "There are no figures for areas. Read what people said in consultations." in said
    assert (
        "There is no bus at four." in said
        and (
            "Published with consent. Testimonies supplement the figures but are "
            "not counted in them."
        )
        in said
    )


def test_words_of_who_was_heard_go_on_their_day_and_when_consent_ends(
    check, ula, monkeypatch
) -> None:
    by = {"actor": ula, "at": NOW}
    soon = NOW.date() + 20 * DAY
    for text in ("Kept.", "Withdrawn."):
        checks.hear(check, a_testimony(text=text, keep_until=soon), **by)
    with pytest.raises(InvalidData, match="keep_until"):
        checks.hear(check, a_testimony(keep_until=NOW.date() + 4_000 * DAY), **by)
    assert {"testimony-due"} <= {one.item.kind for one in waiting_for(ula, at=NOW, language="en")}
    kept, withdrawn = check.heard.order_by("id")
    checks.forget_testimony(withdrawn, **by)
    monkeypatch.setattr("alliance.core.clock.now", lambda: NOW + 21 * DAY)
    assert forget_testimonies.func() == 1
    kept.refresh_from_db()
    assert (kept.text, kept.who, kept.kind) == ("", "", "interview")
    checks.publish_check(check, **by)
    assert "). The text has been deleted as agreed." in page_text(Client(), address(check))


def test_a_waiver_is_signed_in_a_role_and_public(check, ula) -> None:
    by = {"actor": ula, "at": NOW}
    with pytest.raises(InvalidData, match="because"):
        checks.sign_waiver(check, role="Head of traffic", because=" ", **by)
    checks.sign_waiver(check, role="Head of traffic", because="No resident meets it.", **by)
    assert checks.publish_check(check, **by).ready_at == NOW
    said = page_text(Client(), address(check))
    assert (
        "The city is proceeding without a table. Responsible: Head of traffic" in said
        and "No resident meets it." in said
    )
    assert checks.sign_waiver(check, role="", because="", **by).ready_at is None


def test_anybody_challenges_a_figure_and_reads_the_answer_with_its_days(check, ula) -> None:
    check = complete(check, ula)
    check.lines.filter(by="group").update(value=900.5)
    line = check.lines.get(by="group")
    visitor = Client()
    # The figure is chosen as the page writes it.
    french = visitor.get(f"{address(check, 'fr')}challenge").content.decode()
    assert "(900,5\u00a0" in french and "900.5" not in french
    typed = {"line": str(line.number), "text": "It is 2,000.", "name": "Tenants", "language": "en"}
    assert visitor.post(f"{address(check)}challenge", typed).status_code == 302
    said = page_text(visitor, address(check))
    assert "It is 2,000." in said and "Tenants" in said and "No answer yet" in said
    assert "answer due by" in said
    claim = Claim.objects.get()
    assert claim.line == line and claim.about.startswith("Low income: pay the charge")
    asked = claim.post.at
    waiting = [
        one.item
        for one in waiting_for(ula, at=asked, language="en")
        if one.item.kind == "check-answer"
    ]
    assert [one.by for one in waiting] == [(asked + 14 * DAY).date()]
    answer = {"result": "changed", "answer": "You are right: 2,000.", "actor": ula}
    answer_claim(claim, **answer, at=asked + 3 * DAY)
    said = page_text(visitor, address(check))
    assert "Answer after 3 days: the city will make a change" in said and "You are right" in said
    with pytest.raises(InvalidData, match="answer"):
        answer_claim(claim, **answer, at=asked + 4 * DAY)
    # The line goes; what was challenged is still to be read.
    checks.write_table(check, lines=[], mitigations=[], actor=ula, at=NOW)
    assert "Low income: pay the charge" in page_text(visitor, address(check))


def test_a_complete_check_is_a_result_of_its_method_in_the_city(check, ula) -> None:
    method = make_method()
    Method.objects.filter(pk=method.pk).update(
        public_id=checks.BY_FIGURES, topic="equity", iap2_level="", mode=""
    )
    checks.answer_questions(check, {"charge-income": "3 %"}, actor=ula, at=NOW)
    assert not method.results.exists()
    check = complete(check, ula)
    answer_claim(challenge(check), result="changed", answer="Yes.", actor=ula, at=NOW)
    measures = {one["measure"]: one["value"] for one in method.results.get().measures}
    assert measures == {"answered": pytest.approx(1 / 9), "changed": 1.0}
    said = page_text(Client(), "/en/methods/distributional-analysis/")
    assert "Disputes that led the city to change something" in said and check.title in said
    checks.sign_waiver(check, role="Mayor", because="No time.", actor=ula, at=NOW)
    assert not method.results.exists()


def test_a_challenge_with_contact_data_waits_for_a_moderator_and_not_for_the_city(
    check, ula
) -> None:
    check = complete(check, ula)
    claim = challenge(check, "Call me: anna@example.org")
    assert (claim.post.hidden_at, claim.post.hidden_because) == (NOW, "waits")
    report, lea = claim.post.reports.get(), person("Lea Lit", "moderator", language="fr")
    reads = Client()
    reads.force_login(lea)
    seen = page(reads, f"/fr/posts/{claim.post.public_id}/moderate")
    assert "Un modérateur lira le texte avant publication." in seen and 'value="waits"' not in seen
    assert report.reason == "waits"
    assert "anna@example.org" not in page_text(Client(), address(check))
    with pytest.raises(NotAllowed):
        moderate_post(claim.post, hide=True, reason="We do not like it.", actor=ula, at=NOW)
    mod = acting(person("Mo Derator", "moderator"))
    assert "post-report" in {one.item.kind for one in waiting_for(mod, at=NOW, language="en")}
    moderate_post(claim.post, hide=False, reason="", actor=mod, at=NOW)
    assert "anna@example.org" in page_text(Client(), address(check))
    assert ModerationAct.objects.get().kind == "check"


def test_one_address_may_challenge_ten_times_a_day_and_the_same_once(check, ula) -> None:
    check = complete(check, ula)
    assert challenge(check) == challenge(check)
    for number in range(9):
        challenge(check, f"Wrong {number}.")
    with pytest.raises(InvalidData, match="text"):
        challenge(check, "Once more.")


def test_nobody_of_another_city_changes_it_and_nobody_challenges_what_is_not_published(
    check, ula
) -> None:
    with pytest.raises(InvalidData, match="line"):
        challenge(check)
    lund = person("Lo Lund")
    join(lund, team("lund"))
    with pytest.raises(NotAllowed):
        checks.publish_check(check, actor=acting(lund), at=NOW)
    assert Client().post(f"{address(check)}challenge", {}).status_code == 404


def test_an_adoption_is_not_rolled_out_before_its_check(adoption, ula) -> None:
    end = {"state": "adopted", "outcome": "Done.", "actor": ula, "at": NOW}
    with pytest.raises(InvalidData, match="who gains and who pays"):
        adoptions.end(adoption, **end)
    check = make_check(adoption.adopter, ula)
    adoptions.name_check(adoption, check, actor=ula, at=NOW)
    with pytest.raises(InvalidData, match="state"):
        adoptions.end(adoption, **end)
    check = complete(check, ula)
    assert adoptions.end(adoption, **end).stage == "rolled-out"


def test_a_check_of_another_action_opens_no_gate(adoption, umea, ula, client) -> None:
    end = {"state": "adopted", "outcome": "Done.", "actor": ula, "at": NOW}
    other = complete(make_check(umea, ula, title="Bicycle garages"), ula)
    DistributionCheck.objects.filter(pk=other.pk).update(
        subject_kind="solution", subject_id="bicycle-garages"
    )
    other.refresh_from_db()
    with pytest.raises(
        InvalidData,
        match=r"” is about a different action.",
    ):
        adoptions.name_check(adoption, other, actor=ula, at=NOW)
    Adoption.objects.update(fairness=other)
    adoption.refresh_from_db()
    with pytest.raises(
        InvalidData,
        match=r"” is about a different action.",
    ):
        adoptions.end(adoption, **end)
    with pytest.raises(
        InvalidData,
        match=r"” is about a different action.",
    ):
        adoptions.may_try(adoption)
    client.force_login(ula.user)
    assert "Bicycle garages" not in page_text(client, f"/en/adoptions/{adoption.public_id}/check")
    # What names nothing is of what it is named for first, and of nothing else from then on.
    own = complete(make_check(umea, ula), ula)
    adoptions.name_check(adoption, own, actor=ula, at=NOW)
    own.refresh_from_db()
    assert (own.subject_kind, own.subject_id) == ("case", "lund")
    trams = adoptions.start(
        adoptions.Subject("solution", "trams", "Trams", "en", None),
        adopter=umea, aim="More room.", language="en", actor=ula, at=NOW,
    )  # fmt: skip
    # Nor is a charge what an action of no kind with questions of its own costs.
    charge = complete(make_check(umea, ula, title="A charge", action="congestion-charge"), ula)
    for another in (own, charge):
        with pytest.raises(
            InvalidData,
            match=r"” is about a different action.",
        ):
            adoptions.name_check(trams, another, actor=ula, at=NOW)
    adoptions.name_check(trams, make_check(umea, ula), actor=ula, at=NOW)
    # Another case of the same solution is the same action.
    same = adoptions.start(
        adoptions.Subject("solution", "road-pricing", "Road pricing", "en", None),
        adopter=umea, aim="Less traffic.", language="en", actor=ula, at=NOW,
    )  # fmt: skip
    adoptions.name_check(same, own, actor=ula, at=NOW)
    adoption.refresh_from_db()
    assert adoptions.end(adoption, **end).stage == "rolled-out"


def test_no_pilot_of_an_adoption_begins_before_its_check(adoption, ula, client) -> None:
    client.force_login(ula.user)
    pilot = f"/en/adoptions/{adoption.public_id}/pilot"
    typed = {
        "team": adoption.adopter.public_id,
        "solution": "road-pricing",
        "title": "Trial",
        "outcome": "Traffic volume",
        "outcome_unit": "kWh/m²",
        "direction": "lower-is-better",
        "smallest_useful": "2",
        "cities": "Umeå",
        "starts_on": "2027-02-01",
        "who": "",
        "language": "en",
    }
    refused = client.post(pilot, typed)
    assert refused.status_code == 422 and "First show who gains" in refused.content.decode()
    assert not Pilot.objects.exists()
    pass_check(adoption, ula)
    assert client.post(pilot, typed).status_code == 302
    assert Pilot.objects.exists()


def test_the_check_of_an_adoption_begins_with_what_the_adoption_says(adoption, ula, client) -> None:
    client.force_login(ula.user)
    plan = f"/en/adoptions/{adoption.public_id}/plan"
    asked = {"justice-procedure": "Tenants are asked."}
    assert client.post(f"{plan}/change", asked).status_code == 302
    said = page_text(client, f"/en/adoptions/{adoption.public_id}/")
    assert "1 of 4 answered" in said and "and when? Tenants are asked." in said
    form = f"/en/adoptions/{adoption.public_id}/check"
    assert "Less traffic." in page_text(client, form)
    typed = {
        "check": "",
        "title": "Road pricing",
        "action": "congestion-charge",
        "summary": "Less traffic.",
        "language": "en",
        "decided_on": "",
        "area_set": "",
        "process": "",
    }
    answer = client.post(form, typed)
    made = DistributionCheck.objects.get()
    assert answer["Location"] == address(made)
    assert (made.subject_kind, made.subject_id) == ("case", "lund")
    assert made.answers == asked
    adoption.refresh_from_db()
    assert adoption.fairness == made
    assert client.post(form, typed | {"check": made.public_id}).status_code == 302
    assert DistributionCheck.objects.count() == 1


def test_a_case_says_who_was_heard_before(adoption, ula) -> None:
    check = pass_check(adoption, ula)
    checks.hear(check, a_testimony(), actor=ula, at=NOW)
    made = make_case("Umeå", adapted_from="lund")
    adoption.refresh_from_db()
    adoptions.link_result(adoption, made, actor=ula, at=NOW)
    Adoption.objects.update(public_at=NOW)
    said = page_text(Client(), "/en/cases/umea/")
    assert "Fairness check done beforehand" in said and "a nurse who works nights" in said
    assert a_testimony().text in said and "no figures of small areas" not in said
    assert "/en/cases/umea/" in page(Client(), address(check))
    DistributionCheck.objects.update(no_figures="None yet.")
    assert "There are no figures for areas. Read what people said in consultations." in page_text(
        Client(), "/en/cases/umea/"
    )
    checks.sign_waiver(check, role="Mayor", because="No time.", actor=ula, at=NOW)
    assert "Responsible: Mayor" in page_text(Client(), "/en/cases/umea/")
    # Of a pilot's check, too; not of a case that hides its city.
    adoption.refresh_from_db()
    Adoption.objects.update(result=None)
    assert a_testimony().text not in page_text(Client(), "/en/cases/umea/")
    draft = Draft.objects.create(
        organisation=check.organisation, case=made, state="published", started_at=NOW, saved_at=NOW
    )
    pilot = Pilot.objects.create(
        organisation=check.organisation, fairness=check, started_at=NOW, saved_at=NOW
    )
    PilotCity.objects.create(pilot=pilot, city=check.city, position=0, draft=draft)
    assert a_testimony().text in page_text(Client(), "/en/cases/umea/")
    assert "/en/cases/umea/" in page(Client(), address(check))
    CaseStudy.objects.filter(pk=made.pk).update(is_masked=True, city=None)
    assert "/en/cases/umea/" not in page(Client(), address(check))
