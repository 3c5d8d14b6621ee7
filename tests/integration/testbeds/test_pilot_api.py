"""Pilots by the API: a team's program goes the whole way, and everybody reads what came out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.core.tasks import Worker
from alliance.network.enums import Scope
from alliance.network.services import make_token
from tests.factories.people import team
from tests.factories.pilots import (
    AFTER,
    FROZEN,
    as_csv,
    data_rows,
    lay_pilots,
    plan_content,
    table_before,
)

pytestmark = pytest.mark.django_db
BASE = "/api/v1/pilots"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Client:
    lay_pilots()
    monkeypatch.setattr(clock, "now", lambda: FROZEN)
    token = make_token(
        team("lund"),
        name="program",
        scopes=Scope.values,
        expires_at=AFTER + dt.timedelta(days=30),
        actor=COMMAND_LINE,
        at=FROZEN,
    )
    return Client(HTTP_AUTHORIZATION=f"Bearer {token.secret}")


def send(client: Client, method: str, path: str, body: object, **headers: str):
    return getattr(client, method)(
        path, json.dumps(body), content_type="application/json", headers=headers
    )


def test_a_program_plans_freezes_sends_data_and_reads_the_result(program, monkeypatch):
    started = send(
        program, "post", BASE, {"team": "lund-municipality", "language": "en",
                                "plan": {"title": "T", "design": "did"}}
    )  # fmt: skip
    assert started.status_code == 201 and started.headers["ETag"] == '"1"'
    at = f"{BASE}/{started.json()['id']}"
    assert Client().get(at).status_code == 404
    plan = program.get(f"{at}/plan").json()
    assert {
        "field": "plan.question",
        "rule": "Fill this in.",
        "code": "missing",
        "params": {},
    } in plan["faults"]
    refused = send(program, "post", f"{at}/freeze", {}, **{"If-Match": '"1"'})
    assert refused.status_code == 422
    saved = send(program, "put", f"{at}/plan", {"plan": plan_content()}, **{"If-Match": '"1"'})
    assert saved.status_code == 200 and saved.headers["ETag"] == '"2"'
    stale = send(program, "put", f"{at}/plan", {"plan": plan_content(title="X")},
                 **{"If-Match": '"1"'})  # fmt: skip
    assert stale.status_code == 412
    frozen = send(program, "post", f"{at}/freeze", {}, **{"If-Match": '"2"'})
    assert frozen.json()["state"] == "registered"
    edited = send(program, "put", f"{at}/plan", {"plan": plan_content(title="X")},
                  **{"If-Match": '"2"'})  # fmt: skip
    assert (
        edited.status_code == 403
        and "The plan is registered and cannot be edited." in edited.json()["detail"]
    )
    protocol = Client().get(f"{at}/protocols/1").json()
    digest = hashlib.sha256(protocol["document"].encode()).hexdigest()
    assert digest == protocol["sha256"] == frozen.json()["sha256"]
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    rows = data_rows()
    rows[0]["treated"] = "maybe"
    wrong = program.post(
        f"{at}/places/lund/data", {"file": SimpleUploadedFile("a.csv", as_csv(rows))}
    )
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "row 2, column treated"
    file = SimpleUploadedFile("a.csv", as_csv(data_rows()))
    assert program.post(f"{at}/places/lund/data", {"file": file}).status_code == 201
    asked = send(program, "post", f"{at}/results", {})
    assert asked.status_code == 202 and asked.json()["results"][0]["state"] == "waiting"
    Worker(until_empty=True).run()
    whole = Client().get(f"{at}?lang=sv").json()
    assert whole["state"] == "reported" and whole["results"][0]["shows_effect"]
    assert whole["results"][0]["words"][0].startswith("Pilotprojektet hade effekt: ")
    result = Client().get(f"{at}/results/{whole['results'][0]['id']}").json()
    assert result["protocol_sha256"] == digest and result["label"] == "as-frozen"
    assert result["data_sha256"] == whole["data"][0]["sha256"]
    plan = whole["plan"] | {"smallest_useful": 3.0}
    deviated = send(program, "post", f"{at}/deviations", {"plan": plan, "reason": "Costs."})
    assert deviated.json()["version"] == 2
    again = Client().get(at).json()
    assert [one["counts"] for one in again["versions"]] == [True, False]


def test_the_list_is_filtered_and_tells_what_is_overdue(program):
    for number, due in enumerate(("2026-02-20", "2026-12-31")):
        plan = plan_content(title=f"T{number}", result_due=due)
        made = send(program, "post", BASE, {"team": "lund-municipality", "language": "en",
                                            "plan": plan}).json()  # fmt: skip
        send(program, "post", f"{BASE}/{made['id']}/freeze", {}, **{"If-Match": '"1"'})
    assert Client().get(BASE).json()["count"] == 2
    assert Client().get(f"{BASE}?overdue=true").json()["count"] == 0
    assert Client().get(f"{BASE}?city=umea").json()["count"] == 0
    assert Client().get(f"{BASE}?design=its").json()["count"] == 0
    assert Client().get(f"{BASE}?state=planning").json()["count"] == 0
    stopped = send(program, "post", f"{BASE}/{made['id']}/stop", {"reason": "No heat."})
    assert stopped.json()["state"] == "stopped"


def started(program: Client, **changes: object) -> str:
    """The address of a new plan."""
    body = {"team": "lund-municipality", "language": "en", "plan": plan_content(**changes)}
    return f"{BASE}/{send(program, 'post', BASE, body).json()['id']}"


def test_a_program_explores_and_makes_the_case(program, monkeypatch):
    at = started(program)
    send(program, "post", f"{at}/freeze", {}, **{"If-Match": '"1"'})
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    explore = f"{at}/explorations"
    early = send(program, "post", explore, {"city": "lund", "changes": {}})
    assert early.status_code == 422 and early.json()["errors"][0]["field"] == "data"
    program.post(
        f"{at}/places/lund/data", {"file": SimpleUploadedFile("a.csv", as_csv(data_rows()))}
    )
    for changes, status in (({"design": "before-after"}, 202), ({"design": "magic"}, 422),
                            ({"alpha": 0.5}, 422), ({"level": 2}, 422)):  # fmt: skip
        answer = send(program, "post", explore, {"city": "lund", "changes": changes})
        assert answer.status_code == status, (changes, answer.json())
    assert send(program, "post", explore, {"city": "umea", "changes": {}}).status_code == 404
    Worker(until_empty=True).run()
    (found,) = Client().get(at).json()["results"]
    assert (found["label"], found["design"], found["state"]) == (
        "exploratory", "before-after", "done",
    )  # fmt: skip
    case = f"{at}/places/lund/case"
    assert send(program, "post", case, {}).status_code == 422
    send(program, "post", f"{at}/results", {})
    Worker(until_empty=True).run()
    made = send(program, "post", case, {})
    assert made.status_code == 201 and made.json()["state"] == "writing"
    assert made.headers["Location"].endswith(f"/api/v1/drafts/{made.json()['draft']}")
    monkeypatch.setattr(clock, "now", lambda: AFTER + dt.timedelta(minutes=1))
    assert send(program, "post", case, {}).status_code == 200
    whole = Client().get(at).json()
    assert whole["columns"] == ["unit", "time", "treated", "outcome"]
    assert whole["bibtex"].startswith("@misc{") and "Renovation in packages" in whole["citation"]
    data = f"{at}/data/{whole['data'][0]['id']}"
    assert program.get(data).content == as_csv(data_rows())
    assert Client().get(data).status_code == 401


def test_power_is_told_by_formula_or_by_simulation(program):
    at = started(program)
    told = program.get(f"{at}/power").json()
    assert (
        told["words"][0].startswith("With 12 in each group, an effect of 3.6\u00a0kWh/m² or more")
        and told["simulation"] is None
    )
    series = started(program, design="its", title="Series", sample={"after": 9, "basis": "B."})
    assert program.get(f"{series}/power").json()["words"] == []
    rows = data_rows("its", months=[f"20{y}-{m:02d}" for y in (23, 24) for m in range(1, 13)])
    file = SimpleUploadedFile("before.csv", as_csv(rows))
    asked = program.post(f"{series}/power", {"file": file})
    assert asked.status_code == 202 and asked.json()["simulation"] == "waiting"
    Worker(until_empty=True).run()
    done = program.get(f"{series}/power").json()
    assert done["simulation"] == "done" and len(done["simulated"]) == 6
    wrong = program.post(f"{series}/power", {"file": SimpleUploadedFile("b.csv", b"a\n1\n")})
    assert wrong.status_code == 422


def test_a_program_has_a_plan_proposed_and_notes_what_happens(program):
    body = {"team": "lund-municipality", "language": "en", "plan": {
        name: value for name, value in plan_content("randomised").items()
        if name in {"title", "cities", "outcome", "outcome_unit", "direction", "smallest_useful",
                    "starts_on", "design"}}}  # fmt: skip
    at = f"{BASE}/{send(program, 'post', BASE, body).json()['id']}"

    def propose(table: str, query: str = ""):
        file = SimpleUploadedFile("before.csv", table.encode())
        return program.post(f"{at}/before{query}", {"file": file}, headers={"If-Match": '"1"'})

    wrong = propose("home\tmonth\tvalue\nH1\t2025-01\tmuch")
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "row 2, column value"
    assert propose(table_before(), "?who=dice").status_code == 422
    asked = program.get(f"{at}/plan").json()["faults"]
    assert {"field": "fairness", "code": "pilot-check-first"}.items() <= asked[-1].items()
    made = propose(table_before(), "?who=lot&n_treated=8&nobody_there=Empty").json()
    assert made["plan"]["draw"]["treated"] == made["plan"]["sample"]["n"] == 8
    assert made["faults"] == [] and made["revision"] == 2
    about = {one["about"]: one["words"] for one in made["proposals"]}
    assert {"Study design", "Spread", "Correlation", "Detectable effect", "Random draw"} <= set(
        about
    )
    # Lots that the platform did not draw are no lots.
    plan = made["plan"] | {"draw": made["plan"]["draw"] | {"treated": 9}}
    other = send(program, "put", f"{at}/plan", {"plan": plan}, **{"If-Match": '"2"'})
    assert other.json()["errors"][0]["code"] == "not-drawn-here"
    note = {"kind": "cost", "text": "Boilers", "amount": 20.5, "currency": "SEK"}
    assert send(program, "post", f"{at}/notes", note).status_code == 403
    send(program, "post", f"{at}/freeze", {}, **{"If-Match": '"2"'})
    assert propose(table_before()).status_code == 403
    first, second = (send(program, "post", f"{at}/notes", note).json() for _ in range(2))
    assert first == second and first["amount"] == 20.5
    assert Client().get(at).json()["notes"] == [first]


def test_a_plan_is_given_up_before_it_is_frozen_only(program):
    at = started(program)
    assert send(program, "post", f"{at}/drop", {}).json()["state"] == "dropped"
    frozen = started(program, title="Another")
    send(program, "post", f"{frozen}/freeze", {}, **{"If-Match": '"1"'})
    assert send(program, "post", f"{frozen}/drop", {}).status_code == 403
