"""Every rule that a draft can break is told in the words of an editor, beside its field."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import pytest
from django.utils import translation

from alliance.core import money, text
from alliance.core.errors import Fault
from alliance.knowledge import draft_checks, masking, validation
from alliance.knowledge.case_document import CaseDocument, check_shape, plain
from alliance.knowledge.forms.steps import FORMS, STEPS, field_at
from alliance.knowledge.selectors.drafts_faults import fault_texts, sentence_of
from alliance.knowledge.services import drafts

#: Rules that the forms of steps cannot break, or that no draft is asked.
NOT_OF_DRAFTS = ("solution_faults", "method_faults")


def _filled(node: ast.expr) -> str | None:
    """The text of a rule with each value in it as 1."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        else:
            assert isinstance(value, ast.FormattedValue)
            name = ast.unparse(value.value)
            quoted = value.conversion == ord("r")
            parts.append("EUR" if name == "currency" and not quoted else "'1'" if quoted else "1")
    return "".join(parts)


def _rules(module) -> Iterator[str]:
    """The rules that the functions of a module tell in their faults and errors."""
    for function in ast.parse(inspect.getsource(module)).body:
        if isinstance(function, ast.FunctionDef) and function.name not in NOT_OF_DRAFTS:
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                    at = {"Fault": 1, "MoneyError": 0}.get(call.func.id)
                    rule = _filled(call.args[at]) if at is not None else None
                    if rule:
                        yield rule
                elif isinstance(call, ast.Return) and call.value is not None:
                    rule = _filled(call.value)
                    if rule and rule.startswith("holds "):
                        yield rule


RULES = sorted(
    {
        *_rules(validation),
        *_rules(draft_checks),
        *_rules(masking),
        *_rules(drafts),
        *_rules(text),
        # Codes and years of money are told by rules of their own.
        *(rule for rule in _rules(money) if rule.startswith("amount ") and "minor" not in rule),
    }
)


def test_the_rules_were_found():
    assert len(RULES) > 40
    assert "is missing" in RULES


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_sentence_of_its_own(rule: str):
    with translation.override("en"):
        found = sentence_of(rule, "en")
    assert found is not None, f"no sentence for the rule {rule!r}"
    assert found[0][0].isupper() or found[0][0] in "1“"
    assert "%(" not in found[0]


@pytest.mark.parametrize(
    ("rule", "language", "sentence", "is_missing"),
    [
        ("'' is not one of worked, mixed", "en", "Choose one.", True),
        ("'x' is not one of worked, mixed", "en", "“x” is not in the list.", False),
        ("-3.5 is above the value -22.25", "en", "−3.5 is above the value, −22.25.", False),
        (
            "has the measure, unit, qualifier, period and design of effects[0]; an effect …",
            "en",
            "This says the same as row 1",
            False,
        ),
        ("is missing while high is given; give both or neither", "en", "Give both ends", False),
    ],
)
def test_a_sentence_says_what_was_given(rule, language, sentence, is_missing):
    with translation.override(language):
        found = sentence_of(rule, language)
    assert found is not None
    assert found[0].startswith(sentence)
    assert found[1] is is_missing


def test_numbers_in_a_sentence_are_those_of_the_language():
    with translation.override("sv"):
        found = sentence_of("-3.5 is above the value -22.25", "sv")
    assert found is not None
    assert "−3,5" in found[0] and "−22,25" in found[0]


def empty(**changes) -> dict:
    return plain(check_shape({"original_language": "sv", **changes}))


@pytest.mark.parametrize(
    ("where", "step", "field", "label"),
    [
        ("case.solution", "place", "solution", "Solution"),
        ("case.new_solution.name", "place", "new_name", "Name of the new solution"),
        ("case.city", "place", "city", "City"),
        ("case.place.city", "place", "city", "City"),
        ("case.country", "place", "country", "Country of the other place"),
        ("case.texts", "story", "title", "Title"),
        ("case.texts[0].summary", "story", "summary", "Summary"),
        ("texts.sv.summary", "story", "summary", "Summary"),
        ("texts.fr.summary", "story", "", "Summary, in French"),
        ("texts.sv.equity_notes", "cost", "equity_notes", "Who gained, who paid"),
        ("case.outcome", "outcome", "outcome", "What came of it"),
        ("case.effects[2].se", "results", "effects-2-se", "Row 3, Standard error"),
        ("case.effects[0].period", "results", "effects-0-period_start", "Row 1, From year"),
        ("case.effects[0].standard_error", "results", "effects-0-se", "Row 1, Standard error"),
        ("case.effects[1]", "results", "effects-1-measure", "Row 2"),
        ("effects", "results", "", "Results"),
        ("case.cost.year", "cost", "price_year", "Price year"),
        ("case.lead_time.unit", "cost", "lead_time_unit", "Unit of lead time"),
        ("case.sources[0].url", "sources", "sources-0-url", "Row 1, Address"),
        ("case.sources", "sources", "", "Sources"),
        ("case.adapted_from", "classification", "adapted_from", "Adapted from"),
        ("case", "check", "", "The case"),
        ("", "check", "", "The case"),
        ("nowhere[3].at.all", "check", "", "The case"),
    ],
)
def test_a_path_leads_to_the_field_that_asks_for_it(where, step, field, label):
    document = empty(texts={"en": {}, "sv": {"title": "Prov"}})
    with translation.override("en"):
        at = field_at(where, document=document, text_language="sv")
    assert (at.step, at.field, at.label) == (step, field, label)


def test_every_part_of_a_document_is_asked_for_by_a_step():
    # Set by reviews and services, or by the start of the draft.
    elsewhere = {"original_language", "checked_on", "review_by"}
    for name in set(CaseDocument.model_fields) - elsewhere:
        at = field_at(f"case.{name}", document=empty(), text_language="sv")
        assert at.step != "check", name
    assert set(FORMS) == set(STEPS) - {"check"}


def test_a_fault_is_told_once_for_a_field():
    faults = [Fault("case.city", "is missing"), Fault("case.place.city", "is missing")]
    told = fault_texts(faults, document=empty(), text_language="sv")
    assert [one.at.field for one in told] == ["city"]


def test_a_rule_without_a_sentence_is_told_in_english_and_marked_so():
    told = fault_texts([Fault("case.outcome", "is odd")], document=empty(), text_language="sv")
    assert (told[0].sentence, told[0].english) == ("is odd", True)
