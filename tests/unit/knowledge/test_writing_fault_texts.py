"""The faults of a draft are told beside the fields that mend them."""

from __future__ import annotations

import pytest
from django.utils import translation

from alliance.cases.case_document import CaseDocument
from alliance.core.errors import Fault
from alliance.writing.forms.steps import FORMS, STEPS, field_at
from alliance.writing.selectors.drafts_faults import fault_texts


@pytest.mark.parametrize(
    ("where", "step", "field", "label"),
    [
        ("case.solution", "place", "solution", "Solution"),
        ("case.new_solution.name", "place", "new_name", "Name of the new solution"),
        ("case.place.city", "place", "city", "City"),
        ("case.place.name", "place", "place_name", "Another place, or part of the city"),
        ("case.place.country", "place", "country", "Country of the other place"),
        ("case.texts", "story", "title", "Title"),
        ("case.texts.sv.summary", "story", "summary", "Action taken"),
        ("texts.sv.summary", "story", "summary", "Action taken"),
        ("texts.fr.summary", "story", "", "Action taken, in French"),
        ("texts.sv.lead", "place", "lead", "Result in one sentence"),
        ("texts.sv.equity_notes", "cost", "equity_notes", "Who gained, who paid"),
        ("case.outcome", "outcome", "outcome", "Result"),
        ("case.effects[2].se", "results", "effects-2-se", "Row 3, Standard error"),
        ("case.effects[0].period_start", "results", "effects-0-period_start", "Row 1, From year"),
        ("case.effects[0].se", "results", "effects-0-se", "Row 1, Standard error"),
        ("case.effects[1]", "results", "effects-1-measure", "Row 2"),
        ("effects", "results", "", "Results"),
        ("case.cost.price_year", "cost", "price_year", "Price year"),
        ("case.lead_time.unit", "cost", "lead_time_unit", "Unit of lead time"),
        ("case.sources[0].url", "sources", "sources-0-url", "Row 1, Web address"),
        ("case.sources", "sources", "", "Sources"),
        ("case.adapted_from", "classification", "adapted_from", "Adapted from"),
        ("case", "check", "", "The case"),
        ("", "check", "", "The case"),
        ("nowhere[3].at.all", "check", "", "The case"),
    ],
)
def test_a_path_leads_to_the_field_that_asks_for_it(where, step, field, label):
    with translation.override("en"):
        at = field_at(where, text_language="sv")
    assert (at.step, at.field, at.label) == (step, field, label)


def test_every_part_of_a_document_is_asked_for_by_a_step():
    # Set by reviews and services, or by the start of the draft.
    elsewhere = {"original_language", "checked_on", "review_by"}
    for name in set(CaseDocument.model_fields) - elsewhere:
        at = field_at(f"case.{name}", text_language="sv")
        assert at.step != "check", name
    assert set(FORMS) == set(STEPS) - {"check"}


def test_a_fault_is_told_once_for_a_field():
    faults = [Fault("case.place.name", "missing"), Fault("case.place.city", "missing")]
    told = fault_texts(faults, text_language="sv")
    assert [one.at.field for one in told] == ["city"]
