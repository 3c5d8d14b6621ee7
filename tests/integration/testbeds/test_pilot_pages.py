"""The pages of pilots: from the plan to the published result, in three languages."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.core import clock
from alliance.core.tasks import Worker
from alliance.knowledge.models import Solution
from alliance.testbeds.enums import PilotState
from alliance.testbeds.models import Pilot
from tests.factories.pages import page, page_text
from tests.factories.pilots import (
    AFTER,
    FROZEN,
    as_csv,
    data_rows,
    evaluate,
    lay_pilots,
    planned,
    registered,
    reported,
    send,
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


def test_from_an_empty_form_to_a_frozen_protocol_by_the_pages(editor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    client = browser(editor)
    started = client.post(
        "/en/pilots/new",
        {
            "team": "lund-municipality",
            "title": "Renovation in packages",
            "design": "did",
            "language": "en",
            "solution": "road-pricing",
        },
    )
    assert started.status_code == 302
    pilot = Pilot.objects.get()
    base = f"/en/pilots/{pilot.public_id}"
    assert "Difference of the changes" in pilot.plan["primary_model"]

    def save(step: str, **fields: object) -> None:
        pilot.refresh_from_db()
        answer = client.post(
            f"{base}/plan/{step}/", {"revision": pilot.revision, "go": "next", **fields}
        )
        assert answer.status_code == 302, told_of(answer)

    save("question", title="Renovation in packages", question="Less heat?", cities="Lund\nUmeå",
         solution="road-pricing")  # fmt: skip
    save("outcome", unit="block", outcome="heat", outcome_unit="kWh", direction="lower-is-better",
         smallest_useful="2", estimand="Mean.", measure="Trafikvolym",
         case_unit="blocks kept warm")  # fmt: skip
    save("design", design="did", assignment_rule="By lot.", starts_on="2026-02-01",
         time_step="month", primary_model="DiD.", subgroups="tenure")  # fmt: skip
    save("sample", sample__n="12", sample__sd="3", sample__correlation="0.5", sample__power="0.8",
         alpha="0.05", sample__basis="Bills.")  # fmt: skip
    power = page_text(client, f"{base}/plan/sample/")
    assert "With 12 on each side an effect of 3.59 kWh or more is found in 80 % of pilots" in power
    assert "37 are needed on each side" in power
    check = page_text(client, f"{base}/plan/check/")
    assert "This is still open" in check and "Stop rule" in check
    pilot.refresh_from_db()
    refused = client.post(f"{base}/freeze", {"revision": pilot.revision})
    assert refused.status_code == 422
    save("rules", missing_rule="complete", stop_rule="Cold homes.", result_due="2026-12-31")
    pilot.refresh_from_db()
    assert client.post(f"{base}/freeze", {"revision": pilot.revision}).status_code == 302
    pilot.refresh_from_db()
    assert pilot.state == PilotState.REGISTERED
    told = (pilot.plan["measure"], pilot.plan["case_unit"])
    assert told == ("traffic volume", "blocks kept warm"), "a known one by its name, a new one"
    assert pilot.plan["cities"] == ["lund", "umea"] and pilot.plan["subgroups"] == ["tenure"]
    # From now on every way to edit it is closed, with the reason.
    closed = client.post(f"{base}/plan/rules/", {"revision": pilot.revision, "stop_rule": "None."})
    assert closed.status_code == 403 and "The protocol is frozen" in closed.content.decode()


def test_a_gap_of_the_evidence_map_fills_in_solution_and_outcome(editor):
    client, address = browser(editor), "/en/pilots/new?solution=road-pricing&outcome=air"
    name = Solution.objects.get(public_id="road-pricing").texts.get(language="en").name
    assert f'value="{name}: Air quality"' in client.get(address).content.decode()
    assert client.get(address.replace("air", "noise")).status_code == 200
    given = {
        "team": "lund-municipality",
        "title": f"{name}: Air quality",
        "design": "before-after",
        "language": "sv",
        "solution": "road-pricing",
        "outcome": "air",
    }
    assert client.post("/en/pilots/new", given).status_code == 302
    plan = Pilot.objects.get().plan
    assert (plan["solution"], plan["outcome"]) == ("road-pricing", "Luftkvalitet")


def test_a_refused_plan_sent_again_overwrites_nothing_either(editor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    pilot = planned(editor)
    client, at = browser(editor), f"/en/pilots/{pilot.public_id}/plan/rules/"
    sent = {"revision": pilot.revision, "missing_rule": "complete", "stop_rule": "Cold homes."}
    assert client.post(at, sent).status_code == 302
    for _again in range(2):
        answer = client.post(at, sent | {"stop_rule": "Heat."})
        assert answer.status_code == 422
        (sent["revision"],) = re.findall(r'name="revision" value="(\d+)"', answer.content.decode())
    pilot.refresh_from_db()
    assert pilot.plan["stop_rule"] == "Cold homes."


def test_a_plan_that_was_typed_and_not_saved_comes_back_and_overwrites_nothing(editor, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    pilot = planned(editor)
    client, at = browser(editor), f"/en/pilots/{pilot.public_id}/plan/rules/"
    (mark,) = re.findall(r'name="typing" value="([^"]+)"', page(client, at))
    sent = {"revision": pilot.revision, "missing_rule": "complete", "stop_rule": "Half typed."}
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


def told_of(answer) -> str:
    return re.sub(r"<[^>]+>", " ", answer.content.decode())[:3000]


def test_a_plan_is_nobodys_but_the_teams(editor):
    pilot = planned(editor)
    assert Client().get(f"/en/pilots/{pilot.public_id}/").status_code == 404
    assert "Renovation" not in page(Client(), "/en/pilots/")
    assert "Your team plans" in page_text(browser(editor), "/en/pilots/")


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
    assert "An analysis is being worked out" in busy and 'hx-trigger="every' in busy
    found = pilot.evaluations.get()
    Worker(until_empty=True).run()
    found.refresh_from_db()
    assert found.state == "done"
    shown = page_text(Client(), f"{base}/")
    assert "An effect is shown: the outcome was" in shown and "with results" in shown


@pytest.mark.parametrize(
    ("language", "sentence", "none"),
    [
        ("en", "An effect is shown: the outcome was 6.1 kWh/m² lower", "No effect shown"),
        ("fr", "Un effet est mis en évidence : la valeur mesurée était plus basse de 6,1 kWh/m²",
         "Aucun effet mis en évidence"),
        ("sv", "En effekt är påvisad: utfallet var 6,1 kWh/m² lägre", "Ingen effekt påvisad"),
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
        assert source.count("The same as a table") == n
        assert "nan" not in source.split("<main")[1].lower().replace("finance", "")


def test_the_public_list_shows_what_runs_what_is_late_and_null_results(editor):
    registered(editor, title="Runs on")
    registered(editor, title="Forgotten", result_due="2026-10-15")
    reported(editor, title="Nothing came", effect=0.0)
    assert "Runs on" in page_text(Client(), "/en/pilots/")
    late = page_text(Client(), "/en/pilots/?show=overdue")
    assert "Forgotten" in late and "result overdue for 40 days" in late and "Runs on" not in late
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
    source = page(client, f"{base}/deviate")
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]*?value="([^"]*)"', source))
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', source))
    for name in ("direction", "time_step", "missing_rule", "design", "solution"):
        fields[name] = pilot.plan[name]
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


@pytest.mark.parametrize("design", ["its", "synthetic-control"])
def test_power_is_simulated_from_the_time_before_by_the_worker(editor, design):
    pilot = planned(editor, design, sample={"after": 6, "basis": "x"})
    client, base = browser(editor), f"/en/pilots/{pilot.public_id}"
    months = [f"{2024 + i // 12}-{i % 12 + 1:02d}" for i in range(24)]
    rows = data_rows(design, months=months, effect=0.0)
    file = SimpleUploadedFile("before.csv", as_csv(rows))
    assert client.post(f"{base}/power", {"file": file}).status_code == 302
    Worker(until_empty=True).run()
    pilot.refresh_from_db()
    assert pilot.simulation["state"] == "done", pilot.simulation
    assert pilot.simulation["power"] == sorted(pilot.simulation["power"])
    page = page_text(client, f"{base}/plan/sample/")
    assert "Power" in page and "whatever happened" not in page


def test_a_design_with_too_few_places_to_show_anything_says_so(editor):
    pilot = planned(editor, "synthetic-control")
    pilot.simulation = {
        "state": "done", "sizes": [1.0], "power": [0.0], "draws": 12, "smallest": None,
        "warnings": ["cannot-reach-level:11"],
    }  # fmt: skip
    pilot.save()
    page = page_text(browser(editor), f"/en/pilots/{pilot.public_id}/plan/sample/")
    assert "With 11 units" in page and "whatever happened" in page


def test_a_file_that_power_cannot_be_simulated_from_is_refused(editor):
    pilot = planned(editor, "its", sample={"after": 6, "basis": "x"})
    client, base = browser(editor), f"/en/pilots/{pilot.public_id}"
    client.post(f"{base}/power", {"file": SimpleUploadedFile("before.csv", b"time\n2024-01\n")})
    assert "column outcome: Fill this in" in page_text(client, f"{base}/plan/sample/")


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
    assert "No result is overdue." in page_text(Client(), "/en/pilots/?show=overdue")
    monkeypatch.setattr(clock, "now", lambda: AFTER + dt.timedelta(days=1))
    assert "result overdue for 1 day" in page_text(Client(), "/en/pilots/?show=overdue")
