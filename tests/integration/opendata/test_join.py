"""Two networks: what one publishes comes to the other, and nothing that cannot be trusted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from alliance.core import audit
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.text import canonical_json
from alliance.core.waiting import Asked, items
from alliance.knowledge import rules, writing_rules
from alliance.knowledge.exports import nested_cases, rows_of
from alliance.knowledge.imports import importable
from alliance.knowledge.models import CaseStudy, CaseVersion, Solution, SolutionText
from alliance.knowledge.records import COST_COLUMNS, SolutionRecord, SolutionTextRecord
from alliance.knowledge.selectors.access import get_case_for
from alliance.knowledge.selectors.case_list import with_line_parts
from alliance.knowledge.selectors.drafts import acts_on_case
from alliance.knowledge.services import save_case, save_solution
from alliance.knowledge.services.solutions import set_solution_facts
from alliance.knowledge.services.withdrawals import withdraw_case
from alliance.knowledge.solution_imports import importable_solutions
from alliance.knowledge.templatetags.knowledge_words import case_hit
from alliance.network.enums import Origin
from alliance.network.outside import Answer, Unreachable
from alliance.network.text_checks import LONGEST
from alliance.opendata import feed, subscriptions
from alliance.opendata.models import FeedEntry, RecordState, Subscription, in_fours
from alliance.opendata.tasks import fetch_networks
from alliance.opendata.views import networks
from tests.factories.knowledge import case_document, lay_ground, make_case, text
from tests.factories.people import NOW, acting, person, team
from tests.factories.upstream import ADDRESS, Upstream

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


def content_of(name: str = "Lund", public_id: str = "lund-pricing", **changes: Any) -> Any:
    """What another network tells of a case: written here, read, and given back."""
    with transaction.atomic():
        document = case_document(name, **changes)
        save_case(document, public_id=public_id, actor=audit.COMMAND_LINE, at=NOW, grade=False)
        content = importable(next(nested_cases(NOW.date(), [public_id])))
        transaction.set_rollback(True)
    return content


def solution_of(name: str = "Cable cars", public_id: str = "cable-cars", **changes: Any) -> Any:
    """What another network tells of a solution."""
    with transaction.atomic():
        texts = (
            SolutionTextRecord("en", name, "Over the roofs.", prerequisites=("A hill",)),
            SolutionTextRecord("sv", "Linbana", status="translated"),
        )
        cost = COST_COLUMNS | {
            "kind": "investment", "low": 2.5, "currency": "EUR", "price_year": 2024, "per": "km",
            "source_title": "A report", "source_url": "https://example.org/r", "read": "full-text",
        }  # fmt: skip
        values = {"prerequisite_kinds": ("other",), "costs": (cost,), "themes": ("mobility",)}
        record = SolutionRecord(public_id, "approach", texts, **{**values, **changes})
        save_solution(record, actor=audit.COMMAND_LINE, at=NOW)
        content = importable_solutions([public_id], NOW.date())[public_id]
        transaction.set_rollback(True)
    return content


@pytest.fixture
def upstream() -> Upstream:
    lay_ground()
    return Upstream(NOW)


@pytest.fixture
def secretary() -> audit.Actor:
    return acting(person("Sara Ny", "secretariat"))


@pytest.fixture
def followed(upstream: Upstream, secretary: audit.Actor) -> Callable[..., Subscription]:
    """Subscribes, if we do not yet, and fetches."""

    def fetched(at: dt.datetime = NOW) -> Subscription:
        one = Subscription.objects.filter(address=ADDRESS).first()
        if one is None:
            one = subscriptions.subscribe(ADDRESS, actor=secretary, at=at, ask=upstream.ask)
            subscriptions.confirm(one, actor=secretary, at=at)
        return subscriptions.fetch(one, at=at, ask=upstream.ask)

    return fetched


def states(one: Subscription) -> dict[str, str]:
    return dict(one.records.values_list("public_id", "state"))


@pytest.mark.sql
def test_cases_come_with_their_origin_are_corrected_and_withdrawn(
    upstream, followed, client, secretary
):
    upstream.tell(content_of())
    one = followed()
    cases = CaseStudy.objects.all()
    case = cases.get()
    assert (case.origin, case.from_network) == (Origin.NETWORK, "Nordic cities")
    page = client.get(f"/en/cases/{case.public_id}/").content.decode()
    assert "From Nordic cities, version 1." in page
    assert f'href="{ADDRESS}/en/cases/{case.public_id}/"' in page
    hit = case_hit({"home_href": "/en/"}, with_line_parts(cases)[0])
    assert "from Nordic cities" in hit
    # Nobody changes it here: not the municipality of its city, not the secretariat.
    editor = audit.Actor("editor", teams={team("lund").public_id: "editor"})
    for actor in (editor, secretary):
        assert not rules.may_change_case(actor, case)
        assert not writing_rules.may_translate(actor, case)
        assert not writing_rules.may_review_translation(actor, case)
        acts = acts_on_case(actor, get_case_for(actor, case.public_id, "read"))
        assert not acts["can_change"] and not acts["can_confirm"]

    assert followed(LATER).last_number == 1
    upstream.tell(content_of(texts=(text(title="Pricing the ring road"),)))
    followed(LATER)
    case.refresh_from_db()
    assert (case.from_version, case.texts.get().title) == (2, "Pricing the ring road")

    upstream.tell(None, case.public_id, because="The counts were wrong.")
    one = followed(LATER)
    gone = client.get(f"/en/cases/{case.public_id}/")
    assert gone.status_code == 410
    assert "Withdrawn by Nordic cities: The counts were wrong." in gone.content.decode()
    gone = client.get(f"/fr/cases/{case.public_id}/").content.decode()
    assert "Retiré par Nordic cities\N{NO-BREAK SPACE}: The counts were wrong." in gone
    assert states(one) == {case.public_id: RecordState.WITHDRAWN}

    upstream.tell(content_of())
    followed(LATER)
    case.refresh_from_db()
    assert case.status == "published"
    withdraw_case(case, reason="Not fit for us.", actor=secretary, at=LATER)
    upstream.tell(content_of(texts=(text(title="Once more"),)))
    assert states(followed(LATER)) == {case.public_id: RecordState.HIDDEN}
    case.refresh_from_db()
    assert case.status == "withdrawn"


def test_what_would_come_is_shown_and_not_written(upstream, secretary, client):
    upstream.tell(content_of())
    one = subscriptions.subscribe(f"{ADDRESS}/", actor=secretary, at=NOW, ask=upstream.ask)
    assert one.preview == {"counts": {"taken": 1}, "titles": ["Pricing the roads"], "n": 1}
    assert one.key == upstream.key
    client.force_login(secretary.user)
    assert "shown here: 1" in client.get(f"/en/desk/networks/{one.public_id}/").content.decode()
    assert not CaseStudy.objects.exists() and not one.records.exists()
    # Whoever broke off, without confirming the key, can ask again.
    again = subscriptions.subscribe(ADDRESS, actor=secretary, at=NOW, ask=upstream.ask)
    assert (again.pk, again.state) == (one.pk, "new")
    subscriptions.confirm(one, actor=secretary, at=NOW)
    with pytest.raises(InvalidData, match="already subscribe to this network"):
        subscriptions.subscribe(ADDRESS, actor=secretary, at=NOW, ask=upstream.ask)
    with pytest.raises(NotAllowed):
        subscriptions.confirm(one, actor=audit.VISITOR, at=NOW)


def test_ours_is_never_overwritten_and_the_secretariat_chooses(upstream, followed, secretary):
    theirs = content_of(texts=(text(title="Theirs"),))
    ours = make_case("Lund", public_id="lund-pricing", actor=secretary)
    upstream.tell(theirs)
    one = followed()
    assert states(one) == {ours.public_id: RecordState.CONFLICT}
    assert ours.texts.get().title == "Pricing the roads"
    waiting = [(item.kind, item.titles["en"]) for item in items(Asked(at=NOW))]
    assert ("network-choice", "Theirs") in waiting

    chosen = {"kind": "case", "actor": secretary}
    subscriptions.choose(one, ours.public_id, theirs=False, at=NOW, **chosen)
    followed(LATER)
    assert states(one) == {ours.public_id: RecordState.OURS}
    upstream.tell(content_of_again(theirs, title_en="Theirs, corrected"))
    followed(LATER)
    subscriptions.choose(one, ours.public_id, theirs=True, at=LATER, **chosen)
    ours.refresh_from_db()
    assert (ours.texts.get().title, ours.from_version) == ("Theirs, corrected", 2)
    assert ours.versions.count() == 2


def content_of_again(content: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return json.loads(canonical_json(content)) | changes


def test_what_is_not_fit_waits_by_name_and_comes_once_it_is(
    upstream, followed, secretary, client, monkeypatch
):
    row = content_of()
    upstream.tell(row | {"id": "closed"}, licence="CC-BY-NC-4.0")
    upstream.tell(row | {"id": "other", "solution": "cable-cars"})
    upstream.tell(row | {"id": "elsewhere", "city": "narvik"})
    upstream.tell({"id": "later"}, kind="poem")
    upstream.tell({"id": "half"})
    one = followed()
    assert states(one) == {
        **dict.fromkeys(("closed", "other", "later", "half"), RecordState.HELD),
        "elsewhere": RecordState.TAKEN,
    }
    assert CaseStudy.objects.get().city is None
    told = {row.public_id: " ".join(row.fault_messages) for row in one.records.all()}
    assert "CC-BY-NC-4.0" in told["closed"] and "cable-cars" in told["other"]
    assert "poem" in told["later"]
    client.force_login(secretary.user)
    monkeypatch.setattr(networks, "MOST", 3)
    page = client.get(f"/en/desk/networks/{one.public_id}/").content.decode()
    assert "1 more item is waiting" in page
    Solution.objects.filter(public_id="road-pricing").update(public_id="cable-cars")
    assert states(followed(LATER))["other"] == RecordState.TAKEN


def test_a_solution_comes_before_its_cases_is_corrected_and_goes(
    upstream, followed, client, secretary
):
    upstream.tell(content_of() | {"solution": "cable-cars"})
    told = solution_of()
    upstream.tell(told, kind="solution")
    assert set(states(followed()).values()) == {RecordState.TAKEN}
    solution = CaseStudy.objects.get().solution
    assert importable_solutions(["cable-cars"], NOW.date()) == {"cable-cars": told}

    # Page, open data and citation name the network; nobody changes it here.
    page = client.get("/en/solutions/cable-cars/").content.decode()
    assert "From Nordic cities, version 1." in page
    assert f'href="{ADDRESS}/en/solutions/cable-cars/"' in page
    row = next(one for one in rows_of("solutions", NOW.date()) if one["id"] == "cable-cars")
    assert (row["origin"], row["from_network"]) == ("network", "Nordic cities")
    assert "Nordic cities" in client.get("/en/cite/solution/cable-cars/").content.decode()
    assert not writing_rules.may_translate(secretary, solution)
    with pytest.raises(NotAllowed, match="another network"):
        set_solution_facts(solution, costs=(), prerequisite_kinds=(), actor=secretary, at=NOW)

    upstream.tell(solution_of("Aerial lifts"), kind="solution")
    followed(LATER)
    assert solution.texts.get(language="en").name == "Aerial lifts"
    # It is told no more, but a case from there still names it.
    upstream.tell(None, "cable-cars", kind="solution")
    followed(LATER)
    assert client.get("/en/solutions/cable-cars/").status_code == 200
    upstream.tell(None, "lund-pricing")
    followed(LATER)
    gone = client.get("/en/solutions/cable-cars/")
    assert gone.status_code == 410
    assert "Nordic cities no longer publishes it" in gone.content.decode()
    assert client.get("/api/v1/solutions/cable-cars").status_code == 410
    assert not [one for one in rows_of("solutions", NOW.date()) if one["id"] == "cable-cars"]
    assert not list(rows_of("costs", NOW.date()))

    upstream.tell(told, kind="solution")
    upstream.tell(content_of() | {"solution": "cable-cars"})
    one = followed(LATER)
    assert client.get("/en/solutions/cable-cars/").status_code == 200
    # A case of ours names it: it becomes ours when nobody tells us of it any longer.
    make_case("Umeå", solution="cable-cars")
    subscriptions.end(one, actor=secretary, at=LATER)
    solution.refresh_from_db()
    assert (solution.origin, solution.withdrawn_at) == (Origin.MEMBERS, None)
    page = client.get("/en/solutions/cable-cars/").content.decode()
    assert "First published by Nordic cities" in page
    assert writing_rules.may_translate(secretary, solution)


def test_a_solution_of_ours_stays_where_theirs_differs(upstream, followed, secretary, client):
    theirs = solution_of("Charging drivers", "road-pricing")
    upstream.tell(theirs, kind="solution")
    one = followed()
    assert states(one) == {"road-pricing": RecordState.CONFLICT}
    client.force_login(secretary.user)
    page = client.get(f"/en/desk/networks/{one.public_id}/").content.decode()
    assert "Charging drivers" in page and 'href="/en/solutions/road-pricing/"' in page
    client.post(
        f"/en/desk/networks/{one.public_id}/records/road-pricing",
        {"kind": "solution", "theirs": "yes"},
    )
    assert states(one) == {"road-pricing": RecordState.TAKEN}
    solution = Solution.objects.get()
    assert solution.from_network == "Nordic cities"
    # The same words are no choice.
    Solution.objects.update(from_address="", origin=Origin.MEMBERS)
    one.records.all().delete()
    upstream.tell(theirs, kind="solution")
    assert states(followed(LATER)) == {"road-pricing": RecordState.OURS}
    upstream.tell(theirs | {"kind": "wand"}, kind="solution")
    Solution.objects.update(from_address=ADDRESS)
    one = followed(LATER)
    assert states(one) == {"road-pricing": RecordState.HELD}
    assert "wand" in " ".join(one.records.get().fault_messages)


def gap(page: dict[str, Any]) -> None:
    del page["entries"][0]


def order(page: dict[str, Any]) -> None:
    page["entries"].reverse()


def other_words(page: dict[str, Any]) -> None:
    page["entries"][0]["content"]["title_en"] = "Something else"


def other_licence(page: dict[str, Any]) -> None:
    page["entries"][1]["licence"] = "CC0-1.0"


def held_back(page: dict[str, Any]) -> None:
    page["entries"].clear()


def old(page: dict[str, Any]) -> None:
    page["at"] = "2026-01-01T00:00:00Z"


def of_another_place(page: dict[str, Any]) -> None:
    page["after"] = 7


def elsewhere(page: dict[str, Any]) -> None:
    page["address"] = "https://other.example"


def other_past(page: dict[str, Any]) -> None:
    page["head"]["number"] = 1


def test_a_feed_that_does_not_hold_is_refused_and_stops(upstream, secretary):
    one = subscriptions.subscribe(ADDRESS, actor=secretary, at=NOW, ask=upstream.ask)
    subscriptions.confirm(one, actor=secretary, at=NOW)
    content = content_of()
    upstream.tell(content)
    upstream.tell(content | {"id": "second"})

    for spoil, told in (
        (gap, "Entry 1 is missing"),
        (order, "Entry 1 is missing"),
        (other_words, "changed after it was signed"),
        (other_licence, "changed after it was signed"),
        (held_back, "Entry 1 is missing"),
        (old, "An old response"),
        (of_another_place, "An old response"),
        (elsewhere, "https://other.example"),
        (other_past, "no longer matches the one we received before"),
    ):
        page = json.loads(canonical_json(upstream.page(0)))
        spoil(page)
        subscriptions.fetch(one, at=NOW, ask=answering(upstream.signed(page)))
        assert (one.state, one.last_number) == ("stopped", 0), spoil
        assert told in one.fault_message
        waiting = [(item.kind, item.titles["en"]) for item in items(Asked(at=NOW))]
        assert ("network-stopped", "Nordic cities") in waiting
        subscriptions.resume(one, actor=secretary, at=NOW)
    assert not CaseStudy.objects.exists()
    assert subscriptions.fetch(one, at=NOW, ask=upstream.ask).last_number == 2


def answering(body: bytes) -> Callable[..., Answer]:
    return lambda method, url, **_limits: Answer(url, 200, {}, body)


def test_a_stranger_a_cut_and_silence(upstream, followed, secretary):
    upstream.tell(content_of())
    one = followed()

    stranger = Upstream(NOW, key=b"s" * 32)
    stranger.entries = upstream.entries
    whole = upstream.signed(upstream.page(1))
    for body, told in (
        (
            stranger.signed(stranger.page(1)),
            f"The content is signed with a different key: {in_fours(stranger.key)}",
        ),
        (stranger.signed(upstream.page(1)), "The content is signed with a different key"),
        (whole[: len(whole) // 2], "may have been cut off"),
        (whole.replace(b"Nordic", b"Soviet"), "changed after it was signed"),
        (whole.replace(b"feed-1", b"feed-2"), "alliance-feed-2"),
        (upstream.signed(upstream.page(1) | {"at": "2026-13-01T00:00:00Z"}), "cannot be read"),
        (upstream.signed(upstream.page(1) | {"at": "2027-01-01T00:00:00Z"}), "the clock on one"),
        (upstream.signed(upstream.page(1) | {"network": "<b>Nordic"}), "cannot be read"),
        (b'{"page": [], "signature": 1}', "cannot be read"),
        (b"<html>", "cannot be read"),
    ):
        subscriptions.fetch(one, at=LATER, ask=answering(body))
        assert one.state == "stopped" and told in one.fault_message
        subscriptions.resume(one, actor=secretary, at=LATER)

    def silent(*_args: Any, **_limits: Any) -> Answer:
        raise Unreachable("did not answer in time")

    subscriptions.fetch(one, at=LATER, ask=silent)
    assert (one.state, one.failing_since) == ("active", LATER)
    day = LATER + dt.timedelta(days=1)
    kinds = [[item.kind for item in items(Asked(at=at))] for at in (LATER, day)]
    assert "network-stopped" not in kinds[0] and "network-stopped" in kinds[1]


def test_what_no_record_holds_waits_by_name_and_holds_up_nothing(upstream, followed):
    content = content_of()
    for number, spoilt in enumerate(({"city": []}, {"adapted_from": {}}, {"title_en": 5})):
        upstream.tell(content | {"id": f"spoilt-{number}"} | spoilt)
    upstream.tell(content)
    one = followed()
    assert states(one) == dict.fromkeys(("spoilt-0", "spoilt-1", "spoilt-2"), "held") | {
        "lund-pricing": "taken"
    }
    assert one.fault is None and all(row.fault_messages for row in one.records.filter(state="held"))
    # As long as a reason may be there, without the name of the network before it.
    upstream.tell(None, "lund-pricing", because="x" * LONGEST)
    one = followed()
    reason = CaseStudy.objects.get(status="withdrawn").withdrawn_because
    assert reason.startswith("withdrawn-there-because: xx") and len(reason) == LONGEST
    upstream.tell(content | {"id": "next"}, version=2**31)
    one = followed()
    assert (one.state, one.last_number) == ("stopped", 5) and "cannot be read" in one.fault_message


def test_what_goes_wrong_with_one_network_holds_up_no_other(monkeypatch):
    for name in ("a", "b", "c"):
        Subscription.objects.create(address=name, name=name, key="0", state="active", made_at=NOW)
    asked = []

    def fetch(one: Subscription, **_at: Any) -> Subscription:
        asked.append(one.name)
        if one.name == "b":
            raise OSError("full")
        return one

    monkeypatch.setattr(subscriptions, "fetch", fetch)
    with pytest.raises(OSError, match="full"):
        fetch_networks.call()
    assert asked == ["a", "b", "c"]


def test_pages_come_one_by_one_and_the_end_of_it_withdraws(upstream, followed, secretary):
    upstream.most = 2
    content = content_of()
    for number in range(3):
        upstream.tell(content | {"id": f"case-{number}"})
    one = followed()
    assert (one.last_number, CaseStudy.objects.count(), upstream.asked) == (3, 3, 3)
    subscriptions.pause(one, actor=secretary, at=LATER)
    upstream.tell(None, "case-0")
    followed(LATER)
    assert CaseStudy.objects.filter(status="published").count() == 3
    subscriptions.end(one, actor=secretary, at=LATER)
    assert not CaseStudy.objects.filter(status="published").exists()
    again = subscriptions.subscribe(ADDRESS, actor=secretary, at=LATER, ask=upstream.ask)
    subscriptions.confirm(again, actor=secretary, at=LATER)
    subscriptions.fetch(again, at=LATER, ask=upstream.ask)
    assert CaseStudy.objects.filter(status="published").count() == 2


def test_our_own_feed_tells_what_is_ours_and_forgets_what_was_withdrawn(client, secretary):
    lay_ground()
    ours = make_case("Lund", public_id="ours")
    make_case("Umeå", public_id="starter", origin=Origin.STARTER)
    make_case("Umeå", public_id="theirs", origin=Origin.NETWORK)
    hidden = make_case("Umeå", public_id="hidden")
    CaseStudy.objects.filter(pk=hidden.pk).update(is_masked=True, city=None)
    assert feed.publish(at=NOW) == 2
    assert feed.publish(at=NOW) == 0
    solution, case = client.get("/api/v1/feed").json()["page"]["entries"]
    # The solution that it names stands before it.
    assert (solution["kind"], solution["content"]["name_en"]) == ("solution", "Road pricing")
    assert (case["id"], case["content"]["title_en"]) == ("ours", "Pricing the roads")
    SolutionText.objects.filter(language="en").update(summary="Pay by the hour.")
    assert feed.publish(at=LATER) == 1
    withdraw_case(ours, reason="Counted twice.", actor=secretary, at=LATER)
    assert feed.publish(at=LATER) == 2
    page = client.get("/api/v1/feed?after=0").json()["page"]
    assert [
        (one["kind"], one["version"], one["withdrawn"], one["because"], one["content"])
        for one in page["entries"]
    ] == [
        ("solution", 1, False, "", None),
        ("case", 1, False, "", None),
        ("solution", 2, False, "", None),
        ("case", 1, True, "Counted twice.", None),
        ("solution", 2, True, "", None),
    ]
    assert not FeedEntry.objects.exclude(content=None).exists()


def test_a_network_reads_the_feed_of_another_one_as_it_is_served(client, secretary, settings):
    lay_ground()
    make_case("Lund", public_id="ours")
    feed.publish(at=NOW)
    settings.BASE_URL = ADDRESS
    body = client.get("/api/v1/feed").content
    CaseVersion.objects.all().delete()
    CaseStudy.objects.all().delete()
    Solution.objects.all().delete()
    settings.BASE_URL = "https://here.example"
    at = dt.datetime.fromisoformat(json.loads(body)["page"]["at"])
    one = subscriptions.subscribe(ADDRESS, actor=secretary, at=at, ask=answering(body))
    assert one.preview["counts"] == {"taken": 2}
