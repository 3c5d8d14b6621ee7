"""A campaign from the list to the sentence: lots, what is refused, the effect, pledges."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from alliance.analysis.campaigns import draw
from alliance.campaigns import selectors, services
from alliance.campaigns.models import Campaign, Outcome, Pledge, UnitList
from alliance.core import clock
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.waiting import Asked, items
from alliance.evidence.selectors.method_results import measure_lines
from alliance.participation.models import Participant, Process
from alliance.participation.services import own, processes, translating
from alliance.participation.services.issuing import issue, issue_due
from alliance.writing.selectors.drafts import equity_advice
from tests.factories.campaigns import (
    DAY,
    DOING,
    after,
    as_csv,
    blocks,
    list_of,
    make_campaign,
    measuring,
)
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page, page_text
from tests.factories.people import NOW, acting, join, person, team

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
OVER = NOW + 70 * DAY


@pytest.fixture
def lund() -> Any:
    lay_ground()
    return team("lund")


@pytest.fixture
def lea(lund: Any) -> Any:
    lea = person("Lea Lund")
    join(lea, lund)
    return lea


@pytest.fixture
def set_clock(monkeypatch):
    return lambda at: monkeypatch.setattr(clock, "now", lambda: at)


def send(process: Process, lea: Any, content: bytes, at: dt.datetime = OVER) -> Outcome:
    return services.add_outcome(
        process, content=content, name="after.csv", actor=acting(lea, at), at=at
    )


def faults(error: pytest.ExceptionInfo[InvalidData]) -> list[tuple[str, str]]:
    return [(one.where, one.code) for one in error.value.faults]


def test_what_a_campaign_cannot_change_is_read_in_the_language_of_the_reader(lund, lea) -> None:
    process = make_campaign(lund, acting(lea))
    assert process.not_open == "who-gets-the-campaign"
    assert "ils sont choisis avant son début" in str(process.localised_text("not_open", "fr"))
    assert "Vilka som får kampanjen, eftersom det bestäms innan den börjar." in page(
        Client(), f"/sv/take-part/{process.public_id}/"
    )
    fields = {one.field for one in translating.parts_of(process, "fr")}
    assert "title" in fields and "not_open" not in fields


def test_a_campaign_becomes_a_case_that_proposes_who_gained_and_who_paid(lund, lea) -> None:
    rows = [(*row[:2], ("tenants", "owners")[at % 2]) for at, row in enumerate(blocks())]
    process = make_campaign(lund, acting(lea), content=as_csv("block,before,tenure", rows))
    by = {"actor": acting(lea, OVER), "at": OVER}
    with pytest.raises(InvalidData) as error:
        services.make_case(process, **by)
    assert faults(error) == [("result", "no-outcome")]
    units = UnitList.objects.get().columns
    change = {"tenants": -2.0, "owners": 2.0}
    columns = (units[name] for name in ("unit", "before", "treated"))
    told = zip(*columns, units["groups"]["tenure"], strict=True)
    send(process, lea, as_csv("unit,value", [
        (unit, round(was + on * change[group] + (at % 5) / 10, 2))
        for at, (unit, was, on, group) in enumerate(told)
    ]))  # fmt: skip
    draft = services.make_case(process, **by)
    assert services.make_case(process, **by) == draft
    content = draft.content
    assert (content["gained"], content["paid"]) == (["tenants"], ["owners"])
    assert "tenants gained: −" in content["texts"]["en"]["equity_notes"]
    assert content["outcome"] == "" and content["sources"][0]["url"].endswith(
        f"/en/take-part/{process.public_id}/"
    )
    assert {name for name, _said in equity_advice(content)} == {"equity_notes", "gained", "paid"}


def test_lots_are_those_of_the_salt_and_can_be_drawn_again(lund, lea) -> None:
    process = make_campaign(lund, acting(lea))
    units, campaign = UnitList.objects.get(), Campaign.objects.get()
    assert (units.n, units.n_in, units.number) == (80, 40, 1)
    names = sorted(units.columns["unit"])
    drawn = draw(names, salt=campaign.salt, n=40)
    inside = {name for name, on in zip(names, drawn.tolist(), strict=True) if on}
    assert inside == set(selectors.areas_in(units))
    # Who gets it stays once it is open; who did not see the list finds the same in another order.
    with pytest.raises(NotAllowed):
        services.set_units(
            process,
            kind="area",
            chosen="lots",
            content=list_of(),
            name="x.csv",
            actor=acting(lea),
            at=NOW,
        )


def test_a_list_drawn_again_in_another_order_draws_the_same(lund, lea) -> None:
    process = make_campaign(lund, acting(lea), opened=False)
    first = selectors.areas_in(UnitList.objects.get())
    content = as_csv("block,before,part", blocks()[::-1])
    services.set_units(
        process,
        kind="area",
        chosen="lots",
        content=content,
        name="x.csv",
        actor=acting(lea),
        at=NOW,
    )
    again = UnitList.objects.get()
    assert selectors.areas_in(again) == first and again.number == 2


def test_a_form_that_is_sent_twice_begins_one_campaign(lund, lea) -> None:
    by = {"actor": acting(lea), "at": NOW}
    assert services.start(lund, DOING, **by).pk == services.start(lund, DOING, **by).pk


@pytest.mark.parametrize(
    ("head", "rows", "chosen", "found"),
    [
        (
            "unit,area,before",
            [("h1", "A", 1), ("h2", "B", 2), ("h1", "B", 3)],
            "lots",
            [("row 4, column unit", "in-both-groups")],
        ),
        (
            "unit,before,campaign",
            [("h1", 1, 1), ("h2", 2, 0), ("h1", 3, 0)],
            "by-hand",
            [("row 4, column unit", "in-both-groups")],
        ),
        (
            "unit,area,before,campaign",
            [("h1", "A", 1, 1), ("h2", "A", 2, 0)],
            "by-hand",
            [("row 3, column unit", "in-both-groups")],
        ),
        ("unit,before", [("h1", 1), ("h1", 2)], "lots", [("row 3, column unit", "in-row")]),
        ("unit,before", [("h1", "x")], "lots", [("row 2, column before", "no-such-number")]),
        ("unit,campaign", [("h1", 1)], "by-hand", [("column before", "needs-before")]),
        ("unit,before", [("h1", 1)], "by-hand", [("column campaign", "missing")]),
        ("unit,before", [(f"h{n}", n) for n in range(3)], "lots", [("table", "two-a-side")]),
        (
            "unit,name",
            [(f"h{n}", f"name {n}") for n in range(13)],
            "lots",
            [("column name", "no-group")],
        ),
    ],
)
def test_a_list_is_refused_by_its_cells(lund, lea, head, rows, chosen, found) -> None:
    process = services.start(lund, DOING, actor=acting(lea), at=NOW)
    services.measure(process, measuring(), actor=acting(lea), at=NOW)
    with pytest.raises(InvalidData) as refused:
        services.set_units(
            process,
            kind="area",
            chosen=chosen,
            content=as_csv(head, rows),
            name="x.csv",
            actor=acting(lea),
            at=NOW,
        )
    assert faults(refused) == found
    assert not UnitList.objects.exists()


def test_the_page_says_first_by_how_much_it_fell(lund, lea, client, set_clock) -> None:
    process = make_campaign(lund, acting(lea))
    address = f"/en/take-part/{process.public_id}/"
    set_clock(NOW + 2 * DAY)
    assert "The result will be on this page by" in page_text(client, address)
    set_clock(OVER)
    processes.close_due(at=OVER)
    process.refresh_from_db()
    asked = Asked(at=OVER)
    assert [one.kind for one in items(asked, "campaign-outcome")] == ["campaign-outcome"]
    made = send(process, lea, after(process, -0.9))
    assert made.result["shows_effect"] and made.result["design"] == "randomised"
    low, high = made.result["now"]
    assert low < made.result["ci"][0] < -0.9 < made.result["ci"][1] < high < 0
    said = page_text(client, address)
    assert said.index("Residual waste fell by") < said.index("Fetch a basket")
    assert "80 areas were drawn at random to get the campaign." in said
    # Its promise is kept by it; the decision is still to come.
    assert process.promises.get(kind="answer").outcome.startswith("Residual waste fell by")
    assert not list(items(asked, "campaign-outcome", "promise-answer"))
    assert "result published, decision pending" in said and "closed, answers pending" not in said
    # Both parts of the city are told apart, as the list names them.
    assert {one["group"] for one in made.result["groups"]} == {"Norrby", "Hestra"}
    assert all(one["p_holm"] >= one["p"] for one in made.result["groups"])


def test_a_campaign_that_is_over_says_what_was_in_figures_that_agree(
    lund, lea, client, set_clock
) -> None:
    process = make_campaign(lund, acting(lea))
    people = Participant.objects.bulk_create(
        Participant(process=process, language="en", made_at=NOW) for _ in range(12)
    )
    Pledge.objects.bulk_create(Pledge(participant=one, at=NOW) for one in people)
    address = f"/en/take-part/{process.public_id}/"
    set_clock(NOW + 2 * DAY)
    assert "We publish figures once 20 people have taken part" in page_text(client, address)
    set_clock(OVER)
    processes.close_due(at=OVER)
    assert "The figures are being prepared" in page_text(client, address)
    issue_due(at=OVER)
    process.refresh_from_db()
    send(process, lea, after(process, -0.9))
    said = page_text(client, address)
    assert "12 people pledged to do it." in said and "people have pledged to do it." not in said
    assert "By " not in said.split("The city’s promises")[1].split("Who took part")[0]
    assert "Who took part 12 people took part." in said and "Participation so far" not in said
    assert "The campaign has ended. It asked people to: Fetch a basket" in said
    fell = re.search(r"%, or ([\d.]+) kg", said)
    came = re.search(r"With the campaign: ([\d.]+). Without it: ([\d.]+) kg", said)
    assert fell and came
    assert Decimal(came[2]) - Decimal(came[1]) == Decimal(fell[1])
    assert "95 % confidence interval, which remains valid when new values are added" in said
    # What the city wrote is marked where the page is in another language.
    swedish = page(client, f"/sv/take-part/{process.public_id}/")
    lead = swedish.split('class="lead"', 1)[1].split("</p>", 1)[0]
    assert lead.count('<span lang="en">') == 2 and "Residual waste</span>" in lead


@pytest.mark.parametrize(
    ("inside", "estimate", "said"),
    [
        (6.184, -0.693, ("6.18", "6.87")),
        (6.184, -0.7, ("6.18", "6.88")),
        (1234.0, -120.4, ("1,230", "1,350")),
        (5.0, 0.0, ("5.00", "5.00")),
    ],
)
def test_the_two_levels_differ_by_the_change_as_it_is_said(inside, estimate, said) -> None:
    assert selectors.means({"mean_in": inside, "estimate": estimate}) == said


def test_no_effect_is_said_so(lund, lea, client, set_clock) -> None:
    process = make_campaign(lund, acting(lea))
    set_clock(OVER)
    made = send(process, lea, after(process, 0.0))
    low, high = made.result["now"]
    assert low < 0 < high and not made.result["shows_effect"]
    assert "waste with the campaign: a change of between −0.28" in (
        page_text(client, f"/sv/take-part/{process.public_id}/")
        + page_text(client, f"/en/take-part/{process.public_id}/")
    )
    # The same table again is the same look; another one is the second.
    assert send(process, lea, after(process, 0.0)).pk == made.pk
    assert send(process, lea, after(process, 0.0, seed=9)).number == 2
    # Measured to the last day, it keeps the promise of a result as the campaign closes.
    assert process.promises.get(kind="answer").kept_at is None
    processes.close_due(at=OVER)
    assert process.promises.get(kind="answer").outcome.startswith("No effect found.")
    assert "result published, decision pending" in page_text(
        client, f"/en/take-part/?state=closed&city={process.city.public_id}"
    )


def test_a_shorter_table_takes_the_place_of_a_result_only_if_one_is_sure(
    lund, lea, client, set_clock
) -> None:
    process = make_campaign(lund, acting(lea))
    set_clock(OVER)
    whole = after(process, -0.9)
    send(process, lea, whole)
    client.force_login(lea)
    address = f"/en/campaigns/{process.public_id}/outcomes"
    shorter = {"table": "\n".join(whole.decode().splitlines()[:70])}
    refused = client.post(address, shorter)
    assert refused.status_code == 422 and "11 fewer values than the last one" in (refused.text)
    assert Outcome.objects.count() == 1 and 'type="checkbox" name="is_sure"' in refused.text
    assert client.post(address, shorter | {"is_sure": "on"}).status_code == 302
    assert Outcome.objects.count() == 2


def test_who_gets_it_is_not_asked_again_once_it_is_open(lund, lea, client) -> None:
    process = make_campaign(lund, acting(lea))
    client.force_login(lea)
    for screen in ("measure", "units"):
        answer = client.get(f"/en/campaigns/{process.public_id}/{screen}", follow=True)
        assert (
            answer.redirect_chain
            and "You cannot change the measurement or who gets the campaign after it has opened."
            in answer.text
        )
    assert client.get(f"/en/campaigns/{process.public_id}/describe").status_code == 200


def test_how_it_went_says_that_waste_fell(lund, lea) -> None:
    process = make_campaign(lund, acting(lea))
    send(process, lea, after(process, -0.9))
    (line,) = measure_lines(selectors.measures(process), process.language, "fr")
    assert (str(line.group), line.group.lang_attr) == ("residual waste", "en")
    assert re.fullmatch(r"fell by 1\d %", line.value)
    assert line.low.startswith("−") and line.high.startswith("−")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("Block 99", 1)], [("row 2, column unit", "not-in-table")]),
        ([("Block 01", 1), ("Block 01", 2)], [("row 3, column unit", "in-row")]),
        ([("Block 01", "much")], [("row 2, column value", "no-such-number")]),
        ([("Block 01", "")], [("table", "no-rows")]),
    ],
)
def test_figures_are_refused_by_their_cells(lund, lea, rows, found) -> None:
    process = make_campaign(lund, acting(lea))
    with pytest.raises(InvalidData) as refused:
        send(process, lea, as_csv("unit,value", rows))
    assert faults(refused) == found and not Outcome.objects.exists()


def test_a_table_at_fault_names_the_cell_on_the_page(lund, lea, client) -> None:
    process = make_campaign(lund, acting(lea))
    client.force_login(lea)
    home = f"/en/campaigns/{process.public_id}/"
    answer = client.post(f"{home}outcomes", {"table": "unit,value\nBlock 01,much"})
    assert answer.status_code == 422
    assert "row 2, column value: “much” is not a number" in answer.content.decode()
    # Blocks that are drawn themselves have no column of areas.
    assert ">Area<" not in page(client, home)


def test_a_fall_by_more_than_all_has_no_percent(lund, lea) -> None:
    process = make_campaign(lund, acting(lea))
    columns = UnitList.objects.get().columns
    sides = zip(columns["unit"], columns["treated"], strict=True)
    rows = [(unit, -50 + n % 5 if is_in else 1 + n % 3) for n, (unit, is_in) in enumerate(sides)]
    made = send(process, lea, as_csv("unit,value", rows))
    assert made.result["shows_effect"] and made.result["percent"] is None
    assert "%" not in selectors.sentence(process.campaign, made.result)


def test_a_unit_on_the_other_side_than_it_drew_is_refused(lund, lea) -> None:
    process = make_campaign(lund, acting(lea))
    columns = UnitList.objects.get().columns
    out, side = columns["unit"][0], columns["treated"][0]
    with pytest.raises(InvalidData) as refused:
        send(process, lea, as_csv("unit,value,campaign", [(out, 1, 1 - side)]))
    assert faults(refused) == [("row 2, column campaign", "not-as-drawn")]


def test_without_lots_changes_are_compared_and_it_is_said(lund, lea, client, set_clock) -> None:
    rows = [(name, was, int(at < 40)) for at, (name, was, _part) in enumerate(blocks())]
    content = as_csv("block,before,campaign", rows)
    process = make_campaign(lund, acting(lea), content=content, chosen="by-hand")
    set_clock(OVER)
    made = send(process, lea, after(process, -0.9))
    assert made.result["design"] == "did" and made.result["shows_effect"]
    assert made.result["split_p"] is None
    said = page_text(client, f"/en/take-part/{process.public_id}/")
    assert (
        "got it, and the others are the comparison group. We compare how both "
        "groups changed (difference-in-differences). Part of the difference may "
        "have other causes."
    ) in said and "difference-in-differences" in said


def test_groups_that_differ_at_the_start_are_told(lund, lea, client) -> None:
    rows = [(f"B{at}", 9 if at < 10 else 6 + at % 2, int(at < 10)) for at in range(20)]
    rows = [(name, was + (place % 3) / 10, on) for place, (name, was, on) in enumerate(rows)]
    content = as_csv("block,before,campaign", rows)
    process = make_campaign(lund, acting(lea), content=content, chosen="by-hand")
    said = page_text(client, f"/en/take-part/{process.public_id}/")
    assert "The groups already differed before the start: 9.09" in said


def test_few_households_are_not_told(lund, lea, client) -> None:
    rows = [(f"h{at}", 5 + at % 3, "a" if at < 4 else "b") for at in range(40)]
    content = as_csv("household,before,part", rows)
    process = make_campaign(lund, acting(lea), content=content, kind="household")
    made = send(process, lea, after(process, -1))
    # Of part a there are four households: hidden, and part b with it, or it would tell.
    assert [one.get("hidden") for one in made.result["groups"]] == [True, True]
    said = page(client, f"/en/take-part/{process.public_id}/")
    assert "too few to show" in said and "h12" not in said


def test_so_few_households_have_no_result(lund, lea) -> None:
    rows = [(f"h{at}", 5 + at % 3) for at in range(12)]
    content = as_csv("household,before", rows)
    process = make_campaign(lund, acting(lea), content=content, kind="household")
    made = send(process, lea, after(process, -1))
    assert made.result["fault"] == "few-people"
    assert "No effect found." in selectors.first_line(process)


def test_names_stay_with_the_team(lund, lea, client, set_clock) -> None:
    rows = [(f"Storgatan {at}", 5 + at % 3) for at in range(60)]
    content = as_csv("household,before", rows)
    process = make_campaign(lund, acting(lea), content=content, kind="household")
    set_clock(OVER)
    send(process, lea, after(process, -1))
    assert "Storgatan" not in page(client, f"/en/take-part/{process.public_id}/")
    table = page(client, f"/en/take-part/{process.public_id}/campaign.csv")
    found = list(csv.DictReader(io.StringIO(table.lstrip("\ufeff"))))
    assert len(found) == 60 and list(found[0]) == ["number", "campaign", "before", "after"]
    assert "Storgatan" not in table
    lots = f"/en/campaigns/{process.public_id}/lots.csv"
    assert client.get(lots).status_code == 302
    client.force_login(lea)
    assert "Storgatan 7" in page(client, lots)
    assert "Storgatan 7" in page(client, f"/en/campaigns/{process.public_id}/")


def test_a_resident_pledges_and_says_what_she_did(lund, lea, client, set_clock) -> None:
    process = make_campaign(lund, acting(lea))
    home = f"/en/take-part/{process.public_id}/"
    set_clock(NOW)
    assert client.post(f"{home}pledge").status_code == 302
    assert not Participant.objects.exists()  # It has not begun.
    set_clock(NOW + 2 * DAY)
    assert "I will do it" in page(client, home)
    client.post(f"{home}pledge")
    client.post(f"{home}pledge")
    assert Pledge.objects.count() == 1
    assert "Did you do it?" in page(client, home)
    client.post(f"{home}pledge/done", {"did": "yes"})
    assert Pledge.objects.get().did == "yes"
    assert client.post(f"{home}pledge/done", {"did": "maybe"}).status_code == 302
    assert Pledge.objects.get().did == "yes"
    # One person is too few to be told.
    assert "person has pledged to do it." not in page(Client(), home)
    assert client.get(f"{home}mine/data.json").json()["pledge"]["did"] == "yes"
    assert Client().post(f"{home}pledge/done", {"did": "yes"}).status_code == 404
    own.delete(Participant.objects.get())
    assert not Pledge.objects.exists()


def test_enough_pledges_are_counted_with_their_interval(lund, lea) -> None:
    process = make_campaign(lund, acting(lea))
    people = Participant.objects.bulk_create(
        Participant(process=process, language="en", made_at=NOW) for _ in range(40)
    )
    Pledge.objects.bulk_create(
        Pledge(participant=one, at=NOW, did="yes" if at < 20 else "no" if at < 30 else "")
        for at, one in enumerate(people)
    )
    found = selectors.pledged_so_far(process)
    assert found.n == 40 and found.did is not None
    assert found.did.n == 30 and found.did.value == pytest.approx(2 / 3)


def make_pledges(process: Process, n: int, did: str = "") -> list[Pledge]:
    """Pledges of people who are new, with what they say afterwards."""
    people = Participant.objects.bulk_create(
        Participant(process=process, language="en", made_at=NOW) for _ in range(n)
    )
    return Pledge.objects.bulk_create(Pledge(participant=one, at=NOW, did=did) for one in people)


def test_no_pledge_is_seen_by_two_looks(lund, lea, set_clock) -> None:
    """Before and after one person pledges, or says what she did: nothing published differs."""
    process = make_campaign(lund, acting(lea))
    at, hour = NOW + 2 * DAY, dt.timedelta(hours=1)
    set_clock(at)
    home, api = f"/en/take-part/{process.public_id}/", f"/api/v1/processes/{process.public_id}"

    def look() -> list[Any]:
        return [
            page_text(Client(), home),
            *(Client().get(f"{api}{part}").json() for part in ("", "/campaign", "/participation")),
        ]

    def told() -> tuple[int | None, float | None]:
        found = look()[2]
        return found["pledges"], found["kept"]

    make_pledges(process, 19, "yes")
    assert issue_due(at=at) == 0 and told() == (None, None)
    first = make_pledges(process, 41)[0]
    assert issue_due(at=at) == 1 and told() == (50, 1.0)
    before = look()
    make_pledges(process, 1, "no")
    first.did = "no"
    first.save()
    assert issue_due(at=at + hour) == 0 and look() == before
    # Nine who are new come with it, and say nothing: her answer waits for nine others.
    make_pledges(process, 9)
    assert issue_due(at=at + 2 * hour) == 1 and told() == (60, 1.0)
    silent = Pledge.objects.filter(did="", participant__is_issued=True).order_by("pk")
    Pledge.objects.filter(pk__in=silent[:8]).update(did="no")
    before = look()
    assert issue_due(at=at + 4 * hour) == 0 and look() == before
    Pledge.objects.filter(pk=silent[0].pk).update(did="no")
    assert issue_due(at=at + 4 * hour) == 1 and told() == (60, pytest.approx(19 / 29))
    # At closing all are counted, and who answers later waits for nine others again.
    processes.close_due(at=OVER)
    assert issue_due(at=OVER, closed_only=True) == 1 and told()[0] == 70
    silent = Pledge.objects.filter(did="").order_by("pk")
    Pledge.objects.filter(pk__in=silent[:8]).update(did="yes")
    before = look()
    assert issue_due(at=OVER + hour) == 0 and look() == before
    Pledge.objects.filter(pk=silent[0].pk).update(did="yes")
    assert issue_due(at=OVER + hour) == 1 and told() == (70, pytest.approx(28 / 39))
    assert issue_due(at=OVER + 2 * hour) == 0


def test_three_screens_lead_to_an_open_campaign(lund, lea, client, set_clock) -> None:
    set_clock(NOW)
    client.force_login(lea)
    start = f"/en/campaigns/new?team={lund.public_id}"
    assert "One next step" in page(client, start)
    refused = client.post(start, {"title": "Less", "language": "en"})
    assert refused.status_code == 422 and not Process.objects.exists()
    doing = {
        "title": "Less in the bin",
        "language": "en",
        "summary": "Sort it.",
        "step": "Fetch a basket",
        "step_place": "At the gate",
        "step_when": "Today",
    }
    assert client.post(start, doing).status_code == 302
    process = Process.objects.get()
    home = f"/en/campaigns/{process.public_id}/"
    given = {
        name: getattr(value, "isoformat", lambda value=value: value)()
        for name, value in vars(measuring()).items()
    }
    late = given | {"result_by": given["ends_on"]}
    assert (
        "after the last day of the campaign" in client.post(f"{home}measure", late).content.decode()
    )
    assert client.post(f"{home}measure", given).url == f"{home}units"
    # It cannot be opened by another door before there is a list.
    assert client.post(f"/en/take-part/{process.public_id}/open").status_code == 302
    client.post(f"{home}begin")
    process.refresh_from_db()
    assert process.state == "draft"
    table = {"kind": "area", "chosen": "lots", "n": "40", "table": list_of().decode()}
    assert client.post(f"{home}units", table).url == home
    shown = page_text(client, home)
    assert "80 areas were drawn at random to get the campaign." in shown and "Block 01" in shown
    client.post(f"{home}begin")
    process.refresh_from_db()
    assert process.state == "open"
    # Pages for all kinds of processes lead on.
    assert client.get(f"/en/take-part/{process.public_id}/manage/").url == home
    assert client.get(f"/en/take-part/{process.public_id}/results/").status_code == 302
    assert "Less in the bin" in page(client, "/en/take-part/")


def test_pledges_on_paper_are_typed_in_and_count_with_the_others(lund, lea, client, set_clock):
    process = make_campaign(lund, acting(lea))
    at = NOW + 2 * DAY
    set_clock(at)
    client.force_login(lea)
    home = f"/en/campaigns/{process.public_id}/"
    assert "Add a pledge made on paper or by phone" in page(client, home)
    refused = client.post(f"{home}paper", {"did": "yes", "age_band": "30-49"})
    assert refused.status_code == 422 and not Pledge.objects.exists()
    sent = {"channel": "desk", "did": "yes", "age_band": "30-49", "homepage": ""}
    assert client.post(f"{home}paper", sent)["Location"] == f"{home}paper"
    one = Pledge.objects.get()
    assert (one.did, one.participant.channel, one.participant.age_band) == ("yes", "desk", "30-49")
    assert one.participant.receipt in page(client, f"{home}paper")
    for _ in range(11):
        services.enter_pledge(process, channel="paper", actor=acting(lea, at), at=at)
    found = selectors.pledged_so_far(process)
    assert (found.n, found.by_hand) == (12, 12)
    issue(process, at=at)
    assert "12 people have pledged to do it. On paper or by phone: 12." in page_text(
        Client(), f"/en/take-part/{process.public_id}/"
    )
    # One online among them would be told by the difference.
    own_one = Participant.objects.create(process=process, language="en", made_at=at)
    Pledge.objects.create(participant=own_one, at=at)
    found = selectors.pledged_so_far(process)
    assert (found.n, found.by_hand) == (13, None)
    with pytest.raises(NotAllowed):
        services.enter_pledge(process, channel="paper", actor=acting(person("Ola")), at=at)


def test_the_api_tells_of_lots_and_of_what_changed(lund, lea) -> None:
    process = make_campaign(lund, acting(lea))
    address = f"/api/v1/processes/{process.public_id}/campaign"
    found = Client().get(address).json()
    assert (found["lots"]["inside"], len(found["lots"]["areas"])) == (40, 40)
    assert (found["lots"]["salt"], found["result"], found["pledges"]) == ("fictional", None, None)
    send(process, lea, after(process, -1))
    result = Client().get(f"{address}?lang=sv").json()["result"]
    effect = result["effect"]
    assert effect["shows_effect"] and effect["low"] < effect["estimate"] < effect["high"] < 0
    assert "minskade" in result["sentence"]
    draft = make_campaign(lund, acting(lea), opened=False)
    assert Client().get(f"/api/v1/processes/{draft.public_id}/campaign").status_code == 404
