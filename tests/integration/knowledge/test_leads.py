"""The first sentence of a case is proposed from its main result, and compared with it."""

from __future__ import annotations

import pytest

from alliance.cases.case_document import plain
from alliance.cases.models import Unit
from alliance.web.formatting import NBSP
from alliance.writing.selectors.leads import disagreements, proposed_lead
from tests.factories.knowledge import case_document, effect, lay_ground, no_difference, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def test_a_lead_is_the_main_result_with_its_interval_rounded():
    document = plain(
        case_document(
            effects=(
                effect(-3.0),
                effect(-12.3456, low=-18.2, high=-6.49, is_main=True, period_start=2019),
            )
        )
    )
    lead = f"Lund: traffic volume −12{NBSP}% (95 % confidence interval −18{NBSP}% to −6.5{NBSP}%)"
    assert proposed_lead(document, "en") == f"{lead}, from 2019."
    assert proposed_lead(document, "sv").startswith("Lund: ")
    # A hidden city is not named, and what was no difference is told in its own sentence.
    assert not proposed_lead(document | {"is_masked": True}, "en").startswith("Lund")
    null = plain(case_document(effects=(), nulls=(no_difference(),)))
    assert proposed_lead(null, "en") == "Traffic in the side streets did not change."
    assert proposed_lead(plain(case_document(effects=())), "en") == ""


SHOWN = {"low": -18.0, "high": -6.0}


@pytest.mark.parametrize(
    ("outcome", "lead", "results", "sentence"),
    [
        ("worked", "Traffic fell by 12 %.", {"effects": (effect(-12.0),)}, ""),
        ("worked", "Traffic fell.", {"effects": (effect(12.0),)}, "went the wrong way"),
        (
            "worked", "", {"effects": (effect(-2.0, low=-8.0, high=4.0),)},
            "could be due to chance",
        ),
        ("reported", "", {"effects": (), "nulls": (no_difference(),)}, "no difference"),
        ("did-not-work", "", {"effects": (effect(-12.0, **SHOWN),)}, "is an improvement"),
        ("did-not-work", "", {"effects": (effect(-12.0),)}, ""),
        ("mixed", "Traffic fell by 40 % in 2019.", {"effects": (effect(-12.0),)}, "No figure"),
        ("mixed", "In 2019, traffic fell.", {"effects": (effect(-12.0),)}, ""),
        ("mixed", "Trafiken ökade med 12 %.", {"effects": (effect(-12.4),)}, "reports an increase"),
        ("mixed", "Le trafic a baissé de 12,5 %.", {"effects": (effect(12.5),)},
         "reports a decrease"),
        (
            "worked", "",
            {"effects": (effect(-5.0, baseline=40.0, baseline_unit="percent of voters"),)},
            "percentage points",
        ),
        # The sign of a level says nothing.
        (
            "worked", "61 % took part.",
            {"effects": (effect(61.0, measure="turnout", unit="percent of voters"),)}, "",
        ),
    ],
)  # fmt: skip
def test_reviewers_are_warned_where_lead_outcome_and_result_disagree(
    outcome, lead, results, sentence
):
    document = plain(case_document(outcome=outcome, texts=(text(lead=lead),), **results))
    sentences = disagreements(document, {unit.name: unit for unit in Unit.objects.all()})
    assert len(sentences) == bool(sentence), sentences
    assert sentence in " ".join(sentences)
