"""Cities state needs and offers, and rank the needs of others; nobody else does."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.network.enums import OrganisationKind
from alliance.network.models import City, Need, NeedPriority
from alliance.network.selectors.needs_offers import BoardFilter, filtered_needs, filtered_offers
from alliance.network.selectors.needs_offers_pages import needs_for, offers_for
from alliance.network.services import needs_offers, save_city, save_organisation
from tests.factories.needs_offers import NEED, OFFER, make_need, make_offer
from tests.factories.people import acting, join, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def cities(people, at):
    """Lund and Umeå are members, Kiruna is not; each has a team with an editor."""
    City.objects.update(is_member=True)
    save_city("kiruna", name="Kiruna", country="SE", actor=COMMAND_LINE, at=at)
    kiruna = team("kiruna")
    editor = person("Kim Editor")
    join(editor, kiruna)
    return {
        "lund": (people.lund, acting(people.editor)),
        "umea": (people.umea, acting(people.foreign)),
        "kiruna": (kiruna, acting(editor)),
    }


def test_a_need_is_stated_with_one_row_in_the_audit_trail(cities, at):
    need = make_need(*cities["lund"], at=at)
    assert (need.city.public_id, need.state, need.stated_by.name) == ("lund", "open", "Elin Editor")
    assert set(need.tags.values_list("scheme", "code")) == {
        ("theme", "mobility"),
        ("theme", "health"),
        ("sdg", "11.2"),
    }
    event = AuditEvent.objects.get(kind="need")
    assert (event.verb, event.public_id, event.details["city"]) == (
        "create",
        need.public_id,
        "lund",
    )


def test_the_same_words_again_are_the_need_that_is_there(cities, at):
    first = make_need(*cities["lund"], at=at)
    again = make_need(*cities["lund"], at=at + dt.timedelta(days=1))
    assert (again, again.revision, again.changed_at) == (first, 1, at)
    assert AuditEvent.objects.filter(kind="need").count() == 1
    assert make_need(*cities["lund"], at=at, themes=("health",)).revision == 2


def test_only_those_speak_for_a_city_who_edit_for_its_municipality(people, cities, at):
    for user in (people.member, people.foreign, people.secretariat, people.citizen):
        with pytest.raises(NotAllowed):
            make_need(people.lund, acting(user), at=at)
    business = save_organisation(
        "acme",
        name="Acme",
        kind=OrganisationKind.BUSINESS,
        city=people.lund.city,
        country="SE",
        actor=COMMAND_LINE,
        at=at,
    )
    join(people.citizen, business)
    with pytest.raises(NotAllowed):
        make_offer(business, acting(people.citizen), at=at)
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"title": " "}, "title"),
        ({"text": "<b>now</b>"}, "text"),
        ({"language": "de"}, "language"),
        ({"topic": "parking"}, "topic"),
        ({"themes": ("mobility", "cars")}, "themes"),
        ({"sdg_targets": ("18.1",)}, "sdg_targets"),
        ({"deadline": dt.date(2020, 1, 1)}, "deadline"),
        ({"topic": "", "themes": (), "sdg_targets": ()}, "themes"),
    ],
)
def test_a_fault_names_the_field(cities, at, changes, where):
    with pytest.raises(InvalidData) as refused:
        make_need(*cities["lund"], at=at, **changes)
    assert [fault.where for fault in refused.value.faults] == [where]
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"kinds": ()}, "kinds"),
        ({"kinds": ("money",)}, "kinds"),
        ({"languages": ("de",)}, "languages"),
        ({"staff_days": 0}, "staff_days"),
        ({"until": dt.date(2020, 1, 1)}, "until"),
    ],
)
def test_a_fault_of_an_offer_names_the_field(cities, at, changes, where):
    with pytest.raises(InvalidData) as refused:
        make_offer(*cities["lund"], at=at, **changes)
    assert [fault.where for fault in refused.value.faults] == [where]


def test_a_change_keeps_an_old_deadline_and_says_what_changed(cities, at):
    lund, actor = cities["lund"]
    need = make_need(lund, actor, at=at, deadline=at.date())
    later = at + dt.timedelta(days=30)
    words = dataclasses.replace(NEED, deadline=at.date(), themes=("health",))
    needs_offers.change_need(need, words, actor=actor, at=later)
    need.refresh_from_db()
    assert list(need.tags.filter(scheme="theme").values_list("code", flat=True)) == ["health"]
    event = AuditEvent.objects.get(kind="need", verb="update")
    assert event.details["changed"] == ["tags"]
    with pytest.raises(NotAllowed):
        needs_offers.change_need(need, words, actor=cities["umea"][1], at=later)


def test_a_need_ends_with_what_came_of_it_and_can_be_opened_again(cities, at):
    lund, actor = cities["lund"]
    need = make_need(lund, actor, at=at)
    with pytest.raises(InvalidData, match="outcome"):
        needs_offers.set_need_state(need, state="answered", outcome=" ", actor=actor, at=at)
    needs_offers.set_need_state(need, state="answered", outcome="Umeå knew.", actor=actor, at=at)
    need.refresh_from_db()
    assert (need.state, need.outcome, need.ended_at) == ("answered", "Umeå knew.", at)
    with pytest.raises(NotAllowed):
        needs_offers.change_need(need, NEED, actor=actor, at=at)
    needs_offers.set_need_state(need, state="open", outcome="", actor=actor, at=at)
    need.refresh_from_db()
    assert (need.state, need.outcome, need.ended_at) == ("open", "", None)


def test_the_database_keeps_a_need_from_ending_without_an_outcome(cities, at):
    need = make_need(*cities["lund"], at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(state="closed", ended_at=at)


def give(cities, need, city, priority, at):
    organisation, actor = cities[city]
    needs_offers.prioritise(need, organisation, priority=priority, actor=actor, at=at)


def test_a_city_has_one_word_for_each_need(cities, at):
    need = make_need(*cities["lund"], at=at)
    give(cities, need, "umea", 1, at)
    give(cities, need, "umea", 3, at)
    (row,) = need.priorities.all()
    assert (row.city.public_id, row.priority) == ("umea", 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        NeedPriority.objects.create(need=need, city=row.city, priority=1, given_at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        NeedPriority.objects.filter(pk=row.pk).update(priority=4)
    give(cities, need, "umea", None, at)
    assert not need.priorities.exists()
    verbs = [event.details["priority"] for event in AuditEvent.objects.filter(verb="prioritise")]
    assert verbs == [1, 3, None]


def test_only_member_cities_rank_and_never_their_own(people, cities, at):
    need = make_need(*cities["lund"], at=at)
    with pytest.raises(
        NotAllowed, match=r"Only editors of a member city’s municipality can rank needs."
    ):
        give(cities, need, "kiruna", 3, at)
    with pytest.raises(NotAllowed, match="own needs"):
        give(cities, need, "lund", 3, at)
    for user in (people.secretariat, people.citizen, people.member, people.editor):
        with pytest.raises(NotAllowed):
            needs_offers.prioritise(need, people.umea, priority=3, actor=acting(user), at=at)
    with pytest.raises(InvalidData, match="priority"):
        give(cities, need, "umea", 4, at)
    assert not NeedPriority.objects.exists()


def test_a_city_calls_at_most_three_open_needs_urgent(cities, at):
    needs = [make_need(*cities["lund"], at=at, title=f"Need {n}") for n in range(4)]
    for need in needs[:3]:
        give(cities, need, "umea", 3, at)
    with pytest.raises(InvalidData, match="3 open urgent needs"):
        give(cities, needs[3], "umea", 3, at)
    give(cities, needs[3], "umea", 2, at)
    needs_offers.set_need_state(
        needs[0], state="closed", outcome="Over.", actor=cities["lund"][1], at=at
    )
    give(cities, needs[3], "umea", 3, at)
    assert needs[3].priorities.get().priority == 3


def test_the_board_is_ordered_by_what_member_cities_say(cities, at):
    lund, kiruna = cities["lund"], cities["kiruna"]
    soon = at.date() + dt.timedelta(days=10)
    quiet = make_need(*lund, at=at, title="Quiet")
    dated = make_need(*lund, at=at + dt.timedelta(hours=1), title="Dated", deadline=soon)
    wanted = make_need(*kiruna, at=at + dt.timedelta(hours=2), title="Wanted")
    give(cities, wanted, "umea", 2, at)
    strong = make_need(*kiruna, at=at, title="Strong")
    give(cities, strong, "lund", 1, at)
    give(cities, strong, "umea", 1, at)
    City.objects.filter(public_id="kiruna").update(is_member=True)
    give(cities, quiet, "kiruna", 3, at)
    assert [need.title for need in filtered_needs(BoardFilter())] == [
        "Quiet",
        "Strong",
        "Wanted",
        "Dated",
    ]
    # A city that leaves the network no longer counts; what it said stays on the page.
    City.objects.filter(public_id="kiruna").update(is_member=False)
    ordered = list(filtered_needs(BoardFilter()))
    assert [need.title for need in ordered] == ["Strong", "Wanted", "Dated", "Quiet"]
    assert (ordered[-1].weight, ordered[-1].n_cities) == (0, 0)
    assert dated.deadline == soon


def test_boards_are_filtered(cities, at):
    make_need(*cities["lund"], at=at)
    waste = make_need(
        *cities["umea"], at=at, title="Waste", topic="", themes=("waste",), sdg_targets=("12.5",)
    )
    assert [need.title for need in filtered_needs(BoardFilter(theme="waste"))] == ["Waste"]
    assert [need.title for need in filtered_needs(BoardFilter(sdg="12.5"))] == ["Waste"]
    assert [need.title for need in filtered_needs(BoardFilter(topic="innovation-gateways"))] == [
        NEED.title
    ]
    assert [need.title for need in filtered_needs(BoardFilter(city="umea"))] == ["Waste"]
    needs_offers.set_need_state(
        waste, state="closed", outcome="Over.", actor=cities["umea"][1], at=at
    )
    assert not filtered_needs(BoardFilter(theme="waste")).exists()
    assert filtered_needs(BoardFilter(theme="waste", state="")).count() == 1
    make_offer(*cities["lund"], at=at)
    make_offer(*cities["umea"], at=at, title="Data", kinds=("data",))
    assert [offer.title for offer in filtered_offers(BoardFilter(kind="data"), at)] == ["Data"]
    assert [offer.title for offer in filtered_offers(BoardFilter(kind="visit"), at)] == [
        OFFER.title
    ]


def test_matches_hold_offers_of_others_that_hold(cities, at):
    need = make_need(*cities["lund"], at=at)
    own = make_offer(*cities["lund"], at=at)
    other = make_offer(*cities["umea"], at=at)
    make_offer(*cities["kiruna"], at=at, title="Waste", themes=("waste",))
    ended = make_offer(*cities["kiruna"], at=at)
    needs_offers.end_offer(ended, actor=cities["kiruna"][1], at=at)
    later = at + dt.timedelta(minutes=1)
    over = make_offer(*cities["kiruna"], at=later, title="Short", until=at.date())
    assert [offer for _match, offer in offers_for(need, at)] == [other, over]
    tomorrow = at + dt.timedelta(days=1)
    ((found, offer),) = offers_for(need, tomorrow)
    assert offer == other
    assert [reason.codes for reason in found.matter] == [("mobility",)]
    assert [reason.kind for reason in found.around] == ["language", "country"]
    assert found.unknown == ("size", "climate")
    assert [need for _match, need in needs_for(own)] == []
    assert [one for _match, one in needs_for(other)] == [need]


def test_an_ended_offer_stays_ended(cities, at):
    umea, actor = cities["umea"]
    offer = make_offer(umea, actor, at=at)
    needs_offers.end_offer(offer, actor=actor, at=at)
    needs_offers.end_offer(offer, actor=actor, at=at + dt.timedelta(days=1))
    offer.refresh_from_db()
    assert offer.ended_at == at
    with pytest.raises(NotAllowed):
        needs_offers.change_offer(offer, OFFER, actor=actor, at=at)
    assert AuditEvent.objects.filter(kind="offer", verb="end").count() == 1
