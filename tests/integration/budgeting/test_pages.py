"""The pages of a budget, as residents and the team of a city meet them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from alliance.budgeting.models import Ballot, Budget, Project, VoterCode
from alliance.budgeting.services import counting, papers, preparing
from alliance.core import clock, throttle
from alliance.equity.models import AreaSet
from alliance.participation.enums import ProcessKind
from alliance.participation.models import Participant, Process
from alliance.participation.services.papers import typeset
from tests.factories.budgets import make_ballots, make_budget, make_code, make_proposal
from tests.factories.pages import page_text
from tests.factories.participation import make_process
from tests.factories.people import acting

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def address(process, rest: str = "") -> str:
    return f"/en/take-part/{process.public_id}/{rest}"


@pytest.fixture
def desk(client, lea) -> Client:
    client = Client()
    client.force_login(lea)
    return client


def test_a_resident_votes_with_a_code_and_finds_the_ballot_again(client, process, budget) -> None:
    code = make_code(process)
    assert "You need the code" in page_text(client, address(process))
    page = page_text(client, address(process, "ballot"))
    assert "1. Trees – 300\u00a0SEK" in page or "1. Trees – 300 SEK" in page
    trees = budget.projects.get(title="Trees")
    sent = {"projects": [trees.public_id], "code": code.upper()}
    answer = client.post(address(process, "ballot"), sent)
    assert (answer.status_code, answer["Location"]) == (302, address(process, "mine/"))
    ballot = Ballot.objects.get()
    mine = page_text(client, address(process, "mine/"))
    assert ballot.public_id not in mine and ballot.participant.receipt in mine
    own = client.get(address(process, "mine/data.json")).json()
    assert own["ballot"]["projects"][0]["title"] == "Trees"

    # She changes her mind, in the same browser without the code.
    lamps = budget.projects.get(title="Lamps")
    assert "checked" in client.get(address(process, "ballot")).content.decode()
    client.post(address(process, "ballot"), {"projects": [lamps.public_id]})
    assert ballot.entries.get().project == lamps
    found = Client().post(
        "/en/take-part/receipt", {"receipt": ballot.participant.receipt}, follow=True
    )
    assert "Lamps" in found.content.decode()


def test_a_refused_ballot_keeps_its_ticks_and_makes_nobody_a_participant(client, process) -> None:
    budget = make_budget(process, fits_budget=True)
    ids = [one.public_id for one in budget.projects.all()]
    answer = client.post(address(process, "ballot"), {"projects": ids, "code": make_code(process)})
    page = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 422
    assert "200 SEK more than the budget" in page and page.count(" checked") == 3
    wrong = client.post(address(process, "ballot"), {"projects": ids[:1], "code": "wrong"})
    page = wrong.content.decode()
    assert (
        "We do not recognise this code. Check every character." in page
        and page.count(" checked") == 1
    )
    assert page.index('name="code"') < page.index('name="projects"')
    # They are there also when she comes back with the right code.
    again = page_text(client, address(process, "ballot"))
    assert "Your choices are still here" in again
    client.cookies[f"ballot_{process.public_id}"] = "forged"
    assert "still here" not in page_text(client, address(process, "ballot"))
    assert not Participant.objects.exists()
    assert client.post(address(process, "ballot"), {"homepage": "x"}).status_code == 422


@pytest.mark.parametrize("kind", ["cumulative", "ordinal"])
def test_points_and_places_are_typed(client, process, kind) -> None:
    budget = make_budget(process, ballot=kind, points=5)
    trees, lamps = (budget.projects.get(title=title) for title in ("Trees", "Lamps"))
    sent = {f"value_{trees.public_id}": "2", f"value_{lamps.public_id}": "1"}
    assert client.post(address(process, "ballot"), sent).status_code == 422
    assert 'value="2"' in client.get(address(process, "ballot")).content.decode()
    client.post(address(process, "ballot"), sent | {"code": make_code(process)})
    entries = Ballot.objects.get().entries.values_list("project__title", "value")
    assert set(entries) == {("Trees", 2), ("Lamps", 1)}
    again = client.get(address(process, "ballot")).content.decode()
    assert 'value="2"' in again


def test_who_votes_by_address_or_account_is_led_there_first(client, process, lea) -> None:
    budget = make_budget(process, voters="email")
    assert "First, your email address" in page_text(client, address(process, "ballot"))
    answer = client.post(address(process, "ballot/email"), {"email": "kim@example.org"})
    assert answer["Location"] == address(process, "ballot")
    Participant.objects.update(email="kim@example.org", email_confirmed_at=process.made_at)
    assert "First, your email address" not in page_text(client, address(process, "ballot"))
    sent = {"projects": [budget.projects.get(title="Trees").public_id]}
    assert client.post(address(process, "ballot"), sent).status_code == 302
    Ballot.objects.all().delete()

    Budget.objects.update(voters="account")
    assert client.get(address(process, "ballot/email")).status_code == 404
    visitor = Client()
    page = visitor.get(address(process, "ballot")).content.decode()
    assert 0 < page.index("First, sign in") < page.index("1. Trees")
    answer = visitor.post(address(process, "ballot"), sent)
    assert answer["Location"].startswith("/en/accounts/sign-in/?next=%2Fen%2Ftake-part")
    assert not Ballot.objects.exists()
    # Who signs out, or clears the device, leaves it to nobody.
    chosen = visitor.cookies[f"ballot_{process.public_id}"].value
    for ending in ("/en/accounts/sign-out/", "/en/take-part/this-device/clear"):
        visitor.cookies[f"ballot_{process.public_id}"] = chosen
        visitor.force_login(lea)
        assert visitor.get(ending).status_code in (200, 405)
        assert visitor.cookies[f"ballot_{process.public_id}"].value
        visitor.post(ending)
        assert not visitor.cookies[f"ballot_{process.public_id}"].value
    visitor.cookies[f"ballot_{process.public_id}"] = chosen
    visitor.force_login(lea)
    # What she chose is there again, until she gives it.
    assert visitor.get(address(process, "ballot")).content.decode().count(" checked") == 1
    assert visitor.post(address(process, "ballot"), sent).status_code == 302
    assert Ballot.objects.get().participant.user == lea
    assert not visitor.cookies[f"ballot_{process.public_id}"].value


def test_the_link_that_confirms_an_address_leads_to_the_ballot_with_its_choices(
    client, process, monkeypatch
) -> None:
    budget, links = make_budget(process, voters="email"), []
    write = "alliance.participation.services.own.write_letter"
    monkeypatch.setattr(write, lambda name, *args, url, **words: links.append((name, url)))
    ballot = address(process, "ballot")

    def link_for(browser: Client, email: str) -> str:
        sent = {"projects": [budget.projects.get(title="Trees").public_id], "email": email}
        browser.post(f"{ballot}/email", sent)
        name, url = links.pop()
        assert name == "confirm_voter"
        return "/en/" + url.partition("/en/")[2]

    link = link_for(client, "kim@example.org")
    assert "You can then vote in" in page_text(client, link)
    assert client.post(link)["Location"] == ballot
    page = client.get(ballot).content.decode()
    assert page.count(" checked") == 1 and 'formaction="' not in page
    assert "You can vote now" in page
    # Where the link is opened on another device, that one is told to go back.
    link, phone = link_for(Client(), "ola@example.org"), Client()
    home = phone.post(link)["Location"]
    assert home == address(process)
    assert "vote where you asked for the link" in page_text(phone, home)
    # A link that was used leads nowhere further.
    assert "no longer works" in page_text(client, client.post(link)["Location"])


def test_who_voted_reads_on_which_devices_she_can_change_it(client, process, lea) -> None:
    budget = make_budget(process)
    sent = {"projects": [budget.projects.get(title="Trees").public_id]}
    client.post(address(process, "ballot"), sent | {"code": make_code(process)})
    assert "another device with your receipt code" in page_text(client, address(process))
    Participant.objects.update(user=lea)
    client.force_login(lea)
    assert "any device on which you sign in" in page_text(client, address(process))


def test_a_process_of_another_kind_has_no_ballot(client, process, desk) -> None:
    other = make_process(process.organisation, kind=ProcessKind.PROPOSALS)
    for rest in ("ballot", "projects/", "ballots.pb", "budget/", "budget/terms"):
        assert desk.get(address(other, rest)).status_code == 404
    # Before it is declared, there is nothing to vote on.
    assert client.get(address(process, "ballot")).status_code == 404


def test_from_proposals_to_the_result_through_the_pages(process, desk, lea, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now - 5 * DAY)
    terms = {
        "amount": "1000", "currency": "SEK", "ballot": "approval", "voters": "code",
        "rule": "greedy", "unaffordable": "skip", "completion": "none", "utility": "cost",
        "quotas-0-category": "Streets", "quotas-0-most_projects": "1",
    }  # fmt: skip
    assert desk.post(address(process, "budget/terms"), terms).status_code == 302
    page = desk.get(address(process, "budget/terms")).content.decode()
    assert 'value="1000"' in page and 'value="Streets"' in page
    for title, cost in (("Trees", "300"), ("Lamps", "400.50")):
        proposal = make_proposal(process, title)
        assert title in page_text(desk, address(process, "budget/"))
        form = {"title": title, "language": "en", "cost": cost, "cost_basis": "A price list."}
        estimate = address(process, f"proposals/{proposal.public_id}/estimate")
        answer = desk.post(estimate, form)
        project = Project.objects.get(proposal=proposal)
        assert answer["Location"] == address(process, f"projects/{project.public_id}/eligible")
        assert desk.post(answer["Location"], {"eligible": "yes"}).status_code == 422
        said = {"eligible": "yes", "reason": "On land of the city."}
        assert desk.post(answer["Location"], said).status_code == 302
    change = address(process, f"projects/{project.public_id}/estimate")
    assert 'value="400.50"' in desk.get(change).content.decode()
    assert "With made-up ballots" in page_text(desk, address(process, "budget/compare"))
    desk.post(address(process, "budget/declare"))
    assert Budget.objects.get().declared_at is not None
    assert (
        "No voting codes yet. Create them first on the budget page: each "
        "ballot on paper, by phone or in person needs its own code."
    ) in page_text(desk, address(process, "budget/paper"))
    codes = desk.post(address(process, "budget/codes"), {"n": "12"})
    lines = codes.content.decode().split()
    assert lines[0] == "code" and len(lines) == 13 == VoterCode.objects.count() + 1

    monkeypatch.setattr(clock, "now", lambda: now)
    both = {"projects": [one.public_id for one in Project.objects.all()]}
    for code in lines[1:11]:
        assert Client().post(address(process, "ballot"), both | {"code": code}).status_code == 302
    paper = both | {"channel": "paper", "code": lines[11], "age_band": "65+"}
    said_ = desk.post(address(process, "budget/paper"), paper, follow=True).content.decode()
    assert Participant.objects.get(channel="paper").receipt in said_
    again = desk.post(address(process, "budget/paper"), paper)
    assert (
        "A ballot has already been cast with this code, address or account, here "
        "or on paper. It counts."
    ) in again.content.decode()

    Process.objects.update(state="closed", closed_at=now)
    answer = desk.post(address(process, "budget/count"))
    assert answer["Location"] == address(process, "results/#count")
    page = page_text(Client(), address(process, "results/")).replace("\u00a0", " ")
    assert "11 ballots. Voters who got a project they chose: 11" in page
    assert "Projects chosen: 2, using 700.50 SEK of 1,000 SEK." in page
    assert "Projects chosen: 2, using 700.50 SEK of 1,000 SEK." in page_text(
        Client(), address(process, "")
    )
    assert Client().get(address(process, "ballots.pb")).content.startswith(b"META")


def test_an_author_says_yes_to_merging_on_her_own_page(client, desk, process, lea, now) -> None:
    budget = make_budget(process, is_declared=False)
    Process.objects.filter(pk=process.pk).update(is_strict=False)
    process.phases.filter(kind="write").update(closes_at=now + DAY)
    sent = {"title": "Shrubs", "text": "Plant shrubs.", "language": "en"}
    assert client.post(address(process), sent).status_code == 302
    author = Participant.objects.get()
    by = {"actor": acting(lea), "at": now}
    words = preparing.Estimate("Shrubs", "en", Decimal(100), "A price list.")
    shrubs = preparing.estimate(process, author.contributions.get(), words, **by)
    agree = address(process, f"projects/{shrubs.public_id}/agree")
    assert client.get(agree).status_code == 404
    preparing.ask_to_merge(shrubs, budget.projects.get(title="Trees"), **by)
    assert "Can “Shrubs” be merged into “Trees”?" in page_text(client, address(process, "mine/"))
    assert Client().get(agree).status_code == 404
    assert client.post(agree, {"yes": "yes"}).status_code == 302
    consent = address(process, f"projects/{shrubs.public_id}/consent")
    said = {"side": "other", "consent": "yes", "note": "By phone."}
    assert desk.post(consent, said).status_code == 302
    assert "Merged into: Trees" in page_text(Client(), address(process, "projects/"))
    assert client.get(agree).status_code == 404


def test_projects_with_a_point_are_on_a_map_and_all_in_the_list(client, process, now) -> None:
    budget = make_budget(process)
    addresses = [address(process), address(process, "projects/")]
    assert not any(b'class="pin"' in client.get(one).content for one in addresses)
    budget.projects.filter(title="Trees").update(latitude=55.705, longitude=13.19)
    budget.projects.filter(title="Lamps").update(latitude=55.711, longitude=13.2)
    areas = AreaSet.objects.create(
        organisation=process.organisation,
        city=process.city,
        kind="own",
        name="Districts",
        language="en",
        year=2025,
        source="City of Lund",
        licence="CC0-1.0",
        width=1000,
        height=800,
        made_at=now,
        changed_at=now,
    )
    ring = "[[13.18,55.7],[13.21,55.7],[13.21,55.72],[13.18,55.7]]"
    shape = f'{{"type": "Polygon", "coordinates": [{ring}]}}'
    points = {"near": (55.706, 13.19), "far": (60.0, 20.0)}
    for number, (code, (north, east)) in enumerate(points.items()):
        areas.areas.create(number=number, code=code, shape=shape, latitude=north, longitude=east)
    for one in addresses:
        page = client.get(one).content.decode()
        assert page.count('class="pin"') == 2 and page.count('class="land"') == 1
        assert "On the map: 2. Proposals without a location are only in the list." in page
        assert "Districts, City of Lund, CC0-1.0" in page
        for project in budget.projects.all():
            assert f'id="p-{project.public_id}"' in page
        assert f'href="#p-{budget.projects.get(title="Trees").public_id}"' in page


def test_projects_say_why_they_are_not_on_the_ballot(client, process) -> None:
    budget = make_budget(process, is_declared=False)
    budget.projects.filter(title="Lamps").update(eligible="no", reason="The road is the state’s.")
    page = page_text(client, address(process, "projects/"))
    assert "Not eligible" in page and "The road is the state’s." in page


def test_the_ballot_on_paper_has_the_numbers_and_the_code(process, desk) -> None:
    budget = make_budget(process, ballot="ordinal")
    words = papers.ballot_words(process, budget)
    assert [one["number"] for one in words["statements"]] == [1, 2, 3]
    assert typeset(words).startswith(b"%PDF")
    answer = desk.get(address(process, "budget/ballot.pdf"))
    assert answer["Content-Type"] == "application/pdf"


def test_pages_ask_the_database_little(
    client, process, budget, lea, now, django_assert_max_num_queries
) -> None:
    make_ballots(budget, [{"Trees": 1, "Lamps": 1}] * 12)
    for rest in ("", "ballot", "projects/"):
        with django_assert_max_num_queries(15):
            assert client.get(address(process, rest)).status_code == 200
    code = make_code(process)
    sent = {"projects": [budget.projects.get(title="Trees").public_id], "code": code}
    throttle.digests_of([], at=clock.now())  # the first of a day makes the key of its counts
    with django_assert_max_num_queries(40):
        client.post(address(process, "ballot"), sent)
    with django_assert_max_num_queries(25):
        client.post(address(process, "ballot"), sent)
    Process.objects.filter(pk=process.pk).update(state="closed", closed_at=now)
    counting.count(process, actor=acting(lea), at=now)
    with django_assert_max_num_queries(18):
        assert client.get(address(process, "results/")).status_code == 200
