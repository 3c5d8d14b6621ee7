"""The pages of pilots: from the plan to the published result, in three languages."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import html
import io
import random
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.cases.models import CaseStudy, Solution
from alliance.core import clock
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.core.tasks import Worker
from alliance.core.waiting import Asked, items
from alliance.network.models import City
from alliance.testbeds.enums import PilotState
from alliance.testbeds.forms.plan import DesignForm
from alliance.testbeds.models import Pilot
from alliance.testbeds.services import pilots, proposals
from alliance.testbeds.services.measurements import columns_of_measurement
from alliance.testbeds.waiting import PROVIDERS
from tests.factories.equity import complete
from tests.factories.indicators import make_city, make_definition, record
from tests.factories.knowledge import make_case
from tests.factories.pages import page, page_text
from tests.factories.pilots import (
    AFTER,
    FROZEN,
    as_csv,
    begun,
    data_rows,
    drawn,
    evaluate,
    lay_pilots,
    plan_content,
    planned,
    registered,
    reported,
    send,
    table_before,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    return lay_pilots()


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


#: What the first screen needs.
FIRST = {
    "team": "lund-municipality",
    "language": "en",
    "title": "Renovation in packages",
    "outcome": "Traffic volume",
    "outcome_unit": "kWh/m²",
    "direction": "lower-is-better",
    "smallest_useful": "2",
    "cities": "Lund",
    "starts_on": "2026-02-01",
}


def begin(client: Client, **changes: object) -> tuple[Pilot, str]:
    """Send the first screen; the pilot, and where its pages are."""
    answer = client.post("/en/pilots/new", FIRST | changes)
    assert answer.status_code == 302, told_of(answer)
    pilot = Pilot.objects.latest("pk")
    assert answer.url == f"/en/pilots/{pilot.public_id}/plan/before/"
    return pilot, f"/en/pilots/{pilot.public_id}"


def propose(client: Client, pilot: Pilot, **fields: object):
    pilot.refresh_from_db()
    sent = {"revision": pilot.revision, "table": table_before(), "who": "", **fields}
    sent.setdefault("nobody_there", "Empty homes.")
    return client.post(f"/en/pilots/{pilot.public_id}/plan/before/", sent)


def test_three_screens_lead_to_a_registered_pilot_whose_lots_can_be_redrawn(editor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    client = browser(editor)
    first = client.get("/en/pilots/new").content.decode()
    # Five fields and a title have to be filled in; nothing of clusters or seasons is asked.
    assert first.count("(required)") == 5 and "luster" not in first and "eed of" not in first
    nothing = client.post("/en/pilots/new", FIRST | {"title": ""})
    assert nothing.status_code == 422 and not Pilot.objects.exists()
    near = client.post("/en/pilots/new", FIRST | {"outcome": "Volume of the traffic"})
    assert near.status_code == 422 and not Pilot.objects.exists()
    assert "Did you mean “traffic volume” (0 places)?" in near.content.decode()
    assert 'name="is_new"' in near.content.decode() and 'name="is_new"' not in first
    pilot, base = begin(client, title="", solution="road-pricing")
    assert pilot.title.endswith(": Traffic volume")
    assert pilot.plan["measure"] == "traffic volume" and pilot.plan["cities"] == ["lund"]
    early = page_text(client, f"{base}/plan/check/")
    assert "Still to complete" in early and "Add last year’s data" in early
    assert propose(client, pilot).url == f"{base}/plan/check/"
    check = page_text(client, f"{base}/plan/check/")
    assert "The table has 24 units, enough for a random draw: the most reliable design." in check
    assert (
        "With 12 in each group, an effect of 1.4 kWh/m² or more would be detected in 80 %" in check
    )
    assert "Still to complete" not in check
    lots = client.get(f"{base}/lots.csv").content.decode()
    pilot.refresh_from_db()
    assert client.post(f"{base}/plan/check/", {"revision": pilot.revision}).status_code == 302
    pilot.refresh_from_db()
    assert pilot.state == PilotState.REGISTERED and pilot.plan["unit"] == "home"
    assert client.get(f"{base}/lots.csv").content.decode() == lots
    draw, seed = pilot.plan["draw"], pilot.plan["assignment_seed"]
    rows = [line.split(",") for line in lots.splitlines()[1:]]
    assert sum(int(on) for _name, _block, on in rows) == draw["treated"] == 12
    for block in range(1, draw["blocks"] + 1):
        own = [(name, on) for name, number, on in rows if number == str(block)]
        own.sort(key=lambda one: hashlib.sha256(f"{seed}:{one[0]}".encode()).hexdigest())
        assert "".join(on for _name, on in own) == "11" + "0" * (len(own) - 2)
    # Readers see how it was drawn, and no unit.
    shown = page_text(Client(), f"{base}/")
    assert "Random draw by the platform: 12 of 24, in 6 blocks" in shown and str(seed) in shown
    assert "H07" not in Client().get(f"{base}/").content.decode()
    assert Client().get(f"{base}/lots.csv").status_code == 302
    # From now on nothing is drawn or edited.
    closed = propose(client, pilot)
    assert (
        closed.status_code == 403
        and (
            "The plan is registered and cannot be edited. Register a deviation "
            "instead and give a reason."
        )
        in closed.content.decode()
    )
    with pytest.raises(NotAllowed, match="Once the plan is registered"):
        proposals.propose(
            pilot, content=table_before(20).encode(), name="a.csv",
            expected_revision=pilot.revision, actor=editor, at=FROZEN,
        )  # fmt: skip
    details = client.post(f"{base}/plan/details/", {"revision": pilot.revision})
    assert details.status_code == 403


def test_the_same_list_draws_the_same_and_another_one_is_counted(editor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    client = browser(editor)
    pilot, _base = begin(client)
    draws = []
    for table in (table_before(), table_before(), table_before(20)):
        assert propose(client, pilot, table=table).status_code == 302
        pilot.refresh_from_db()
        draws.append((pilot.plan["assignment_seed"], pilot.plan["draw"]))
    assert draws[0] == draws[1] != draws[2]
    assert [draw["number"] for _seed, draw in draws] == [1, 1, 2]
    logged = AuditEvent.objects.filter(kind="pilot", verb="draw").order_by("pk")
    assert [one.details["seed"] for one in logged] == [seed for seed, _draw in draws]
    with pytest.raises(InvalidData):
        pilots.save_plan(
            pilot, content=pilot.plan | {"assignment_seed": 1}, expected_revision=pilot.revision,
            actor=editor, at=FROZEN,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "fields", "design", "words"),
    [
        ("all", {}, "before-after", "there is nothing to compare with"),
        ("chosen", {"treated": "H01\nH02\nH03", "why": "They asked."}, "did", "3 chosen units"),
        ("chosen", {"treated": "H01", "why": "It asked."}, "synthetic-control", "23 others"),
        (
            "lot",
            {"n_treated": "6"},
            "randomised",
            "You can choose the units at random: the most reliable design.",
        ),
        ("in-turn", {}, "staggered", "not started yet"),
        ("", {"table": table_before(1, 9)}, "its", "measured 9 times"),
        (
            "",
            {"table": table_before(5)},
            "before-after",
            "units are too few for a random draw, which needs 8.",
        ),
    ],
)
def test_a_screen_asks_only_for_what_its_way_needs(editor, monkeypatch, who, fields, design, words):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    client = browser(editor)
    pilot, base = begin(client, who=who)
    asked = set(re.findall(r'name="(n_treated|treated|why)"', page(client, f"{base}/plan/before/")))
    assert asked == set(fields) & {"n_treated", "treated", "why"}
    answer = propose(client, pilot, who=who, **fields)
    assert answer.status_code == 302, told_of(answer)
    pilot.refresh_from_db()
    assert pilot.design == design
    check = page_text(client, f"{base}/plan/check/")
    assert words in check and "Still to complete" not in check
    assert "nan" not in check.lower().replace("finance", "") and "None" not in check
    details = page(client, f"{base}/plan/details/")
    for name, designs in DesignForm.ONLY.items():
        wanted = design in designs and not (name == "assignment_seed" and design == "randomised")
        assert (f'name="{name}"' in details) == wanted, name
    assert ('name="sample__n"' in details) == (design not in {"its", "synthetic-control"})
    assert client.post(f"{base}/plan/check/", {"revision": pilot.revision}).status_code == 302


HEAD = "home\tmonth\tvalue"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"table": ""}, "Paste a table or choose a file."),
        ({"table": HEAD}, "The table has no rows."),
        ({"table": "only\none\n"}, "needs three columns"),
        ({"table": f"{HEAD}\nH1\t2025-01\tmuch"}, "row 2, column value"),
        ({"table": f"{HEAD}\nH1\t2025-01"}, "row 2, column value: The cell is blank."),
        ({"table": f"{HEAD}\nH1\t2025-01\t1\t2"}, "row 2: The row has more cells"),
        ({"table": f"{HEAD}\nH1\t2026-01\t1\nH1\t2026-02\t1"}, "2026-02 is in the future"),
        ({"table": f"{HEAD}\nH1\t2025-01\t1\nH1\t2025-1\t1"}, "row 3, column month"),
        ({"table": f"{HEAD}\nH1\tMay\t1"}, "May” is not a valid date. Use the format"),
        ({"table": table_before(1, 7)}, "The table has 7."),
        ({"table": f"{HEAD}\nH1\t2025-01\t4\nH2\t2025-01\t4"}, "The values do not vary at random."),
        ({"who": "chosen", "treated": "H01", "why": "x", "table": table_before(4)},
         "If only one unit is chosen, it must be compared with at least 5 others. The table has 3"),
        ({"who": "chosen", "treated": "Nowhere", "why": "x"}, "Nowhere” is not in the table."),
        ({"who": "lot", "n_treated": "24"}, "Enter fewer than 24 units"),
        ({"who": "lot", "table": table_before(3)}, "A random draw needs at least two units in"),
        ({"table": "\n".join([f"{HEAD}\tblock", *(
            f"H{n}\t2025-0{m}\t{n * m}\tb{n}" for n in range(9) for m in (1, 2))])},
         "You have 9 units and 9 blocks."),
    ],
)  # fmt: skip
def test_figures_that_cannot_be_used_are_refused_by_their_cell(editor, monkeypatch, fields, words):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    client = browser(editor)
    pilot, _base = begin(client)
    answer = propose(client, pilot, **fields)
    assert answer.status_code == 422
    assert words in page_text_of(answer), told_of(answer)
    pilot.refresh_from_db()
    assert pilot.revision == 1 and "sha256" not in pilot.before


def test_figures_of_after_the_start_are_no_figures_of_before(editor):
    client = browser(editor)
    pilot, _base = begin(client, starts_on="2025-06-01")
    answer = propose(client, pilot)
    # Once a period, above the form and at the field, however many units have it.
    assert page_text_of(answer).count("2025-06 is not before the start") == 2


def test_no_effect_beyond_what_can_happen_is_promised(editor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    client = browser(editor)
    pilot, base = begin(client)
    rows = [f"H{n}\t2025-01\t{value}" for n, value in enumerate([0, 0, 0, 9, 0, 1, 0, 0])]
    assert propose(client, pilot, table="\n".join([HEAD, *rows])).status_code == 302
    check = page_text(client, f"{base}/plan/check/")
    assert "even a fall to zero would be missed too often" in check
    assert "It cannot be calculated from a single period." in check


def test_a_table_with_periods_as_columns_and_clusters_is_read_too(editor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    client = browser(editor)
    pilot, base = begin(client)
    rng = random.Random(2)

    def decimal(level: float) -> str:
        return f"{rng.gauss(level, 4):.1f}".replace(".", ",")

    lines = ["street;cluster;2025-01;2025-02;2025-03"]
    for cluster in range(10):
        level = rng.gauss(50, 5)
        lines += [
            ";".join([f"S{cluster}{place}", f"C{cluster}", *(decimal(level) for _ in range(3))])
            for place in range(4)
        ]
    assert propose(client, pilot, table="\n".join(lines)).status_code == 302
    pilot.refresh_from_db()
    plan = pilot.plan
    assert (plan["unit"], plan["clusters"], plan["draw"]["units"]) == ("street", True, 10)
    assert plan["sample"]["n"] == 20 and 0 <= plan["sample"]["icc"] <= 1
    assert "Units in the same cluster are similar: correlation" in page_text(
        client, f"{base}/plan/check/"
    )


def test_figures_of_the_platform_are_a_table_of_cities_by_years(editor):
    definition = make_definition("HEAT", "TEST_HEAT", unit_label="kWh", unit="")
    rng = random.Random(4)
    for number in range(8):
        city = City.objects.get(public_id="lund") if not number else make_city(f"town{number}")
        years = range(2015, 2026) if number < 7 else range(2019, 2022)
        record(city, definition, {str(year): 50 + rng.gauss(number, 2) for year in years})
    client = browser(editor)
    pilot, base = begin(client, starts_on="2027-01-01")
    assert "Or use data from the platform" in page_text(client, f"{base}/plan/before/")
    indicator = definition.indicator.public_id
    assert propose(client, pilot, table="", indicator="none").status_code == 422
    answer = propose(client, pilot, table="", indicator=indicator)
    assert answer.status_code == 302, told_of(answer)
    pilot.refresh_from_db()
    assert (pilot.design, pilot.before["treated"], pilot.before["n"]) == (
        "synthetic-control", ["Lund"], 7,
    )  # fmt: skip
    assert "the 6 others" in page_text(client, f"{base}/plan/check/")


def test_data_with_another_lot_than_was_drawn_are_refused_by_the_cell(editor):
    pilot = drawn(editor)
    client, base = browser(editor), f"/en/pilots/{pilot.public_id}"
    rows = list(csv.DictReader(io.StringIO(
        client.get(f"{base}/template.csv").content.decode("utf-8-sig"))))  # fmt: skip
    assert len(rows) == 24 * 24 and rows[0]["outcome"]
    # For others it is the head alone.
    assert len(Client().get(f"{base}/template.csv").content.splitlines()) == 1
    for row in rows:
        row["outcome"] = row["outcome"] or str(90 - 5 * int(row["treated"]) + len(row["unit"]))
    wrong = [
        row | {"treated": "1"} if (row["unit"], row["treated"]) == (rows[-1]["unit"], "0") else row
        for row in rows
    ]
    flipped = [row | {"treated": str(1 - int(row["treated"]))} for row in rows]
    for sent in (wrong, flipped):
        if sent != rows:
            answer = client.post(f"{base}/data", {"city": "lund",
                "file": SimpleUploadedFile("a.csv", as_csv(sent))})  # fmt: skip
            assert answer.status_code == 422
            assert "was drawn for the other group." in answer.content.decode()
    good = SimpleUploadedFile("a.csv", as_csv(rows))
    assert client.post(f"{base}/data", {"city": "lund", "file": good}).status_code == 302
    # The frozen analysis is asked for with the data.
    assert pilot.evaluations.get().state == "waiting"
    # A file of the time since the start alone is joined with the rows of before: they are one.
    whole = pilot.measurements.get()
    since = [row for row in rows if row["time"] >= pilot.starts_on.strftime("%Y-%m")]
    assert 0 < len(since) < len(rows)
    part = SimpleUploadedFile("b.csv", as_csv(since))
    assert client.post(f"{base}/data", {"city": "lund", "file": part}).status_code == 302
    joined = pilot.measurements.get(number=2)
    assert {"code": "before-joined", "n": len(rows) - len(since)} in joined.warnings
    assert (joined.rows, joined.units, joined.first_time) == (
        whole.rows, whole.units, whole.first_time,
    )  # fmt: skip
    protocol = pilot.protocols.get()
    one, other = (columns_of_measurement(sent, protocol) for sent in (joined, whole))
    assert list(one) == list(other)
    assert sorted(zip(*one.values(), strict=True)) == sorted(zip(*other.values(), strict=True))


def test_notes_costs_and_delays_of_a_pilot_that_runs(editor):
    pilot = registered(editor, result_due="2026-11-01")
    client, base = browser(editor), f"/en/pilots/{pilot.public_id}"
    asked = Asked(at=AFTER, teams=["lund-municipality"])

    def kinds() -> set[str]:
        return {one.kind for one in items(asked, *PROVIDERS[0].acts)}

    assert kinds() == {"pilot-late"}
    assert "amount" not in page(client, f"{base}/notes/delay")
    late = {"text": "The boilers came late.", "expected_on": "2026-11-01"}
    assert client.post(f"{base}/notes/delay", late).status_code == 422
    late["expected_on"] = "2027-02-01"
    assert client.post(f"{base}/notes/delay", late).status_code == 302
    assert kinds() == set()
    for text, amount in (("Boilers", "200000,50"), ("Hours", "")):
        sent = {"text": text, "amount": amount, "currency": "SEK"}
        assert client.post(f"{base}/notes/cost", sent).status_code == 422
    cost = {"text": "Boilers", "amount": "200000.50", "currency": "SEK"}
    assert client.post(f"{base}/notes/cost", cost).status_code == 302
    shown = page_text(Client(), f"{base}/")
    assert "The boilers came late." in shown and "1 February 2027" in shown
    assert "200,000.5" in shown.replace("\u202f", ",")
    shown = page_text(Client(), "/en/pilots/?show=overdue")
    assert "The boilers came late. Result expected on 1 February 2027" in shown
    assert Client().get(f"{base}/notes/note").status_code == 302
    assert client.get(f"{base}/notes/joke").status_code == 404


def test_a_gap_of_the_evidence_map_fills_in_solution_and_outcome(editor):
    client, address = browser(editor), "/en/pilots/new?solution=road-pricing&outcome=air"
    name = Solution.objects.get(public_id="road-pricing").texts.get(language="en").name
    assert f'value="{name}: Air quality"' in client.get(address).content.decode()
    assert client.get(address.replace("air", "noise")).status_code == 200


def test_editors_begin_a_pilot_from_the_page_of_a_case_or_solution(editor):
    make_case()
    client = browser(editor)
    of_solution = "/en/pilots/new?solution=road-pricing"
    assert of_solution in page(client, "/en/solutions/road-pricing/")
    address = "/en/pilots/new?case=lund"
    assert address in page(client, "/en/cases/lund/")
    assert address not in page(Client(), "/en/cases/lund/")
    assert client.post(address, FIRST).status_code == 302
    assert Pilot.objects.get().adapted_from == CaseStudy.objects.get()


def test_a_refused_plan_sent_again_overwrites_nothing_either(editor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    pilot = planned(editor)
    client, at = browser(editor), f"/en/pilots/{pilot.public_id}/plan/details/"
    sent = whole_plan(client, pilot, at) | {"stop_rule": "Cold homes."}
    assert client.post(at, sent).status_code == 302
    for _again in range(2):
        answer = client.post(at, sent | {"stop_rule": "Heat."})
        assert answer.status_code == 422
        (sent["revision"],) = re.findall(r'name="revision" value="(\d+)"', answer.content.decode())
    pilot.refresh_from_db()
    assert pilot.plan["stop_rule"] == "Cold homes."


def test_a_wrong_field_of_a_plan_does_not_keep_the_others_from_being_saved(editor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    pilot = planned(editor)
    client, at = browser(editor), f"/en/pilots/{pilot.public_id}/plan/details/"
    sent = whole_plan(client, pilot, at) | {"stop_rule": "Cold homes.", "result_due": "soon"}
    answer = client.post(at, sent)
    assert answer.status_code == 422 and "Saved, except for these fields" in answer.content.decode()
    pilot.refresh_from_db()
    due = plan_content()["result_due"]
    assert (pilot.plan["stop_rule"], pilot.plan["result_due"]) == ("Cold homes.", due)
    # The page goes on from what was saved.
    (sent["revision"],) = re.findall(r'name="revision" value="(\d+)"', answer.content.decode())
    assert client.post(at, sent | {"result_due": "2027-06-01"}).status_code == 302
    pilot.refresh_from_db()
    assert pilot.plan["result_due"] == "2027-06-01"
    # Another design has other fields: all of the form is saved, or none of it.
    other = sent | {"revision": str(pilot.revision), "design": "its", "result_due": "soon"}
    assert "could not be saved" in client.post(at, other).content.decode()
    pilot.refresh_from_db()
    assert pilot.plan["design"] == "did"


def test_a_plan_that_was_typed_and_not_saved_comes_back_and_overwrites_nothing(editor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    pilot = planned(editor)
    client, at = browser(editor), f"/en/pilots/{pilot.public_id}/plan/details/"
    (mark,) = re.findall(r'name="typing" value="([^"]+)"', page(client, at))
    sent = whole_plan(client, pilot, at) | {"stop_rule": "Half typed."}
    assert client.post(at, sent | {"typing": mark, "typing_only": "1"}).status_code == 204
    # Saved in another window.
    assert client.post(at, sent | {"stop_rule": "Cold homes."}).status_code == 302
    back = page(client, at)
    assert "Half typed." in back
    assert re.findall(r'name="revision" value="(\d+)"', back) == [str(pilot.revision)]
    assert client.post(at, sent | {"typing": mark}).status_code == 422
    pilot.refresh_from_db()
    assert pilot.plan["stop_rule"] == "Cold homes."
    assert client.post(at, sent | {"typing": mark, "typing_drop": "1"}).status_code == 302
    assert "Half typed." not in page(client, at)


def whole_plan(client: Client, pilot: Pilot, at: str) -> dict[str, str]:
    """What a page with all fields of a plan sends unchanged."""
    source = page(client, at)
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]*?value="([^"]*)"', source))
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', source))
    for name in ("direction", "time_step", "missing_rule", "design", "solution"):
        fields[name] = pilot.plan[name]
    return {name: value for name, value in fields.items() if not name.startswith("typing")}


def page_text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def told_of(answer) -> str:
    return re.sub(r"<[^>]+>", " ", answer.content.decode())[:3000]


def test_a_plan_is_nobodys_but_the_teams(editor):
    pilot = planned(editor)
    assert Client().get(f"/en/pilots/{pilot.public_id}/").status_code == 404
    assert "Renovation" not in page(Client(), "/en/pilots/")
    assert "Your team’s plans" in page_text(browser(editor), "/en/pilots/")


def test_the_digest_on_the_page_is_that_of_the_file_that_is_downloaded(editor):
    pilot = registered(editor)
    shown = page_text(Client(), f"/en/pilots/{pilot.public_id}/")
    answer = Client().get(f"/sv/pilots/{pilot.public_id}/versions/1/protocol.json")
    digest = hashlib.sha256(answer.content).hexdigest()
    assert digest in shown and answer.headers["X-Protocol-SHA256"] == digest
    assert "attachment" in answer.headers["Content-Disposition"]
    assert Client().get(f"/en/pilots/{pilot.public_id}/versions/2/protocol.json").status_code == 404


def test_data_with_faults_are_refused_by_cell_and_good_ones_are_analysed_by_the_worker(editor):
    pilot = registered(editor)
    client, base = browser(editor), f"/en/pilots/{pilot.public_id}"
    rows = data_rows()
    rows[1]["outcome"] = "cold"
    wrong = client.post(
        f"{base}/data", {"city": "lund", "file": SimpleUploadedFile("a.csv", as_csv(rows))}
    )
    assert wrong.status_code == 422
    assert "row 3, column outcome" in wrong.content.decode()
    assert not pilot.measurements.exists()
    good = SimpleUploadedFile("a.csv", as_csv(data_rows()))
    assert client.post(f"{base}/data", {"city": "lund", "file": good}).status_code == 302
    assert client.post(f"{base}/analyse").status_code == 302
    busy = client.get(f"{base}/").content.decode()
    assert (
        "An analysis is running. The page updates by itself." in busy
        and 'hx-trigger="every' in busy
    )
    found = pilot.evaluations.get()
    Worker(until_empty=True).run()
    found.refresh_from_db()
    assert found.state == "done"
    shown = page_text(Client(), f"{base}/")
    assert "kWh/m² lower than it would have been without it." in shown and "with results" in shown


@pytest.mark.parametrize(
    ("language", "sentence", "none"),
    [
        ("en", "The pilot had an effect: the outcome was 6.1", "No effect shown"),
        ("fr", "L’expérimentation a eu un effet : la valeur mesurée est inférieure de 6,1",
         "Aucun effet démontré"),
        ("sv", "Pilotprojektet hade effekt: utfallet blev 6,1", "Ingen säker effekt"),
    ],
)  # fmt: skip
def test_results_speak_plainly_in_each_language(editor, language, sentence, none):
    pilot = reported(editor)
    found = pilot.evaluations.get()
    address = f"/{language}/pilots/{pilot.public_id}/results/{found.public_id}/"
    assert sentence in page_text(Client(), address)
    null = reported(editor, title="Another", effect=0.0)
    shown = page_text(Client(), f"/{language}/pilots/{null.public_id}/")
    assert none in shown and sentence[:20] not in shown


def test_a_result_has_its_charts_with_words_and_tables(editor):
    for design, n in (("did", 2), ("its", 1), ("synthetic-control", 2), ("staggered", 1)):
        pilot = reported(editor, design, title=design)
        found = pilot.evaluations.get()
        source = page(Client(), f"/en/pilots/{pilot.public_id}/results/{found.public_id}/")
        assert source.count('class="chart lines"') == n, design
        assert source.count('class="chart-summary"') == n
        assert source.count("Show as a table") == n
        assert "nan" not in source.split("<main")[1].lower().replace("finance", "")


def test_the_public_list_shows_what_runs_what_is_late_and_null_results(editor):
    registered(editor, title="Runs on")
    registered(editor, title="Forgotten", result_due="2026-10-15")
    reported(editor, title="Nothing came", effect=0.0)
    assert "Runs on" in page_text(Client(), "/en/pilots/")
    late = page_text(Client(), "/en/pilots/?show=overdue")
    assert "Forgotten" in late and "result 40 days overdue" in late and "Runs on" not in late
    assert "No effect shown" in page_text(Client(), "/en/pilots/?show=results")
    assert Client().get("/en/pilots/?show=secret").status_code == 404


def test_small_numbers_of_people_are_hidden_in_results_and_groups(editor):
    pilot = registered(
        editor,
        "randomised",
        units_are_people=True,
        subgroups=["age"],
        sample={"n": 4, "basis": "x"},
    )
    rows = data_rows("randomised", units=8)
    for row in rows:
        row["age"] = "old" if row["unit"] in {"B00", "B01", "B02"} else "young"
    send(pilot, editor, rows)
    found = evaluate(pilot, editor)[0]
    assert found.result["hidden"] and not found.result["charts"]
    assert found.result["details"]["n_treated"] is None
    groups = {line["group"]: line for line in found.result["groups"]}
    assert groups["old"] == {"column": "age", "group": "old", "hidden": True}
    shown = page_text(Client(), f"/en/pilots/{pilot.public_id}/results/{found.public_id}/")
    assert "hidden: too few people" in shown


def test_a_deviation_is_frozen_by_its_page_and_shown_with_its_reason(editor):
    pilot = registered(editor)
    client, base = browser(editor), f"/en/pilots/{pilot.public_id}"
    fields = whole_plan(client, pilot, f"{base}/deviate")
    fields["sample__n"] = "14"
    assert client.post(f"{base}/deviate", fields | {"reason": ""}).status_code == 422
    answer = client.post(f"{base}/deviate", fields | {"reason": "Two more blocks joined."})
    assert answer.status_code == 302, told_of(answer)
    shown = page_text(Client(), f"{base}/")
    assert "Two more blocks joined." in shown and "12 → 14" in shown


def test_a_pilot_can_be_cited(editor):
    pilot = registered(editor)
    answer = Client().get(f"/en/pilots/{pilot.public_id}/cite.bib").content.decode()
    assert answer.startswith("@misc{") and pilot.protocols.get().digest[:12] in answer


@pytest.mark.parametrize(
    ("n", "fields"), [(1, {"who": "all"}), (12, {"who": "chosen", "treated": "H01", "why": "x"})]
)
def test_power_is_simulated_from_the_figures_of_before_by_the_worker(
    editor, monkeypatch, n, fields
):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    client = browser(editor)
    pilot, base = begin(client, who=fields["who"])
    assert propose(client, pilot, table=table_before(n), **fields).status_code == 302
    assert "The simulation is running." in page_text(client, f"{base}/plan/check/")
    Worker(until_empty=True).run()
    pilot.refresh_from_db()
    assert pilot.simulation["state"] == "done", pilot.simulation
    assert pilot.simulation["power"] == sorted(pilot.simulation["power"])
    check = page_text(client, f"{base}/plan/check/")
    assert "Power" in check and (
        (
            "units or groups of units to compare with, this design cannot show an "
            "effect at this level, whatever the result."
        )
        in check
    ) == (n == 12)


def test_a_design_with_too_few_places_to_show_anything_says_so(editor):
    pilot = planned(editor, "synthetic-control")
    pilot.simulation = {
        "state": "done", "sizes": [1.0], "power": [0.0], "draws": 12, "smallest": None,
        "warnings": ["cannot-reach-level:11"],
    }  # fmt: skip
    pilot.save()
    page = page_text(browser(editor), f"/en/pilots/{pilot.public_id}/plan/check/")
    assert (
        "With only 11 units or groups of units to compare with, this design cannot show an "
        "effect at this level, whatever the result."
    ) in page


def test_pages_ask_few_questions_of_the_database(editor):
    pilot = registered(editor, cities=["lund", "umea"])
    for number, city in enumerate(("lund", "umea")):
        send(pilot, editor, data_rows(seed=number), city=city)
    evaluate(pilot, editor)
    result = pilot.evaluations.filter(city=None).get().public_id
    client = browser(editor)
    for address in ("", f"results/{result}/", "data", "deviate"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/en/pilots/{pilot.public_id}/{address}").status_code == 200
        assert len(queries) <= 15, (address, len(queries))
    with CaptureQueriesContext(connection) as queries:
        assert Client().get("/en/pilots/?show=results").status_code == 200
    assert len(queries) <= 15


def test_overdue_begins_on_the_day_after(editor, monkeypatch):
    registered(editor, title="Due", result_due="2026-11-24")
    assert "No overdue results." in page_text(Client(), "/en/pilots/?show=overdue")
    monkeypatch.setattr(clock, "now", lambda: AFTER + dt.timedelta(days=1))
    assert "result 1 day overdue" in page_text(Client(), "/en/pilots/?show=overdue")


def test_the_page_that_registers_a_pilot_of_people_leads_to_its_fairness_check(editor):
    pilot = begun(editor, units_are_people=True)
    client, base = browser(editor), f"/en/pilots/{pilot.public_id}"
    shown = page_text(client, f"{base}/plan/check/")
    assert "First show who gains and who pays" in shown and "Do the fairness check" in shown
    form = client.get(f"{base}/plan/fairness").context["form"]
    typed = {name: "" if one is None else one for name, one in form.initial.items()}
    assert (typed["title"], typed["action"]) == (pilot.title, "other")
    answer = client.post(f"{base}/plan/fairness", typed | {"summary": "We try it on two streets."})
    assert answer.status_code == 302, told_of(answer)
    pilot.refresh_from_db()
    made = pilot.fairness
    assert (made.subject_kind, made.subject_id) == ("solution", "road-pricing")
    assert "Back to the pilot" in page_text(client, answer["Location"])
    complete(made, editor)
    shown = page_text(client, f"{base}/plan/check/")
    assert "First show who gains" not in shown and "Complete" in shown
