"""Before the vote: terms, costs, eligibility, merging with consent; declared, and then it stays."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from alliance.budgeting.forms import EstimateForm
from alliance.budgeting.models import Budget, Project
from alliance.budgeting.services import preparing
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.core.waiting import Asked, items
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services import contributions as writing
from alliance.participation.services.contributions import ContributionData
from tests.factories.budgets import make_budget, make_proposal
from tests.factories.people import acting, person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TERMS = preparing.Terms(Decimal("1000.50"), "SEK")
COST = preparing.Estimate("Trees", "en", Decimal(300), "A price list.")


def codes_of(error: pytest.ExceptionInfo[InvalidData]) -> list[tuple[str, str]]:
    return [(one.where, one.code) for one in error.value.faults]


@pytest.fixture
def by(lea, now) -> dict[str, object]:
    return {"actor": acting(lea), "at": now - 5 * DAY}


def test_terms_are_kept_in_minor_units_with_their_quotas(process, by) -> None:
    quotas = [
        preparing.QuotaData(category="Streets", most_projects=2),
        preparing.QuotaData(area="Norr", most_cost=Decimal(500)),
    ]
    words = preparing.Terms(Decimal("1000.50"), "SEK", quotas=quotas, min_votes=3)
    for _again in range(2):
        budget = preparing.set_terms(process, words, **by)
    assert (budget.amount, budget.min_votes) == (100_050, 3)
    kept = budget.quotas.values_list("category", "area", "most_projects", "most_cost")
    assert list(kept) == [("Streets", "", 2, None), ("", "Norr", None, 50_000)]
    with pytest.raises(NotAllowed):
        preparing.set_terms(process, words, actor=acting(person("Someone Else")), at=by["at"])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"amount": Decimal("0.001")}, ("amount", "decimals")),
        ({"amount": Decimal(-5)}, ("amount", "not-between")),
        ({"rule": "lots"}, ("rule", "not-one-of")),
        ({"utility": "points"}, ("utility", "points-on-ticks")),
        ({"ballot": "cumulative"}, ("points", "missing")),
        ({"most_projects": 0}, ("most_projects", "not-between")),
        (
            {"quotas": [preparing.QuotaData(category="a", area="b", most_projects=1)]},
            ("quotas[0].category", "quota-of-what"),
        ),
        (
            {"quotas": [preparing.QuotaData(category="a")]},
            ("quotas[0].most_projects", "quota-of-nothing"),
        ),
    ],
)
def test_wrong_terms_are_named(process, by, words, found) -> None:
    with pytest.raises(InvalidData) as error:
        preparing.set_terms(process, preparing.Terms(**{**vars(TERMS), **words}), **by)
    assert codes_of(error) == [found]
    assert not Budget.objects.exists()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"cost": None}, ("cost", "missing")),
        ({"cost": Decimal(0)}, ("cost", "not-between")),
        ({"cost_basis": " "}, ("cost_basis", "missing")),
        ({"latitude": 55.0}, ("latitude", "point-in-part")),
        ({"latitude": 95.0, "longitude": 13.0}, ("latitude", "point-off-earth")),
        ({"latitude": float("nan"), "longitude": 13.0}, ("latitude", "point-off-earth")),
        ({"latitude": 56.0, "longitude": 5.0}, ("latitude", "place-sea")),
        ({"latitude": 48.8, "longitude": 2.3}, ("latitude", "place-outside")),
    ],
)
def test_wrong_estimates_are_named(process, by, words, found) -> None:
    proposal = make_proposal(process, "Trees")
    process.city.latitude, process.city.longitude = 55.7, 13.19
    with pytest.raises(InvalidData) as error:
        preparing.estimate(process, proposal, preparing.Estimate(**{**vars(COST), **words}), **by)
    assert codes_of(error) == [found]
    assert not Project.objects.exists()


def test_degrees_are_typed_with_a_comma_too() -> None:
    typed = EstimateForm({"latitude": "55,705", "longitude": "13.19"})
    assert "latitude" not in typed.errors
    assert (typed.cleaned_data["latitude"], typed.cleaned_data["longitude"]) == (55.705, 13.19)


def test_what_is_missing_is_named_before_it_is_declared(process, by, now) -> None:
    make_proposal(process, "Trees")
    with pytest.raises(InvalidData) as error:
        preparing.declare(process, **by)
    assert [one.where for one in error.value.faults] == ["amount", "costs", "projects"]
    with pytest.raises(InvalidData) as error:
        preparing.declare(process, actor=by["actor"], at=now - 15 * DAY)
    assert "writing-over" in [one.where for one in error.value.faults]
    process.phases.filter(kind="vote").update(kind="write")
    with pytest.raises(InvalidData) as error:
        preparing.declare(process, **by)
    assert "vote-phase" in [one.where for one in error.value.faults]


def test_once_declared_it_stays_and_can_be_taken_back_until_the_vote(process, by, now) -> None:
    budget = make_budget(process, is_declared=False)
    first = budget.projects.get(title="Trees")
    preparing.declare(process, **by)
    assert sorted(budget.projects.values_list("number", flat=True)) == [1, 2, 3]
    details = AuditEvent.objects.get(verb="declare").details
    assert details["rule"] == "greedy" and details["costs"]["1"] == 30_000
    for change in (
        lambda: preparing.set_terms(process, TERMS, **by),
        lambda: preparing.estimate(process, None, COST, project=first, **by),
        lambda: preparing.decide(first, eligible="no", reason="Too late.", **by),
        lambda: preparing.ask_to_merge(first, budget.projects.get(title="Lamps"), **by),
        lambda: preparing.declare(process, **by),
    ):
        with pytest.raises(InvalidData) as error:
            change()
        assert codes_of(error) == [("declared", "declared-already")]
    preparing.withdraw_declaration(process, **by)
    preparing.decide(first, eligible="no", reason="The ground is not ours.", **by)
    preparing.declare(process, **by)
    assert budget.projects.filter(number__isnull=False).count() == 2
    with pytest.raises(InvalidData):
        preparing.withdraw_declaration(process, actor=by["actor"], at=now)


def test_nothing_is_merged_before_both_authors_agree(process, by) -> None:
    author, other, stranger = (
        Participant.objects.create(process=process, language="en", made_at=by["at"])
        for _who in range(3)
    )
    budget = make_budget(process, is_declared=False)
    words = preparing.Estimate("Shrubs", "en", Decimal(100), "A price list.")
    proposal = make_proposal(process, "Shrubs", participant=author)
    shrubs = preparing.estimate(process, proposal, words, **by)
    trees = budget.projects.get(title="Trees")
    Contribution.objects.filter(project=trees).update(participant=other)
    with pytest.raises(InvalidData):
        preparing.ask_to_merge(shrubs, shrubs, **by)
    preparing.ask_to_merge(shrubs, trees, **by)
    with pytest.raises(InvalidData) as error:
        preparing.declare(process, **by)
    assert {one.where for one in error.value.faults} == {"decisions", "merging"}
    # No chain: what others go into goes nowhere itself.
    with pytest.raises(InvalidData):
        preparing.ask_to_merge(trees, budget.projects.get(title="Lamps"), **by)
    with pytest.raises(InvalidData):
        preparing.answer_merge(shrubs, stranger, yes=True)
    for who in (author, other):
        preparing.answer_merge(shrubs, who, yes=False)
        shrubs.refresh_from_db()
        assert shrubs.merge_into is None
        preparing.ask_to_merge(shrubs, trees, **by)
    preparing.answer_merge(shrubs, author, yes=True)
    assert Project.objects.get(pk=shrubs.pk).awaits == ["other"]
    with pytest.raises(InvalidData):
        preparing.answer_merge(shrubs, author, yes=True)
    with pytest.raises(InvalidData):
        preparing.declare(process, **by)
    preparing.answer_merge(shrubs, other, yes=True)
    assert Project.objects.get(pk=shrubs.pk).is_merged
    preparing.declare(process, **by)
    assert Project.objects.get(pk=shrubs.pk).number is None


def test_who_wrote_both_answers_once(process, by) -> None:
    author = Participant.objects.create(process=process, language="en", made_at=by["at"])
    budget = make_budget(process, is_declared=False)
    trees, lamps = (budget.projects.get(title=title) for title in ("Trees", "Lamps"))
    Contribution.objects.filter(project__in=[trees, lamps]).update(participant=author)
    preparing.ask_to_merge(trees, lamps, **by)
    assert preparing.answer_merge(trees, author, yes=True).is_merged


def test_an_answer_by_phone_is_entered_with_how_it_came(process, by) -> None:
    budget = make_budget(process, is_declared=False)
    trees, lamps = (budget.projects.get(title=title) for title in ("Trees", "Lamps"))
    said = {"side": "author", "consent": "yes", "note": "By phone."}
    with pytest.raises(InvalidData):
        preparing.enter_answer(trees, **said, **by)
    preparing.ask_to_merge(trees, lamps, **by)
    for wrong in ({"note": ""}, {"side": "nobody"}, {"consent": "perhaps"}):
        with pytest.raises(InvalidData):
            preparing.enter_answer(trees, **said | wrong, **by)
    assert not preparing.enter_answer(trees, **said, **by).is_merged
    assert preparing.enter_answer(trees, **said | {"side": "other"}, **by).is_merged


def test_no_proposal_comes_in_once_it_is_declared_or_writing_is_long_over(process, lea, by) -> None:
    budget = make_budget(process, is_declared=False)
    words = ContributionData("Shrubs.", "en", kind="proposal", title="Shrubs")
    enter = {"channel": "paper", "actor": acting(lea)}
    # Writing ended ten days ago: what lay in a library is typed in for some days more.
    writing.enter(process, [words], at=by["at"], **enter)
    end = process.phases.get(kind="write").closes_at + writing.TYPING_IN
    with pytest.raises(InvalidData) as error:
        writing.enter(process, [words], at=end, **enter)
    assert codes_of(error) == [("channel", "takes-nothing-now")]
    budget.declared_at = by["at"]
    budget.save()
    with pytest.raises(InvalidData):
        writing.enter(process, [words], at=by["at"], **enter)
    with pytest.raises(InvalidData):
        writing.add_own(process, words, **by)


def test_what_waits_for_a_moderator_keeps_it_from_being_declared(process, by) -> None:
    make_budget(process, is_declared=False)
    Contribution.objects.filter(pk=make_proposal(process, "Shrubs").pk).update(shown_at=None)
    with pytest.raises(InvalidData) as error:
        preparing.declare(process, **by)
    assert codes_of(error) == [("moderation", "before-declaring")]


def test_a_project_stays_where_its_author_deletes_what_she_wrote(process, by) -> None:
    proposal = make_proposal(process, "Trees")
    project = preparing.estimate(process, proposal, COST, **by)
    proposal.post.delete()
    project.refresh_from_db()
    assert (project.proposal, project.title) == (None, "Trees")


def test_what_waits_is_on_the_list_of_the_team(process, by, now) -> None:
    def waiting() -> list[str]:
        asked = Asked(at=now, people=[], teams=[process.organisation.public_id], roles=[])
        kinds = [one.kind for one in items(asked)]
        return [kind for kind in kinds if kind.startswith("budget-")]

    assert waiting() == []
    proposal = make_proposal(process, "Trees")
    assert waiting() == ["budget-estimate"]
    project = preparing.estimate(process, proposal, COST, **by)
    assert waiting() == ["budget-decide"]
    preparing.decide(project, eligible="yes", reason="It fits.", **by)
    assert waiting() == []
    Budget.objects.filter(process=process).update(declared_at=now, amount=1)
    assert waiting() == []
    Process.objects.filter(pk=process.pk).update(state="closed", closed_at=now)
    assert waiting() == ["budget-count"]
