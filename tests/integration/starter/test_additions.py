"""Faults in the editorial additions of a starter folder are told in words, all at once."""

from __future__ import annotations

import json
from itertools import zip_longest
from pathlib import Path

import pytest

from alliance.core.errors import InvalidData
from alliance.starter.load import check_starter

pytestmark = pytest.mark.django_db
FACT = {
    "what": "trips",
    "value": 1,
    "unit": "%",
    "method": "survey",
    "area": "city",
    "source_title": "City report",
    "source_url": "https://city.example/report",
}
DRAFT = {
    "id": "atlantis-need-dams",
    "city_id": "atlantis",
    "kind": "need",
    "theme": "water",
    "source_title": "City report",
    "source_url": "https://city.example/report",
    **{f"{name}{column}": "Dams" for name in ("title", "text") for column in ("", "_fr", "_sv")},
}
SOURCED = {
    "source_title": "City report",
    "source_url": "https://city.example/report",
    "read": "full-text",
}
MAIN = {"measure": "traffic-volume", "unit": "percent-change", "recorded": True}
SCHEME = {"since": None, "what": "none", "source": "https://city.example/report"}
DISPUTE = {
    "case": "milan-area-c", "effects": ["traffic"], "en": "x", "sv": "x", "fr": "x",
    "source": "the case",
}  # fmt: skip


def _told(folder: Path) -> list[str]:
    with pytest.raises(InvalidData) as caught:
        check_starter(folder)
    return [str(fault) for fault in caught.value.faults]


def test_the_starter_network_keeps_every_rule():
    check_starter()


#: Words by which a fault in the form of a file is told.
OF_FORM = ("must be a", "is a required", "is not of type", "is not one of", "Columns are missing",
           "compiled_on", "Fill this in", "“many”", "must be above", "milan-area-c: '' ",
           "row 3, column")  # fmt: skip
#: The file, what stands in it instead, and what is told.
FAULTS = [
    ("manifest.json", '{"compiled_on": "soon"}', "manifest.json, compiled_on: 'soon'"),
    ("manifest.json", "[]", "manifest.json: must be an object, not a list"),
    ("organisations.json", '{"a": 1}', "organisations.json: must be a list, not an object"),
    ("organisations.json", "[{}]", "organisations.json, row 1: 'id' is a required property"),
    ("measures.json", "[{}]", "measures.json, row 1: 'slug' is a required property"),
    (
        "measures.json",
        '[{"slug": "wombats", "name": "wombats", "name_fr": "wombats", "name_sv": "vombater"}]',
        "measures.json, row 1 (wombats), slug: outcome-themes.json has no theme for this "
        "outcome measure.",
    ),
    ("outcome-themes.json", '{"turnout": "noise"}', "turnout: 'noise' is not one of"),
    ("units.json", '["kilo"]', "units.json, row 1: 'kilo' is not of type 'object'"),
    ("places.json", "[{}]", "places.json, row 1: 'city' is a required property"),
    ("effect-overlaps.json", "[{}]", "effect-overlaps.json, row 1: 'case' is a required"),
    ("sources-kinds.json", '{"https://a.example": 1}', "https://a.example: 1 is not of type"),
    ("outcome-reasons.json", '{"milan-area-c": "harm"}', "milan-area-c: 'harm' is not of type"),
    (
        "outcome-reasons.json",
        '{"milan-area-c": ["x"]}',
        "milan-area-c, [0]: 'x' is not one of",
    ),
    (
        "outcome-reasons.json",
        '{"nowhere": ["harm"]}',
        "“nowhere” is not in cases.json",
    ),
    (
        "reported-as-working.json",
        '{"nowhere": "own count"}',
        "reported-as-working.json, nowhere: “nowhere” is not in cases.json",
    ),
    ("reported-as-working.json", '{"milan-area-c": ""}', "milan-area-c: '' "),
    ("solution-costs.json", '{"nowhere": []}', "nowhere: “nowhere” is not in solutions.json"),
    (
        "solution-costs.json",
        json.dumps({"congestion-charging": [SOURCED | {"read": "guessed"}]}),
        "congestion-charging, [0].read: 'guessed' is not one of",
    ),
    (
        "solution-editorial.json",
        '{"nowhere": {}}',
        "solution-editorial.json, nowhere: “nowhere” is not in solutions.json",
    ),
    *(
        ("solution-editorial.json", json.dumps({"congestion-charging": row}), fault)
        for row, fault in (
            ({"one_off": {"kind": "once", "year": 2020, "why": "x"}}, "'once' is not one of"),
            (
                {"one_off": {"kind": "closed", "year": 3020, "why": "x"}},
                "congestion-charging.one_off_year: Enter a year from",
            ),
            (
                {"main_measure": {**MAIN, "measure": "wombats"}},
                "main_measure.measure: “wombats” is not in measures.json",
            ),
            (
                {"main_measure": {**MAIN, "recorded": False}},
                "main_measure.recorded: “recorded” must be true where a case has",
            ),
            (
                {"national_scheme": {"SE": {**SCHEME, "since": 2024, "until": 2020}}},
                "congestion-charging.national_schemes[0].until: ",
            ),
            (
                {"disputed": [{**DISPUTE, "case": "nowhere"}]},
                "disputed[0].case: “nowhere” is not in cases.json",
            ),
            (
                {"disputed": [{**DISPUTE, "effects": ["nothing"]}]},
                "disputed[0].effects: “nothing” is not in cases.json",
            ),
        )
    ),
    (
        "translations/solutions.sv.json",
        "[]",
        "solutions.sv.json: must be an object, not a list",
    ),
    (
        "translations/solutions.sv.json",
        '{"nothing": {"summary": "Inget."}}',
        "translations/solutions.sv.json, nothing: “nothing” is not in solutions.json",
    ),
    ("koppen.csv", "a,b\n1,2\n", "koppen.csv: Missing columns: city_id, koppen, source"),
    ("koppen.csv", "city_id,koppen,source\numea,,x\n", "row 2, column koppen: Fill this in"),
    ("city-sizes.csv", "city_id,inhabitants\numea,many\n", "row 2, column inhabitants: “many”"),
    ("city-sizes.csv", "city_id,inhabitants\numea,0\n", "inhabitants: Enter a number above 0"),
    (
        "city-sizes.csv",
        "city_id,inhabitants\nAtlantis,9\n",
        "is not in starter-cities.csv",
    ),
    (
        "translations/cases.sv.json",
        '{"nowhere": {"title": "Ingenstans", "summary": "Inget."}}',
        "translations/cases.sv.json, nowhere: “nowhere” is not in cases.json",
    ),
    ("translations/cases.fr.json", '{"milan-area-c": {}}', "'title' is a required property"),
    (
        "translations/cases.fr.json",
        '{"milan-area-c": {"title": "Milan", "summary": "Zone C", "equity_notes": "Tous"}}',
        "translations/cases.fr.json, milan-area-c, problem: Translate this too",
    ),
    (
        "translations/cases.fr.json",
        '{"milan-area-c": {"title": "Milan", "summary": "Zone C", "effects": []}}',
        "milan-area-c, effects: 0 effects are translated; the case has ",
    ),
    ("check-again.json", '{"milan-area-c": ["x"]}', "milan-area-c, [0]: 'x' is not one of"),
    ("check-again.json", '{"nowhere": ["copy"]}', "nowhere: “nowhere” is not in cases.json"),
    (
        "effect-check-again.json",
        '{"milan-area-c": {"traffic": "x"}}',
        "milan-area-c, traffic: 'x' is not one of",
    ),
    (
        "effect-check-again.json",
        '{"milan-area-c": {"no-such-effect": "unclear"}}',
        "effect-check-again.json, milan-area-c: “no-such-effect” is not in cases.json",
    ),
    ("effect-check-again.json", '{"nowhere": {"x": "copy"}}', "“nowhere” is not in cases.json"),
    ("case-status.json", '{"milan-area-c": {"running": "on"}}', "'on' is not one of"),
    (
        "districts.json",
        '{"atlantis": ["Old Town"]}',
        "atlantis: “atlantis” is not in starter-cities.csv",
    ),
    ("city-facts.json", '{"atlantis": []}', "“atlantis” is not in starter-cities.csv"),
    (
        "city-facts.json",
        json.dumps({"umea": [FACT | {"year": 2099}]}),
        "city-facts.json, umea, [0].year: 2099 is in the future",
    ),
    ("city-facts.json", '{"umea": [{}]}', "umea, [0]: 'what' is a required property"),
    ("needs.json", "[{}]", "needs.json, row 1: 'id' is a required property"),
    (
        "needs.json",
        json.dumps([DRAFT]),
        "needs.json, row 1, city_id: organisations.json has no municipality for this city.",
    ),
    ("city-sizes.csv", "city_id,inhabitants\numea,9\numea,8\n", "row 3, column city_id"),
]


def _rounds() -> list[list[tuple[str, str, str]]]:
    """The faults of form, so many at once as there are files, for the whole folder is checked each
    time; then the others, as what a file holds is looked at where all of them have their form."""
    by_file: dict[str, list[tuple[str, str, str]]] = {}
    others = []
    for fault in FAULTS:
        if any(words in fault[2] for words in OF_FORM):
            by_file.setdefault(fault[0], []).append(fault)
        else:
            others.append([fault])
    at_once = [[one for one in faults if one] for faults in zip_longest(*by_file.values())]
    return [*at_once, *others]


@pytest.mark.parametrize("faults", _rounds(), ids=lambda faults: f"{len(faults)} files")
def test_additions_with_faults_are_named(starter_folder, faults):
    for name, text, _told_of_it in faults:
        (starter_folder / name).write_text(text, encoding="utf-8")
    found = _told(starter_folder)
    missing = [told for _name, _text, told in faults if not any(told in one for one in found)]
    assert missing == [], found


def test_a_table_in_another_encoding_is_told(starter_folder):
    path = starter_folder / "starter-cities.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    (told,) = _told(starter_folder)
    assert told.startswith("starter-cities.csv: Byte ")
    assert told.endswith("is not UTF-8.")


def test_an_effect_left_out_must_be_there(starter_folder):
    rows = json.loads((starter_folder / "effect-overlaps.json").read_text())
    rows[0]["index"] = 99
    del rows[0]["key"]
    (starter_folder / "effect-overlaps.json").write_text(json.dumps(rows))
    (told,) = _told(starter_folder)
    assert told.startswith("effect-overlaps.json, row 1, index: ")
    assert "effects, numbered from 0." in told


def test_an_effect_left_out_is_named_by_a_key_that_there_is(starter_folder):
    rows = json.loads((starter_folder / "effect-overlaps.json").read_text())
    rows[0]["key"] = "no-such-effect"
    (starter_folder / "effect-overlaps.json").write_text(json.dumps(rows))
    (told,) = _told(starter_folder)
    assert told.startswith("effect-overlaps.json, row 1, key: “no-such-effect”")


def test_each_line_of_costs_keeps_the_rules(starter_folder):
    lines = [
        {},
        {"kind": "running", "low": 9, "high": 3, "per": "km"},
        {"kind": "running", "low": 9},
        {"kind": "running", "lifetime": "a year"},
        {"kind": "running", "low": 1, "per": "km", "currency": "XXX"},
        {"lifetime": "a year", "country": "XX"},
        {"lifetime": "a year", "price_year": 2099},
    ]
    path = starter_folder / "solution-costs.json"
    path.write_text(json.dumps({"congestion-charging": [SOURCED | line for line in lines]}))
    where = "solution-costs.json, congestion-charging, "
    found = _told(starter_folder)
    assert [fault.removeprefix(where)[:32] for fault in found] == [
        "[0]: Enter an amount, the staff ",
        "[1].high: Put the lowest amount ",
        "[2].per: Fill this in.",
        "[3].kind: Leave this blank, beca",
        "[4].currency: “XXX” is not a cur",
        "[5].country: “XX” is not in the ",
        "[6].price_year: 2099 is in the f",
    ]


def test_each_prerequisite_of_a_solution_has_one_kind(starter_folder):
    path = starter_folder / "solutions.json"
    rows = json.loads(path.read_text())
    rows[0]["prerequisite_kinds"] = ["law"]
    path.write_text(json.dumps(rows))
    (told,) = _told(starter_folder)
    where = f"solutions.json, row 1 ({rows[0]['slug']}).texts[0].prerequisites: "
    assert (
        told == f"{where}You entered {len(rows[0]['prerequisites'])} conditions but classified 1."
    )


def test_a_country_is_written_in_capitals(starter_folder):
    path = starter_folder / "starter-cities.csv"
    path.write_text(path.read_text().replace(",SE,", ",se,", 1))
    assert any(
        "column country: “se” is not in the list of countries" in fault
        for fault in _told(starter_folder)
    )


def test_a_cost_with_a_field_too_many_is_told_as_that(starter_folder):
    rows = json.loads((starter_folder / "cases.json").read_text())
    rows[0]["cost"] = {"amount": 1, "currency": "EUR", "year": 2020, "note": "?"}
    (starter_folder / "cases.json").write_text(json.dumps(rows))
    (told,) = _told(starter_folder)
    assert "cost: Additional properties are not allowed ('note' was unexpected)" in told
