"""Faults are data: a code and parameters, and one table of sentences."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

import alliance
from alliance.core import errors
from alliance.core.errors import SENTENCES, BrokenRule, Fault, add_sentences, params_of, row_of

PACKAGE = Path(alliance.__file__).parent


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "−3.5 is higher than the value, −22.25."),
        ("sv", "−3,5 är större än värdet, −22,25."),
        ("fr", "−3,5 est supérieur à la valeur, −22,25."),
    ],
)
def test_a_fault_is_told_in_the_language_of_its_reader(language: str, sentence: str) -> None:
    fault = Fault("case.effects[0].low", "above-value", {"end": -3.5, "value": -22.25})
    with translation.override(language):
        assert fault.rule == sentence
    assert fault.as_data(language) == {
        "rule": sentence,
        "code": "above-value",
        "params": {"end": -3.5, "value": -22.25},
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "1 December 2026"), ("fr", "le 1er décembre 2026"), ("sv", "1 december 2026")],
)
def test_a_day_in_a_sentence_is_written_in_words(language: str, said: str) -> None:
    fault = Fault("as_of", "report-nothing-approved", {"day": dt.date(2026, 12, 1)})
    with translation.override(language):
        assert said in fault.rule and "2026-12" not in fault.rule
        kept = json.loads(json.dumps(fault.as_data()["params"]))
        assert Fault.from_json(fault.where, fault.code, kept) == fault


def test_no_fault_is_given_a_day_as_iso_text() -> None:
    for path in PACKAGE.rglob("*.py"):
        assert not re.search(r"Fault\([^()]*\{[^{}]*isoformat\(", path.read_text("utf-8")), path


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (2026, "2026"),
        (-5, "−5"),
        (20_000, "20,000"),
        (Decimal("1234.5"), "1,234.5"),
        (dt.date(2026, 5, 31), "31 May 2026"),
        (["a", 2], "a, 2"),
        ("x" * 200, "x" * 120 + "…"),
        (float("nan"), "nan"),
    ],
)
def test_a_parameter_is_shown_as_people_write_it(given: object, shown: str) -> None:
    fault = Fault("", "unknown", {"value": given})
    assert fault.rule == f"“{shown}” is not in the list."
    # Whatever it is, JSON can hold it.
    json.dumps(fault.as_data(), allow_nan=False)


@pytest.mark.parametrize("params", [{}, {"x": 1}, {"value": 1, "x": 1}])
def test_a_fault_has_the_parameters_of_its_sentence(params: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="unknown takes"):
        Fault("", "unknown", params)


def test_a_code_has_one_sentence() -> None:
    with pytest.raises(ValueError, match="'missing'"):
        add_sentences({"missing": "Again."})


def test_a_broken_rule_becomes_a_fault_where_its_place_is_known() -> None:
    fault = BrokenRule("unknown", {"value": "x"}).at("row 2")
    assert str(fault) == "row 2: “x” is not in the list."
    assert not fault.is_missing and Fault("", "missing").is_missing


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_every_sentence_can_be_filled_in_every_language(language: str) -> None:
    with translation.override(language):
        for code in SENTENCES:
            told = Fault("", code, dict.fromkeys(params_of(code), 1)).rule
            assert "%(" not in told and told == told.strip() != "", code


def test_every_sentence_is_used() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if path.name != "messages.py"
    )

    def is_used(code: str) -> bool:
        # A room may put its own word before the codes of what reads a file for it.
        room, _, rest = code.partition("-")
        return f'"{code}"' in sources or (f'f"{room}-{{' in sources and f'"{rest}"' in sources)

    assert [code for code in SENTENCES if not is_used(code)] == []
    assert SENTENCES.keys() >= errors.OF_MISSING


@pytest.mark.parametrize(
    ("where", "row"),
    [
        ("effects[2].value", ("effects", 2, "value")),
        ("rows[10]", ("rows", 10, "")),
        ("texts.sv.title", None),
        ("case.effects[2].value", None),
        ("effects[x]", None),
    ],
)
def test_a_place_in_a_list_names_its_row(where: str, row: tuple[str, int, str] | None) -> None:
    assert row_of(where) == row
