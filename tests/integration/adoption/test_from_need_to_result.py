"""One city's way from a need to a published result, with another city's help; every email read."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from alliance.adoption.models import Adoption, Tie
from alliance.adoption.selectors.give_and_take import city_balance
from alliance.adoption.services import adoptions
from alliance.adoption.services.following import follow
from alliance.cases.models import CaseStudy, Measure, Solution, SolutionText
from alliance.core.errors import InvalidData, NotAllowed
from alliance.network.models import Need, NeedHelp, PeerReview
from alliance.network.services.helping import ask_matching
from alliance.network.services.needs_offers import set_need_state
from alliance.network.services.waiting_letters import send_letters
from alliance.testbeds.models import Pilot
from alliance.thread.services import refresh_relations
from tests.factories.equity import pass_check
from tests.factories.knowledge import cost, effect, lay_ground, make_case
from tests.factories.needs_offers import make_agreement, make_need, make_offer
from tests.factories.pages import page, page_text
from tests.factories.people import acting, join, person, team
from tests.factories.waiting import waiting_for

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PLAN = {
    "owner": "Trafikkontoret",
    "measure": "trafikvolym",
    "baseline": "1200,5",
    "baseline_year": "2026",
    "budget": "250000",
    "budget_currency": "SEK",
    "risks": "Omvägar.",
    "starts_on": "2027-01-11",
    "ends_on": "2027-12-20",
}


@dataclasses.dataclass(frozen=True)
class Two:
    """Umeå works in Swedish; Lund, which tried road pricing, in French."""

    umea: Any
    lund: Any
    ulf: Any
    lea: Any
    need: Need
    case: CaseStudy


@pytest.fixture
def two(at: dt.datetime) -> Two:
    lay_ground()
    umea, lund = team("umea"), team("lund")
    ulf, lea = person("Ulf Ume", language="sv"), person("Lea Lund", language="fr")
    join(ulf, umea)
    join(lea, lund)
    case = make_case("Lund", cost=cost("1000000", "EUR", 2020), effects=(effect(-12.0),))
    make_offer(lund, acting(lea), at=at)
    need = make_need(umea, acting(ulf), at=at, language="sv", title="Mindre biltrafik", text="Hur?")
    return Two(umea, lund, ulf, lea, need, case)


@pytest.fixture
def letters() -> Callable[[], list[tuple[str, str]]]:
    """The emails since the last time: (first name, subject)."""
    from django_tasks_db.models import DBTaskResult

    seen: set[Any] = set()

    def read() -> list[tuple[str, str]]:
        jobs = DBTaskResult.objects.filter(task_path__endswith="send_letter")
        new = [job for job in jobs.order_by("enqueued_at") if job.id not in seen]
        seen.update(job.id for job in new)
        sent = [job.args_kwargs["kwargs"] for job in new]
        assert all("http" in one["body"] for one in sent), "each leads to where one acts"
        return [(one["to"].split(".")[0], one["subject"]) for one in sent]

    return read


def turn(user: Any, at: dt.datetime) -> set[str]:
    """What waits for somebody, by kind."""
    return {line.item.kind for line in waiting_for(acting(user), at=at, language="sv")}


def test_from_a_need_to_a_published_result(
    two, at, browser_of, letters, django_capture_on_commit_callbacks
):
    ulf, lea = browser_of(two.ulf), browser_of(two.lea)

    def send(browser: Client, path: str, **typed: str) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            answer = browser.post(path, typed)
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    # The offer of Lund matches: it is asked, once.
    with django_capture_on_commit_callbacks(execute=True):
        assert (ask_matching(at=at), ask_matching(at=at)) == (1, 0)
    asked = "Pouvez-vous aider Umeå\N{NO-BREAK SPACE}? Mindre biltrafik"
    assert letters() == [("lea", asked)]
    assert turn(two.lea, at) >= {"need-match"}

    # Lund can help; a second press changes nothing.
    need = f"needs/{two.need.public_id}/"
    assert "Nous pouvons aider" in page_text(lea, f"/fr/{need}")
    for _again in range(2):
        send(lea, f"/fr/{need}help", team=two.lund.public_id, can="1")
    assert NeedHelp.objects.count() == 1
    assert letters() == [("ulf", "Lund kan hjälpa Umeå: Mindre biltrafik")]
    assert "help-offered" in turn(two.ulf, at) and "need-match" not in turn(two.lea, at)

    # Umeå takes it up, and chooses Lund's case for it: one adoption.
    seen = page(ulf, f"/sv/{need}")
    assert "Inför åtgärden i Umeå" in seen and f"adopt?source={two.lund.public_id}" in seen
    typed = {"adopter": two.umea.public_id, "source": two.lund.public_id, "language": "sv"}
    typed |= {"aim": "Mindre trafik.", "need": two.need.public_id}
    address = send(ulf, f"/sv/{need}adopt", **typed)
    assert letters() == [("lea", "Umeå sollicite Lund pour «\N{NO-BREAK SPACE}Mindre "
                                 "biltrafik\N{NO-BREAK SPACE}»")]  # fmt: skip
    assert turn(two.ulf, at) == {"adoption-choose"} and "agreement" in turn(two.lea, at)
    assert send(ulf, "/sv/cases/lund/adopt", **typed) == address
    adoption = Adoption.objects.get()
    assert (adoption.measure, adoption.unit) == ("traffic volume", "percent change")
    assert adoption.costs.startswith("Lund: 1") and adoption.need == two.need
    assert NeedHelp.objects.get().reply == "taken-up"
    assert [who for who, _subject in letters()] == ["lea"]

    # Lund agrees, Umeå plans: what is missing is named, and one button leads there.
    def leads_to_plan() -> int:
        return page(ulf, address).count(f'href="{address}plan/change"')

    assert leads_to_plan() == 1
    send(lea, address.replace("/sv/", "/fr/") + "agree", revision="1", contact_role="Cheffe")
    assert letters() == [("ulf", "Lund har godkänt villkoren: ”Pricing the roads”")]
    seen = page_text(ulf, address)
    assert "Umeå: slutför planen." in seen and "Saknas fortfarande: Ansvarig, Utgångsläge" in seen
    assert leads_to_plan() == 1
    send(ulf, f"{address}plan/change", **{**PLAN, "budget": ""})
    assert "Saknas fortfarande: Budget." in page_text(ulf, address) and letters() == []
    send(ulf, f"{address}plan/change", **PLAN)
    assert [who for who, _subject in letters()] == ["lea"]
    assert leads_to_plan() == 1
    adoption.refresh_from_db()
    assert (adoption.baseline, adoption.budget_minor) == (1200.5, 25_000_000)
    assert lea.get(f"{address}plan/change").status_code == 404, "the partner reads it"

    # The pilot joins by itself; its end is Umeå's turn.
    assert "adoption-check" in turn(two.ulf, at)
    pass_check(Adoption.objects.get(), acting(two.ulf), at=at)
    assert "adoption-pilot" in turn(two.ulf, at)
    first = page(ulf, f"{address}pilot")
    known = ("trafikvolym", "Utgångsläge", "200,5", "Lund",
             'value="2027-01-11"', "Umeå", "selected>")  # fmt: skip
    assert [one for one in known if one not in first] == []
    assert lea.get(f"{address}pilot").status_code == 404
    pilot = Pilot.objects.create(
        organisation=two.umea, state="registered", language="sv", title="Försök", design="did",
        solution=Solution.objects.get(), started_at=at, saved_at=at, frozen_at=at + DAY,
        starts_on=at.date(), result_due=at.date() + 300 * DAY,
    )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        assert follow(at=at + DAY) == {"pilots": 1, "results": 0}
    assert sorted(who for who, _subject in letters()) == ["lea", "ulf"]
    assert "Pilotprojektet pågår." in page_text(ulf, address)
    Pilot.objects.filter(pk=pilot.pk).update(state="reported", reported_at=at + DAY)
    assert "adoption-decide" in turn(two.ulf, at)
    send(ulf, f"{address}end", state="adopted", outcome="Vi fortsätter.")
    assert [who for who, _subject in letters()] == ["lea"]
    assert "adoption-publish" in turn(two.ulf, at)
    two.need.refresh_from_db()
    assert (two.need.state, two.need.outcome) == ("answered", "Vi fortsätter.")

    # The case joins, credits Lund and stands in the chain; nobody's turn is left.
    made = make_case("Umeå", adapted_from="lund", at=at + 2 * DAY)
    CaseStudy.objects.filter(pk=made.pk).update(published_at=at + 2 * DAY)
    with django_capture_on_commit_callbacks(execute=True):
        assert follow(at=at + 2 * DAY) == {"pilots": 0, "results": 1}
        assert follow(at=at + 2 * DAY) == {"pilots": 0, "results": 0}
    refresh_relations(at=at + 2 * DAY)
    assert sorted(who for who, _subject in letters()) == ["lea", "ulf"]
    adoption.refresh_from_db()
    assert adoption.stage == "reported"
    assert not {kind for kind in turn(two.ulf, at) if kind.startswith("adoption")}
    assert "Med hjälp av Lund." in page_text(Client(), "/sv/cases/umea/")
    assert "Umeå" in page_text(Client(), "/sv/cases/lund/chain/")
    given = {name: n for name, _year, n in city_balance(two.lund.city, at=at + DAY)["given"]}
    assert (given["helps"], given["needs_of_others"]) == (1, 1)
    assert "Besvarat genom: Umeå lär sig av Lund" in page_text(Client(), f"/sv/{need}")
    page_text(Client(), address)
    item = Client().get("/api/v1/adoptions?city=umea").json()["items"][0]
    assert (item["stage"], item["partner"], item["result"]) == ("reported", "lund", "umea")


def test_a_pilot_joins_the_adoption_from_which_it_was_begun(two, at):
    """It joins no other one of the same solution, and no other pilot takes its place."""
    actor, solution = acting(two.ulf), Solution.objects.get()
    make_agreement(two.umea, two.lund, actor, case=two.case, at=at)
    subject = adoptions.Subject("solution", solution.public_id, "Road pricing", "en")
    second = adoptions.start(
        subject, adopter=two.umea, aim="Mindre trafik.", language="sv", actor=actor, at=at
    )
    pilot = Pilot.objects.create(
        organisation=two.umea, state="planning", language="sv", title="Försök", design="did",
        solution=solution, started_at=at, saved_at=at,
    )  # fmt: skip
    adoptions.begin_pilot(second, pilot)
    pass_check(second, actor, at=at)
    assert follow(at=at + DAY)["pilots"] == 0
    Pilot.objects.filter(pk=pilot.pk).update(
        state="registered", frozen_at=at + DAY, starts_on=at.date(),
        result_due=at.date() + 300 * DAY,
    )  # fmt: skip
    assert follow(at=at + DAY)["pilots"] == 1
    assert Adoption.objects.get(pilot=pilot) == second


def test_a_wrong_field_of_the_plan_does_not_keep_the_others_from_being_saved(two, at, browser_of):
    adoption = make_agreement(two.umea, two.lund, acting(two.ulf), case=two.case, need=two.need)
    ulf, address = browser_of(two.ulf), f"/sv/adoptions/{adoption.public_id}/plan/change"
    answer = ulf.post(address, PLAN | {"budget": "mycket", "ends_on": "2026-01-01"})
    assert answer.status_code == 422 and 'value="mycket"' in answer.content.decode()
    assert "<title>Skriv planen" in answer.content.decode()
    adoption.refresh_from_db()
    assert (adoption.owner, adoption.baseline, adoption.budget_minor) == (
        PLAN["owner"],
        1200.5,
        None,
    )
    assert str(adoption.starts_on) == PLAN["starts_on"] and adoption.ends_on is None
    # Nothing of it is saved where nothing but the fault was typed.
    assert ulf.post(address, {"baseline_year": "1"}).status_code == 422


def test_what_is_adopted_is_named_in_the_language_of_the_reader(two, at, browser_of):
    two.case.texts.create(language="sv", title="Avgift på vägen", summary="Kort.")
    adoption = make_agreement(two.umea, two.lund, acting(two.ulf), case=two.case)
    address = f"adoptions/{adoption.public_id}/"
    assert "Avgift på vägen" in page_text(browser_of(two.ulf), f"/sv/{address}")
    assert "Pricing the roads" in page_text(browser_of(two.ulf), f"/fr/{address}")


def test_the_plan_says_where_the_other_city_began(two, at, browser_of):
    begun = effect(-12.0, baseline=1_500.0, baseline_unit="cars per day", baseline_year=2019)
    case = make_case("Lund", public_id="begun", effects=(begun,))
    adoption = make_agreement(two.umea, two.lund, acting(two.ulf), case=case)
    address, ulf = f"/sv/adoptions/{adoption.public_id}/plan/change", browser_of(two.ulf)
    seen = page_text(ulf, address)
    assert "Lund låg på 1 500 cars per day (2019) från början." in seen.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    CaseStudy.objects.filter(pk=case.pk).update(
        is_masked=True, city=None, masked_city=two.lund.city
    )
    assert "från början" not in page_text(ulf, address)


def test_tasks_that_the_platform_wrote_are_read_in_the_language_of_the_reader(
    two, at, browser_of, run_jobs
):
    """One writes in Swedish, the other reads in French and gets the email in French."""
    adoption = make_agreement(two.umea, two.lund, acting(two.ulf), case=two.case, language="sv")
    adoptions.agree(adoption, revision=1, actor=acting(two.lea), at=at)
    french, swedish = "Échanger sur les points absents du cas", "Prata om det som inte framgår"
    address = f"/adoptions/{adoption.public_id}/"
    seen = page_text(browser_of(two.lea), f"/fr{address}")
    assert french in seen and swedish not in seen
    assert swedish in page(browser_of(two.ulf), f"/sv{address}terms")
    found = Client().get("/api/v1/agreements?lang=fr").json()
    assert found["items"][0]["steps"][0]["title"] == french
    # Saved as they were shown in another language, they stay the platform's own.
    steps = [adoptions.StepData(french, "both", number=1), adoptions.StepData("Fika", "both")]
    terms = {"aim": "Mindre trafik.", "language": "sv", "steps": steps}
    adoptions.change_terms(adoption, **terms, actor=acting(two.ulf), at=at)
    assert [one.title for one in adoption.steps.all()] == ["talk", "Fika"]
    adoptions.agree(adoption, revision=2, actor=acting(two.lea), at=at)
    mail.outbox.clear()
    send_letters(at=at + DAY)
    run_jobs()
    [letter] = [one for one in mail.outbox if two.lea.email in one.to and french in one.body]
    assert swedish not in letter.body


def test_a_plan_names_measure_and_conditions_in_the_language_of_the_reader(two, at, browser_of):
    found = two.case.solution
    for language, text in (("fr", "Un arrêté"), ("sv", "Ett beslut")):
        SolutionText.objects.update_or_create(
            solution=found, language=language,
            defaults={"name": "Péage", "prerequisites": [text]},
        )  # fmt: skip
    Measure.objects.update(name_fr="volume de trafic")
    typed = {
        "adopter": two.umea.public_id, "source": two.lund.public_id, "need": "",
        "aim": "Mindre.", "language": "sv", "contact_role": "",
    }  # fmt: skip
    ulf = browser_of(two.ulf)
    assert ulf.post("/sv/cases/lund/adopt", typed).status_code == 302
    adoption = Adoption.objects.get()
    assert (adoption.measure, adoption.conditions) == ("traffic volume", "of-solution")
    address = f"/adoptions/{adoption.public_id}/"
    seen = page_text(browser_of(two.lea), f"/fr{address}")
    assert "volume de trafic" in seen and "Un arrêté" in seen
    plan = adoptions.PlanData(measure="trafikvolym", conditions="Ett beslut", owner="Vi")
    adoptions.write_plan(adoption, plan, actor=acting(two.ulf), at=at)
    adoption.refresh_from_db()
    assert (adoption.measure, adoption.conditions) == ("traffic volume", "of-solution")


def test_a_case_that_hides_its_city_later_is_no_longer_named(two, at, browser_of):
    terms = {"case": two.case, "need": two.need, "at": at}
    adoption = make_agreement(two.umea, two.lund, acting(two.ulf), **terms)
    adoptions.agree(adoption, revision=1, actor=acting(two.lea), at=at)
    refresh_relations(at=at)
    address = f"/en/adoptions/{adoption.public_id}/"
    need, thread = f"/en/needs/{two.need.public_id}/", f"/en/thread/agreement/{adoption.public_id}/"
    for path in (address, need, thread):
        assert "Pricing the roads" in page_text(Client(), path), path
    CaseStudy.objects.update(is_masked=True, city=None, masked_city=two.lund.city)
    assert address not in page(Client(), need) and "Lund" not in page_text(Client(), thread)
    for path in (address, f"{address}plan/", "/en/adoptions/", thread):
        assert "Pricing the roads" not in page_text(Client(), path)
        assert "/cases/lund/" not in page(Client(), path)
    # The partner would tell the city: only the two teams read the name.
    for path in (address, "/en/adoptions/", "/en/adoptions/?city=umea"):
        assert "Lund" not in page_text(Client(), path)
        assert "Lund" in page_text(browser_of(two.ulf), path)
    assert address not in Client().get("/en/adoptions/?city=lund").content.decode()
    told = Client().get("/api/v1/adoptions?city=umea").json()["items"][0]
    assert (told["subject"], told["partner"]) == (None, None)
    for listed in ("adoptions?city=lund", "agreements"):
        assert Client().get(f"/api/v1/{listed}").json()["items"] == []


def test_a_result_that_hides_its_city_later_is_no_longer_linked(two, at):
    adoption = make_agreement(two.umea, two.lund, acting(two.ulf), case=two.case, at=at)
    adoptions.agree(adoption, revision=1, actor=acting(two.lea), at=at)
    made = make_case("Umeå", adapted_from="lund")
    adoptions.link_result(adoption, made, actor=acting(two.ulf), at=at)
    address = f"/en/adoptions/{adoption.public_id}/"
    assert "/en/cases/umea/" in page(Client(), address)
    CaseStudy.objects.filter(pk=made.pk).update(
        is_masked=True, city=None, masked_city=two.umea.city
    )
    assert "/en/cases/umea/" not in page(Client(), address)
    assert Client().get("/api/v1/adoptions").json()["items"][0]["result"] is None


@pytest.mark.parametrize(("outcome", "state"), [("worked", "answered"), ("did-not-work", "open")])
def test_a_result_that_worked_answers_the_need_and_another_does_not(two, at, outcome, state):
    adoption = make_agreement(
        two.umea, two.lund, acting(two.ulf), case=two.case, need=two.need, at=at
    )
    adoptions.agree(adoption, revision=1, actor=acting(two.lea), at=at)
    made = make_case("Umeå", adapted_from="lund", outcome=outcome)
    for _again in range(2):
        adoptions.link_result(adoption, made, actor=acting(two.ulf), at=at)
    two.need.refresh_from_db()
    assert two.need.state == state
    assert bool(two.need.outcome) == (state == "answered")


def test_what_a_city_said_of_its_need_stays(two, at):
    actor = acting(two.ulf)
    set_need_state(two.need, state="closed", outcome="Vi väntar.", actor=actor, at=at)
    two.need.refresh_from_db()
    adoption = make_agreement(two.umea, two.lund, actor, case=two.case, need=two.need, at=at)
    adoptions.agree(adoption, revision=1, actor=acting(two.lea), at=at)
    pass_check(adoption, actor, at=at)
    adoptions.end(adoption, state="adopted", outcome="Done.", actor=actor, at=at)
    two.need.refresh_from_db()
    assert (two.need.state, two.need.outcome) == ("closed", "Vi väntar.")


def test_a_public_adoption_is_discussed_and_both_cities_get_an_email(
    two, at, browser_of, letters, django_capture_on_commit_callbacks
):
    adoption = make_agreement(two.umea, two.lund, acting(two.ulf), case=two.case, at=at)
    address = f"/en/adoptions/{adoption.public_id}/"
    reader, typed = browser_of(person("Rita Reader")), {"text": "And the buses?", "language": "en"}
    assert reader.post(f"{address}posts/new", typed).status_code == 404, "not public yet"
    assert "Discussion" not in page_text(browser_of(two.ulf), address)
    adoptions.agree(adoption, revision=1, actor=acting(two.lea), at=at)
    letters()
    for _again in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            answer = reader.post(f"{address}posts/new", typed)
        assert answer["Location"] == f"{address}#discussion"
    assert sorted(who for who, _subject in letters()) == ["lea", "ulf"]
    assert "sign-in" in Client().post(f"{address}posts/new", typed)["Location"]
    assert "And the buses? Rita Reader" in page_text(Client(), address)


def test_a_peer_review_lives_on_the_adoption_and_is_tied_to_it(two, at, browser_of):
    adoption = make_agreement(two.umea, two.lund, acting(two.ulf), case=two.case, at=at)
    adoptions.agree(adoption, revision=1, actor=acting(two.lea), at=at)
    address = f"/en/adoptions/{adoption.public_id}/"
    ulf = browser_of(two.ulf)
    assert "Pricing the roads" in page(ulf, f"{address}review"), "what is known goes along"
    typed = {"title": "Our gates", "question": "Are they clear?", "language": "en", "topic": ""}
    for _again in range(2):
        answer = ulf.post(f"{address}review", typed)
    review = PeerReview.objects.get()
    assert answer["Location"].endswith(f"/peer-reviews/{review.public_id}/")
    seen = page_text(Client(), address)
    assert "Our gates" in seen and "Umeå asked for a peer review" in seen
    assert "Ask for a peer review" not in seen and "Ask for a peer review" in page_text(
        ulf, address
    )
    refresh_relations(at=at)
    tie = Tie.objects.get(first_kind="peer-review", first_id=review.public_id)
    assert (tie.second_id, tie.relation, tie.is_public) == (adoption.public_id, "looked-at", True)
    assert address in page(Client(), f"/en/peer-reviews/{review.public_id}/")


def test_what_two_cities_agreed_on_stands_in_the_chain_until_it_has_a_result(two, at):
    chain = "/en/cases/lund/chain/"
    adoption = make_agreement(two.umea, two.lund, acting(two.ulf), case=two.case, at=at)
    assert "Adoptions under way" not in page_text(Client(), chain), "proposed only"
    adoptions.agree(adoption, revision=1, actor=acting(two.lea), at=at)
    assert "Adoptions under way Umeå learns from Lund Agreed" in page_text(Client(), chain)
    CaseStudy.objects.update(is_masked=True, city=None, masked_city=two.lund.city)
    assert "Adoptions under way" not in page_text(Client(), chain)
    CaseStudy.objects.update(is_masked=False, city=two.lund.city, masked_city=None)
    made = make_case("Umeå", adapted_from="lund")
    adoptions.link_result(adoption, made, actor=acting(two.ulf), at=at)
    assert "Adoptions under way" not in page_text(Client(), chain)


def test_a_city_does_not_adopt_its_own_case(two, at, browser_of):
    typed = {"adopter": two.lund.public_id, "aim": "Less.", "language": "en", "source": ""}
    answer = browser_of(two.lea).post("/en/cases/lund/adopt", typed)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["adopter"]
    assert not Adoption.objects.exists()


def test_a_withdrawn_case_and_a_renamed_measure_leave_the_plan_as_it_is(two, at):
    adoption = make_agreement(
        two.umea, two.lund, acting(two.ulf), case=two.case, at=at, known={"measure": "traffic"}
    )
    CaseStudy.objects.update(status="withdrawn", withdrawn_because="Wrong.")
    Measure.objects.filter(slug="traffic-volume").update(name="cars counted")
    words = adoptions.PlanData(owner="Office", measure="traffic")
    adoptions.write_plan(adoption, words, actor=acting(two.ulf), at=at)
    adoption.refresh_from_db()
    assert (adoption.measure, adoption.owner) == ("traffic", "Office")
    with pytest.raises(NotAllowed):
        adoptions.write_plan(adoption, words, actor=acting(two.lea), at=at)


def test_without_a_partner_it_is_public_once_the_plan_is_complete(two, at, browser_of):
    ulf = browser_of(two.ulf)
    typed = {"adopter": two.umea.public_id, "source": "", "aim": "Mindre.", "language": "sv"}
    for _again in range(2):
        made = ulf.post("/sv/solutions/road-pricing/adopt", typed)
    assert Adoption.objects.get().source is None
    address = made["Location"]
    page(Client(), address, status=404)
    assert ulf.post(f"{address}plan/change", {**PLAN, "unit": "bilar"}).status_code == 302
    seen = page_text(Client(), address)
    assert "Införande i Umeå" in seen and "visa vilka som vinner" in seen
    assert "Gå till ert införande" in page_text(ulf, "/sv/solutions/road-pricing/")


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"budget": "-1"}, "budget"),
        ({"budget": "1.005"}, "budget"),
        ({"baseline_year": "20266"}, "baseline_year"),
        ({"ends_on": "2026-12-01"}, "ends_on"),
        ({"risks": "<script>"}, "risks"),
        ({"baseline": "many"}, "baseline"),
    ],
)
def test_a_fault_of_a_plan_names_the_field_and_writes_the_others(two, at, browser_of, typed, where):
    adoption = make_agreement(two.umea, two.lund, acting(two.ulf), case=two.case, at=at)
    path = f"/en/adoptions/{adoption.public_id}/plan/change"
    answer = browser_of(two.ulf).post(path, {**PLAN, "baseline": "1200.5", **typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [where]
    adoption.refresh_from_db()
    assert adoption.owner == PLAN["owner"] and getattr(adoption, where) in (None, "")


def test_help_goes_to_the_secretariat_where_the_last_editor_left(
    two, at, letters, django_capture_on_commit_callbacks
):
    from alliance.network.services.helping import answer_need, decline_help

    person("Siv Secretary", "secretariat")
    two.ulf.memberships.update(ended_at=at)
    with django_capture_on_commit_callbacks(execute=True):
        answer_need(two.need, two.lund, can=True, actor=acting(two.lea), at=at)
    assert [who for who, _subject in letters()] == ["siv"]
    with pytest.raises(NotAllowed):
        decline_help(two.need, "lund", actor=acting(two.ulf, at + DAY), at=at + DAY)
    with pytest.raises(NotAllowed, match=r"A city cannot offer to help with its own need."):
        join(two.lea, two.umea)
        answer_need(two.need, two.umea, can=True, actor=acting(two.lea), at=at)
    with pytest.raises(InvalidData, match="need"):
        adoptions.start(
            None, adopter=two.lund, need=two.need, aim="A", language="en",
            actor=acting(two.lea), at=at,
        )  # fmt: skip
