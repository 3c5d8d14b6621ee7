"""What the tutorial of Angered promises comes out, from the plan to the published case."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

import pytest

from alliance.cases.enums import CaseStatus
from alliance.core import clock
from alliance.network.models import City
from alliance.testbeds.messages import verdicts
from alliance.testbeds.models import Pilot
from alliance.testbeds.services.cases import make_case
from alliance.testbeds.services.measurements import add_measurement
from alliance.writing.services import save_measure
from alliance.writing.services.drafts import submit_draft
from tests.factories.people import acting, person
from tests.factories.pilots import AFTER, evaluate, lay_pilots, registered
from tests.factories.reviews import approve

pytestmark = pytest.mark.django_db
TUTORIAL = Path(__file__).resolve().parents[3] / "docs" / "tutorial"


def made_up_data() -> bytes:
    spec = importlib.util.spec_from_file_location("angered", TUTORIAL / "angered_renovation.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    out = io.StringIO()
    module.write(out)
    return out.getvalue().encode()


def test_from_the_frozen_plan_to_the_published_case(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    editor = lay_pilots()
    save_measure("heating-energy-use", name="heating energy use")
    # Frozen today, while the made-up months are over: that is what the page warns of.
    pilot = registered(
        editor,
        at=AFTER,
        title="Renovation package in Angered (synthetic data)",
        outcome="heat used against the usual",
        outcome_unit="%",
        smallest_useful=5.0,
        measure="heating energy use",
        case_unit="percent change",
        subgroups=["tenure"],
    )
    data = made_up_data()
    assert data == made_up_data() and b"synthetic block" in data
    sent = add_measurement(
        pilot, City.objects.get(public_id="lund"), content=data, name="angered.csv",
        actor=editor, at=AFTER,
    )  # fmt: skip
    assert next(one for one in sent.warnings if one["code"] == "late-protocol")["of_pilot"] > 0
    found = evaluate(pilot, editor)[0]
    tutorial = " ".join((TUTORIAL / "angered-renovation.md").read_text(encoding="utf-8").split())
    tutorial = tutorial.replace(" > ", " ")
    for sentence in verdicts.sentences(found.result, "%")[:2]:
        assert sentence.replace("\u00a0", " ") in tutorial
    assert {line["group"] for line in found.result["groups"]} == {"municipal", "co-operative"}
    draft = make_case(Pilot.objects.get().places.get(), actor=editor, at=AFTER)
    submit_draft(draft, expected_revision=draft.revision, actor=editor, at=AFTER)
    approve(draft, acting(person("Rosa Petit", "reviewer")), at=AFTER)
    case = approve(draft, acting(person("Ravi Lind", "reviewer")), at=AFTER)
    assert case is not None and case.status == CaseStatus.PUBLISHED
    assert case.effects.get().value == found.estimate
    assert pilot.public_id in case.sources.get().url
