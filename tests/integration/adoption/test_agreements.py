"""Adoption agreements: both cities say yes to the same terms; what is done is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from alliance.adoption.models import Adoption
from alliance.adoption.selectors.adoptions import get_adoption_for, public_adoptions
from alliance.adoption.services import adoptions as services
from alliance.adoption.services.adoptions import StepData
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.core.errors import InvalidData, NotAllowed, NotFound
from alliance.core.models import AuditEvent
from tests.factories.equity import pass_check
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.needs_offers import make_agreement
from tests.factories.pages import page, page_text
from tests.factories.people import acting, join, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(at):
    """Umeå wants to adopt a case of Lund; both have an editor."""
    lay_ground()

    class Two:
        lund, umea = team("lund"), team("umea")
        knows, adopts, other = person("Lova Lund"), person("Ulf Ume"), person("Cia Citizen")
        secretariat = person("Siv Secretary", "secretariat")
        case = make_case("Lund")

    join(Two.knows, Two.lund)
    join(Two.adopts, Two.umea)
    return Two


def propose(two, at, **changes):
    return make_agreement(two.umea, two.lund, acting(two.adopts), case=two.case, at=at, **changes)


def test_it_holds_only_once_both_agreed(two, at):
    agreement = propose(two, at, contact_role="Head of mobility")
    assert (agreement.state, agreement.adopter_agreed_at) == ("proposed", at)
    assert agreement.source_agreed_at is None and agreement.steps.count() == 7
    later = at + dt.timedelta(days=2)
    services.agree(agreement, revision=1, actor=acting(two.adopts), at=later)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.adopter_agreed_at) == ("proposed", at)
    services.agree(agreement, revision=1, actor=acting(two.knows), at=later)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.first_agreed_at) == ("agreed", later)
    verbs = AuditEvent.objects.filter(kind="agreement").values_list("verb", flat=True)
    assert list(verbs) == ["propose", "agree"]


def test_the_database_keeps_one_side_from_agreeing_for_both(two, at):
    agreement = propose(two, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adoption.objects.filter(pk=agreement.pk).update(stage="agreed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Adoption.objects.filter(pk=agreement.pk).update(adopting_city=two.lund.city)


def test_only_the_two_cities_take_part(two, at):
    agreement = propose(two, at)
    outsiders = [acting(two.other), acting(two.secretariat), COMMAND_LINE]
    for actor in outsiders:
        with pytest.raises(NotAllowed):
            services.agree(agreement, revision=1, actor=actor, at=at)
        with pytest.raises(NotAllowed):
            services.end(agreement, state="stopped", outcome="No.", actor=actor, at=at)
    with pytest.raises(NotAllowed):
        make_agreement(two.umea, two.lund, acting(two.other), case=two.case, at=at)
    with pytest.raises(InvalidData, match=r"Choose a partner city other than your own."):
        make_agreement(two.umea, two.umea, acting(two.adopts), case=two.case, at=at)


def test_a_program_may_change_terms_but_never_agree(two, at):
    agreement = propose(two, at)
    program = Actor(
        "Lund: register",
        teams={two.lund.public_id: "editor"},
        scopes=frozenset({"exchange:write"}),
    )
    with pytest.raises(NotAllowed, match="person"):
        services.agree(agreement, revision=1, actor=program, at=at)
    services.set_step_done(agreement, 1, done=True, actor=program, at=at)
    assert agreement.steps.get(number=1).done_at == at


def test_changed_terms_have_to_be_agreed_to_again(two, at):
    agreement = propose(two, at)
    services.agree(agreement, revision=1, actor=acting(two.knows), at=at)
    services.set_step_done(agreement, 2, done=True, actor=acting(two.knows), at=at)
    steps = [StepData("Hand over", "source", at.date(), number=2), StepData("Decide", "adopter")]
    terms = {"aim": "Less noise.", "language": "en", "steps": steps}
    changed = services.change_terms(agreement, **terms, actor=acting(two.knows), at=at)
    assert (changed.state, changed.revision, changed.adopter_agreed_at) == ("proposed", 2, None)
    assert [(s.number, s.title, s.done_at) for s in changed.steps.all()] == [
        (1, "Hand over", at),
        (2, "Decide", None),
    ]
    # A yes to terms that were changed meanwhile is no yes to the new ones.
    with pytest.raises(InvalidData, match="revision"):
        services.agree(agreement, revision=1, actor=acting(two.adopts), at=at)
    services.agree(agreement, revision=2, actor=acting(two.adopts), at=at)
    again = services.change_terms(agreement, **terms, actor=acting(two.adopts), at=at)
    assert (again.state, again.revision) == ("agreed", 2)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"aim": ""}, "aim"),
        ({"language": "de"}, "language"),
        ({"steps": [StepData("", "both")]}, "steps[0].title"),
        ({"steps": [StepData("Go", "both"), StepData("Stay", "us")]}, "steps[1].side"),
        ({"steps": [StepData(f"Step {n}", "both") for n in range(21)]}, "steps"),
        ({"contact_role": "<b>head</b>"}, "contact_role"),
    ],
)
def test_a_fault_names_the_field(two, at, changes, where):
    with pytest.raises(InvalidData) as refused:
        propose(two, at, **changes)
    assert [fault.where for fault in refused.value.faults] == [where]
    assert not Adoption.objects.exists()


def test_proposing_it_again_is_the_one_that_runs(two, at):
    first = propose(two, at)
    assert propose(two, at, aim="Other words") == first
    services.end(first, state="declined", outcome="No time.", actor=acting(two.knows), at=at)
    assert propose(two, at) != first


def test_the_end_needs_words_and_adoption_both(two, at):
    agreement = propose(two, at)
    end = {"actor": acting(two.knows), "at": at}
    with pytest.raises(InvalidData, match="outcome"):
        services.end(agreement, state="stopped", outcome=" ", **end)
    with pytest.raises(InvalidData, match="state"):
        services.end(agreement, state="adopted", outcome="Done.", **end)
    with pytest.raises(InvalidData, match="state"):
        services.end(agreement, state="agreed", outcome="Done.", **end)
    services.agree(agreement, revision=1, actor=acting(two.knows), at=at)
    with pytest.raises(InvalidData, match="state"):
        services.end(agreement, state="adopted", outcome="Done.", **end)
    pass_check(agreement, acting(two.adopts), at=at)
    services.end(agreement, state="adopted", outcome="Done.", **end)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.outcome, agreement.ended_at) == ("adopted", "Done.", at)
    with pytest.raises(NotAllowed, match="ended"):
        services.set_step_done(agreement, 1, done=True, **end)


def test_a_proposal_is_for_the_two_teams_and_an_agreement_for_everybody(two, at):
    agreement = propose(two, at)
    for user in (two.knows, two.adopts, two.secretariat):
        assert get_adoption_for(acting(user), agreement.public_id) == agreement
    with pytest.raises(NotFound):
        get_adoption_for(acting(two.other), agreement.public_id)
    assert not public_adoptions().exists()
    services.agree(agreement, revision=1, actor=acting(two.knows), at=at)
    assert list(public_adoptions("umea")) == list(public_adoptions("lund")) == [agreement]
    # It stays readable while changed terms wait.
    services.change_terms(
        agreement, aim="More.", language="en", steps=[], actor=acting(two.knows), at=at
    )
    assert get_adoption_for(acting(two.other), agreement.public_id)


def test_letters_go_to_the_other_side_or_the_secretariat(
    two, at, mailbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        agreement = propose(two, at)
    assert mailbox() == [(two.knows.email, "Umeå asks Lund for help with “Pricing the roads”")]
    with django_capture_on_commit_callbacks(execute=True):
        services.agree(agreement, revision=1, actor=acting(two.knows), at=at)
    assert mailbox()[-1][0] == two.adopts.email
    two.knows.memberships.update(ended_at=at)
    with django_capture_on_commit_callbacks(execute=True):
        services.end(agreement, state="stopped", outcome="No.", actor=acting(two.adopts), at=at)
    assert mailbox()[-1][0] == two.secretariat.email


@pytest.fixture
def mailbox():
    """What was put in the queue: (address, first words of the subject)."""
    from django_tasks_db.models import DBTaskResult

    def read() -> list[tuple[str, str]]:
        jobs = DBTaskResult.objects.filter(task_path__endswith="send_letter").order_by(
            "enqueued_at"
        )
        sent = [job.args_kwargs["kwargs"] for job in jobs]
        return [(one["to"], one["subject"]) for one in sent]

    return read


def test_the_whole_way_on_pages(two, at, browser_of):
    adopts, knows, other = map(browser_of, (two.adopts, two.knows, two.other))
    assert "Adopt this solution in Umeå" in page_text(adopts, "/en/cases/lund/")
    assert "Adopt this solution in Umeå" not in page_text(knows, "/en/cases/lund/")
    assert "Adopt this solution in Umeå" not in page_text(Client(), "/en/cases/lund/")
    typed = {
        "adopter": two.umea.public_id,
        "source": two.lund.public_id,
        "aim": "",
        "language": "sv",
        "contact_role": "Trafikchef",
    }
    assert adopts.post("/sv/cases/lund/adopt", typed).status_code == 422
    made = adopts.post("/sv/cases/lund/adopt", {**typed, "aim": "Mindre trafik."})
    assert made.status_code == 302, made.content.decode()
    agreement = Adoption.objects.get()
    address = f"/en/adoptions/{agreement.public_id}/"
    page(other, address, status=404)
    page(Client(), address, status=404)
    assert "only the teams see these" in page_text(knows, "/en/adoptions/")
    seen = page_text(knows, address)
    assert "Trafikchef, Ulf Ume" in seen and "Agree for Lund" in seen
    assert "Agree for Umeå" not in page_text(adopts, address)
    assert "Talk about what the case does not cover" in page_text(knows, address)
    terms = page(knows, f"{address}terms")
    assert 'name="steps-9-title"' in terms and "Mindre trafik." in terms
    row = {"title": "Besök", "side": "both", "due_on": "2026-11-01", "number": "1"}
    typed = {"aim": "Mindre trafik.", "language": "sv"}
    typed |= {f"steps-0-{name}": value for name, value in row.items()}
    wrong = typed | {"steps-0-due_on": "soon"}
    assert knows.post(f"{address}terms", wrong).status_code == 422
    assert knows.post(f"{address}terms", typed).status_code == 302
    assert adopts.post(f"{address}agree", {"revision": 1}).status_code == 422
    assert adopts.post(f"{address}agree", {"revision": 2}).status_code == 302
    seen = page_text(Client(), address)
    assert "Umeå: complete the plan." in seen and "overdue" in seen and "Trafikchef" not in seen
    assert "Ulf Ume" not in seen and "Lova Lund" not in seen
    assert knows.post(f"{address}steps/1", {"done": "1"}).status_code == 302
    assert "task 1 marked as done by Lund" in page_text(Client(), address)
    assert "1 of 1 task done" in page_text(Client(), "/en/adoptions/?city=umea")
    assert adopts.post(f"{address}end", {"state": "adopted", "outcome": ""}).status_code == 422
    pass_check(agreement, acting(two.adopts), at=at)
    assert (
        adopts.post(f"{address}end", {"state": "adopted", "outcome": "Klart."}).status_code == 302
    )
    seen = page_text(Client(), address)
    assert "Klart." in seen and "Umeå: publish the result as a case" in seen
    assert f"write/new?team={two.umea.public_id}&amp;adapted_from=lund" in page(adopts, address)
    for old in ("agreements/", f"agreements/{agreement.public_id}/"):
        moved = Client().get(f"/sv/{old}")
        assert (moved.status_code, moved["Location"]) == (
            301,
            f"/sv/{old}".replace("greement", "doption"),
        )


def test_a_page_asks_little(two, at, django_assert_max_num_queries):
    agreement = propose(two, at)
    services.agree(agreement, revision=1, actor=acting(two.knows), at=at)
    with django_assert_max_num_queries(12):
        page(Client(), f"/en/adoptions/{agreement.public_id}/")
    with django_assert_max_num_queries(12):
        page(Client(), "/en/adoptions/")


def test_the_page_of_a_solution_leads_there_who_may(two, browser_of):
    link = 'href="/en/solutions/road-pricing/adopt"'
    adopts = browser_of(two.adopts)
    assert link in page(adopts, "/en/solutions/road-pricing/")
    # A visitor speaks for no city.
    assert link not in page(Client(), "/en/solutions/road-pricing/")


def test_a_solution_is_adopted_with_a_city_that_tried_it(two, at, browser_of):
    adopts = browser_of(two.adopts)
    assert "Source city" in page_text(adopts, "/en/solutions/road-pricing/adopt")
    typed = {"adopter": two.umea.public_id, "source": two.lund.public_id, "aim": "Less."}
    response = adopts.post("/en/solutions/road-pricing/adopt", {**typed, "language": "en"})
    assert response.status_code == 302
    assert Adoption.objects.get().subject_title == "Road pricing"
    alone = page(browser_of(two.knows), "/en/solutions/road-pricing/adopt")
    assert "No source city for now" in alone and alone.count(f'"{two.lund.public_id}"') == 1
