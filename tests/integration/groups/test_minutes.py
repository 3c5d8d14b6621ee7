"""Minutes with decisions, action items and lessons, and who does what by when."""

from __future__ import annotations

import datetime as dt

import pytest

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData, NotAllowed
from alliance.groups.enums import GroupRole
from alliance.groups.models import ActionItem, Decision, Minutes
from alliance.groups.services import minutes
from alliance.network.services import save_city
from tests.factories.groups import action, line, make_group, make_minutes, take_in
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
WORDS = {"title": "Meeting", "held_on": TODAY, "language": "en"}
DAY = dt.timedelta(days=1)


@pytest.fixture
def umea():
    save_city("umea", name="Umeå", country="SE", actor=COMMAND_LINE, at=NOW)
    return team("umea")


@pytest.fixture
def elin(umea):
    found = person("Elin Berg")
    join(found, umea)
    return found


@pytest.fixture
def group(elin, umea):
    found = make_group()
    take_in(found, elin, umea, GroupRole.LEAD)
    return found


def test_minutes_become_decisions_and_action_items_once(group, elin, umea):
    for _twice in range(2):
        made = make_minutes(
            group,
            acting(elin),
            decisions=[line("One map for all.")],
            lessons=[line("Ask tenants first.")],
            actions=[action("Draw it", elin, TODAY + 9 * DAY), action("Pay", umea, TODAY)],
        )
    assert Minutes.objects.count() == 1
    assert [one.text for one in made.decisions.all()] == ["One map for all."]
    assert [one.text for one in made.lessons.all()] == ["Ask tenants first."]
    drawn, paid = made.actions.all()
    assert (drawn.owner, drawn.organisation, drawn.had_owner) == (elin, umea, True)
    assert (paid.owner, paid.organisation, paid.had_owner) == (None, umea, False)


def test_a_changed_line_stays_the_same_line_and_an_emptied_one_goes(group, elin):
    made = make_minutes(group, acting(elin), decisions=[line("One map."), line("No map.")])
    first, second = made.decisions.all()
    lines = [line("", second.public_id), line("Two maps.", first.public_id)]
    minutes.write(made, **WORDS, decisions=lines, actor=acting(elin), at=NOW)
    left = Decision.objects.get()
    assert (left.public_id, left.text) == (first.public_id, "Two maps.")


def test_what_is_done_stays_when_the_minutes_are_written_again(group, elin):
    made = make_minutes(group, acting(elin), actions=[action("Draw", elin, TODAY)])
    item = made.actions.get()
    ActionItem.objects.filter(pk=item.pk).update(done_at=NOW)
    minutes.write(made, **WORDS, actor=acting(elin), at=NOW)
    assert made.actions.get().text == "Draw"


@pytest.mark.parametrize(
    ("change", "where", "code"),
    [
        ({"held_on": TODAY + DAY}, "held_on", "meeting-to-come"),
        ({"title": " "}, "title", "missing"),
        ({"due_on": None}, "actions[0].due_on", "missing"),
        ({"due_on": TODAY - DAY}, "actions[0].due_on", "due-before-meeting"),
        ({"due_on": TODAY + 4000 * DAY}, "actions[0].due_on", "due-far-off"),
        ({"who": ""}, "actions[0].who", "nobody-named"),
        ({"who": "person nobody-here"}, "actions[0].who", "owner-left"),
        ({"text": ""}, "actions[0].text", "missing"),
    ],
)
def test_bad_minutes_name_the_line_and_nothing_is_written(group, elin, change, where, code):
    words = dict(WORDS)
    one = action("Draw", elin, TODAY)
    target = words if change.keys() & words.keys() else one
    target |= change
    with pytest.raises(InvalidData) as refused:
        minutes.write(Minutes(group=group), **words, actions=[one], actor=acting(elin), at=NOW)
    assert (where, code) in [(one.where, one.code) for one in refused.value.faults]
    assert not Minutes.objects.exists()


def test_minutes_without_a_word_are_refused(group, elin):
    with pytest.raises(InvalidData) as refused:
        minutes.write(Minutes(group=group), **WORDS | {"text": " "}, actor=acting(elin), at=NOW)
    assert [(one.where, one.code) for one in refused.value.faults] == [("text", "minutes-empty")]


def test_others_write_no_minutes(group, umea):
    other = person("Mia Member")
    join(other, umea)
    take_in(group, other, umea)
    with pytest.raises(NotAllowed):
        make_minutes(group, acting(other))
