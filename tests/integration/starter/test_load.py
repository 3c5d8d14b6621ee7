"""Loading the starter network: whole, repeatable, and never over a person's edits."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from django.db.models import Count, Q

from alliance.accounts.models import User
from alliance.cases.models import (
    CaseClassification,
    CaseStudy,
    CaseText,
    Dispute,
    Effect,
    Measure,
    Method,
    NationalScheme,
    Solution,
    SolutionCost,
    Source,
)
from alliance.cases.records import EDITORIAL
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.core.errors import InvalidData
from alliance.evidence.models import SolutionVerdict
from alliance.groups.models import TopicGroup
from alliance.groups.services import groups
from alliance.network import services as network
from alliance.network.enums import Theme
from alliance.network.models import City, Need, Offer, Organisation, StatementDraft
from alliance.network.services.needs_offers import reject_draft
from alliance.starter.load import check_starter, load_starter
from alliance.writing.services.solutions import set_solution_editorial
from alliance.writing.services.vocabulary import upsert_measure
from tests.factories.people import acting, person


def test_everything_in_the_files_is_in_the_tables(starter, starter_folder):
    cases = json.loads((starter_folder / "cases.json").read_text())
    solutions, methods, organisations = (
        json.loads((starter_folder / f"{name}.json").read_text())
        for name in ("solutions", "engagement-methods", "organisations")
    )
    assert CaseStudy.objects.count() == len(cases)
    assert Solution.objects.count() == len(solutions)
    assert Method.objects.count() == len(methods)
    assert Organisation.objects.count() == len(organisations)
    assert Effect.objects.count() == sum(len(case["effects"]) for case in cases)
    assert Source.objects.count() == sum(len(case["sources"]) for case in cases)
    with (starter_folder / "starter-cities.csv").open(encoding="utf-8-sig", newline="") as table:
        members = [row for row in csv.DictReader(table) if row["member"] == "true"]
    assert City.objects.filter(is_member=True).count() == len(members)


def test_what_ships_is_whole_and_says_all_of_it_in_three_languages(starter):
    """The third edition: its counts, and no case without a theme or a language."""
    assert Counter(CaseStudy.objects.values_list("outcome", flat=True)) == {
        "worked": 79, "reported": 46, "mixed": 122, "did-not-work": 30,
    }  # fmt: skip
    assert (Solution.objects.count(), Method.objects.count()) == (92, 41)
    assert Counter(Method.objects.exclude(sources=[]).values_list("topic", flat=True)) == {
        "innovation-gateways": 7, "equity": 7, "indicators": 8, "engaging-citizens": 1,
    }  # fmt: skip
    assert Effect.objects.count() == 462
    assert Effect.objects.exclude(standard_error=None).count() == 115
    with_error = Effect.objects.exclude(standard_error=None, low=None)
    assert with_error.count() == 121
    for records in (CaseStudy.objects, Solution.objects):
        themed = records.filter(classifications__scheme="theme").distinct()
        assert themed.count() == records.count()
        languages = records.annotate(n=Count("texts")).values_list("n", flat=True)
        assert set(languages) == {3}
    for solution in Solution.objects.prefetch_related("texts"):
        needs = {len(text.prerequisites) for text in solution.texts.all()}
        assert needs == {len(solution.prerequisite_kinds)}
    assert SolutionCost.objects.count() == 135
    assert not SolutionCost.objects.exclude(per="").filter(Q(per_fr="") | Q(per_sv="")).exists()
    assert StatementDraft.objects.filter(state="open").count() == 32
    assert (Need.objects.count(), Offer.objects.count()) == (0, 0)
    assert sum(len(city.facts) for city in City.objects.all()) == 29
    annulled = CaseStudy.objects.get(public_id="madrid-central")
    assert (annulled.running, annulled.running_year) == ("annulled", 2021)
    assert annulled.running_source.startswith("https://")
    assert CaseStudy.objects.exclude(running="").count() == 31
    assert CaseStudy.objects.exclude(check_again=[]).count() == 60
    doubtful = Effect.objects.exclude(check_again="")
    assert (doubtful.count(), doubtful.values("case").distinct().count()) == (62, 54)
    older = doubtful.get(case__public_id="ahmedabad-cool-roof-trial", key="indoor-temperature")
    assert older.check_again == "missing-figure"
    chosen = Solution.objects.filter(main_measure_chosen=True)
    assert (chosen.count(), chosen.filter(main_measure=None).count()) == (92, 26)
    assert Solution.objects.exclude(one_off="").count() == 10
    for rows, texts in (
        (NationalScheme, ("what_fr", "what_sv")),
        (Dispute, ("sentence_fr", "sentence_sv")),
    ):
        assert not rows.objects.filter(Q(**{texts[0]: ""}) | Q(**{texts[1]: ""})).exists()
    assert (NationalScheme.objects.count(), Dispute.objects.count()) == (10, 6)
    excluded = Counter(Effect.objects.exclude(pool_exclusion="").values_list("pool_exclusion"))
    assert (sum(excluded.values()), excluded["disputed",], excluded["interested-party",]) == (
        101, 6, 1,
    )  # fmt: skip
    paid = CaseStudy.objects.exclude(paid=[])
    assert paid.count() == 50
    codes = CaseClassification.objects.filter(scheme="theme").values_list("code", flat=True)
    assert set(codes) == set(Theme.values)
    assert not CaseText.objects.filter(language="en").exclude(status="original").exists()


def test_a_case_keeps_every_field(starter, starter_folder):
    rows = {row["slug"]: row for row in json.loads((starter_folder / "cases.json").read_text())}
    for public_id in ("amsterdam-lez", "milan-area-c", "us-heat-alerts-twenty-cities"):
        row = rows.get(public_id)
        if row is None:
            continue
        case = CaseStudy.objects.get(public_id=public_id)
        text = case.texts.get(language="en")
        assert (text.title, text.summary, text.problem) == (
            row["title"], row["summary"], row["problem"],
        )  # fmt: skip
        assert text.what_did_not == row["what_did_not"]
        assert text.equity_notes == (row["equity_notes"] or "")
        codes = {
            scheme: [c.code for c in case.classifications.all() if c.scheme == scheme]
            for scheme in ("topic", "theme", "sdg", "actor")
        }
        assert codes["sdg"] == row["sdg_targets"]
        assert codes["theme"] == row["themes"]
        for effect, given in zip(case.effects.all(), row["effects"], strict=True):
            assert effect.measure.name == given["measure"]
            assert effect.unit.name == given["unit"]
            assert (effect.value, effect.low, effect.high, effect.n) == (
                given["value"], given["low"], given["high"], given["n"],
            )  # fmt: skip
            assert effect.standard_error == given["se"], "no standard error may be invented"
        for language in ("fr", "sv"):
            given = json.loads((starter_folder / f"translations/cases.{language}.json").read_text())
            text = case.texts.get(language=language)
            assert (text.title, text.summary) == (
                given[public_id]["title"], given[public_id]["summary"],
            )  # fmt: skip
            assert text.status == "translated"


def test_a_second_load_changes_nothing(starter, now):
    before = list(CaseStudy.objects.values_list("public_id", "revision", "updated_at"))
    report = load_starter(at=now)
    assert not report.changed
    assert list(CaseStudy.objects.values_list("public_id", "revision", "updated_at")) == before


def test_what_editors_say_of_a_solution_is_loaded(starter, starter_folder, now):
    key = json.loads((starter_folder / "cases.json").read_text())[0]["effects"][0]["key"]
    case = json.loads((starter_folder / "cases.json").read_text())[0]["slug"]
    rows = {
        "congestion-charging": {
            "main_measure": {
                "measure": "traffic-volume", "unit": "percent-change", "recorded": True,
            },
            "main_measure_why": "what the charge is for",
            "one_off": {"kind": "closed", "year": 2018, "why": "one plant"},
            "national_scheme": {
                "SE": {"since": 2030, "what": "a law", "source": "https://example.org/se"},
                "FR": {"since": None, "what": "none", "source": "https://example.org/fr"},
            },
            "disputed": [
                {"case": case, "effects": [key], "en": "No.", "sv": "Nej.", "fr": "Non.",
                 "source": "the case"}
            ],
        },
        "open-data": {"main_measure": None},
    }  # fmt: skip
    (starter_folder / "solution-editorial.json").write_text(json.dumps(rows))
    load_starter(starter_folder, at=now)
    charging = Solution.objects.get(public_id="congestion-charging")
    assert (charging.main_measure.slug, charging.main_unit.code) == (
        "traffic-volume", "percent-change",
    )  # fmt: skip
    assert (charging.one_off, charging.one_off_year) == ("closed", 2018)
    assert list(charging.national_schemes.values_list("country", "since", "until")) == [
        ("SE", 2030, None), ("FR", None, None),
    ]  # fmt: skip
    dispute = charging.disputes.get()
    assert (dispute.case, dispute.effects, dispute.sentence_fr, dispute.source_url) == (
        case, [key], "Non.", "",
    )  # fmt: skip
    none = Solution.objects.get(public_id="open-data")
    assert none.main_measure_chosen and none.main_measure is None
    default = Solution.objects.get(public_id="citywide-30-kmh")
    assert not default.main_measure_chosen and not default.disputes.exists()


def test_a_changed_file_updates_the_untouched_record(starter, starter_folder, now):
    _edit(starter_folder, "cases.json", 0, summary="Told anew.")
    report = load_starter(starter_folder, at=now)
    assert report.counts["cases"]["updated"] == 1
    first = json.loads((starter_folder / "cases.json").read_text())[0]["slug"]
    case = CaseStudy.objects.get(public_id=first)
    assert case.texts.get(language="en").summary == "Told anew."
    assert case.revision == 2
    assert case.versions.count() == 2


def test_what_a_city_decided_on_a_draft_is_never_overwritten(starter, starter_folder, now):
    first, second = StatementDraft.objects.order_by("pk")[:2]
    reject_draft(first, actor=acting(person("Siv", "secretariat")), at=now)
    for row in range(2):
        _edit(starter_folder, "needs.json", row, title="Told otherwise")
    report = load_starter(starter_folder, at=now)
    told = report.counts["drafts of needs and offers"]
    assert (told["updated"], told["kept as people left them"]) == (1, 1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.title == "Told otherwise") == ("rejected", False)
    assert second.title == "Told otherwise"


def test_a_changed_text_of_a_group_is_a_version_until_a_person_writes_one(
    starter, starter_folder, now
):
    (group,) = TopicGroup.objects.all()
    row = group.deliverables.get(public_id="human-concept")
    assert {one.language for one in row.texts.all()} == {"en", "fr", "sv"}
    file = starter_folder / "topic-groups.json"
    for body, versions in (("Anew.", [1, 2]), ("Once more.", [1, 2, 3])):
        data = json.loads(file.read_text())
        data[0]["deliverables"][0]["texts"]["en"]["body"] = body
        file.write_text(json.dumps(data))
        load_starter(starter_folder, at=now)
        found = row.texts.filter(language="en").order_by("number")
        if len(versions) == 2:
            assert [one.number for one in found] == versions
            said = {"title": "Ours", "body": "By us.", "language": "en", "changed": "Ours."}
            groups.write_text(row, **said, seen=2, actor=COMMAND_LINE, at=now)
    assert [one.body for one in found][1:] == ["Anew.", "By us."]
    assert TopicGroup.objects.count() == 1


def test_a_persons_edit_is_never_overwritten(starter, starter_folder, now):
    person = User.objects.create_user("ida@example.org", "secret", name="Ida")
    network.save_city("umea", actor=Actor("Ida", person), at=now, population=140_000)
    text = (starter_folder / "starter-cities.csv").read_text()
    (starter_folder / "starter-cities.csv").write_text(text.replace("130997,2021", "1,1900"))
    report = load_starter(starter_folder, at=now)
    assert report.counts["cities"]["kept as people left them"] == 1
    assert City.objects.get(public_id="umea").population == 140_000


def test_an_empty_cell_blanks_nothing_that_another_file_holds(starter, starter_folder, now):
    table = starter_folder / "starter-cities.csv"
    besancon = "Besançon,FR,47.24,6.02,"
    assert besancon in table.read_text()
    table.write_text(table.read_text().replace(besancon, "Besançon,FR,,,"))
    assert load_starter(starter_folder, at=now).counts["cities"]["updated"] == 0
    city = City.objects.get(public_id="besancon")
    assert (city.latitude, city.longitude, city.population) == (47.24, 6.02, 118_489)


def test_a_new_edition_changes_what_nobody_edited_and_leaves_the_rest(starter, starter_folder, now):
    """A person chose a main measure, corrected a case and renamed a measure; then all of the three
    come otherwise in the files, as do two solutions and a case that nobody touched."""
    ida = acting(person("Ida", "secretariat"))
    edited = Solution.objects.get(public_id="congestion-charging")
    set_solution_editorial(
        edited, **{**EDITORIAL, "main_measure_chosen": True, "one_off": "closed"}, actor=ida, at=now
    )
    renamed = Measure.objects.get(slug="pm10-concentration")
    upsert_measure(
        renamed, name=renamed.name, name_fr="PM10, concentration", name_sv="PM10-halt",
        outcome_theme=renamed.outcome_theme, actor=ida, at=now,
    )  # fmt: skip
    CaseStudy.objects.filter(public_id="milan-area-c").update(edited_at=now)
    verdicts = dict(SolutionVerdict.objects.filter(is_main=True).values_list("solution", "measure"))
    file = starter_folder / "solution-editorial.json"
    rows = json.loads(file.read_text())
    rows["congestion-charging"]["main_measure_why"] = "another reason"
    rows["home-energy-reports"]["main_measure"] = None
    rows["residential-solid-fuel-bans"].pop("disputed")
    file.write_text(json.dumps(rows))
    for name, old in (("cases.json", "milan-area-c"), ("cases.json", "dublin-coal-ban")):
        rows = json.loads((starter_folder / name).read_text())
        number = next(place for place, row in enumerate(rows) if row["slug"] == old)
        _edit(starter_folder, name, number, summary="Compiled anew.")
    measures = json.loads((starter_folder / "measures.json").read_text())
    for row in measures:
        row["name_sv"] += " (ny)"
    (starter_folder / "measures.json").write_text(json.dumps(measures))
    counts = load_starter(starter_folder, at=now).counts
    kept = "kept as people left them"
    assert (counts["solutions"]["updated"], counts["solutions"][kept]) == (2, 1)
    assert (counts["cases"]["updated"], counts["cases"][kept]) == (1, 1)
    edited.refresh_from_db()
    assert (edited.main_measure, edited.one_off, edited.main_measure_why) == (None, "closed", "")
    assert Measure.objects.get(slug="pm10-concentration").name_sv == "PM10-halt"
    assert Measure.objects.get(slug="traffic-volume").name_sv.endswith(" (ny)")
    milan, dublin = (
        CaseText.objects.get(case__public_id=case, language="en").summary
        for case in ("milan-area-c", "dublin-coal-ban")
    )
    assert (milan == "Compiled anew.", dublin == "Compiled anew.") == (False, True)
    reports = Solution.objects.get(public_id="home-energy-reports")
    assert reports.main_measure_chosen and reports.main_measure is None
    assert not Dispute.objects.filter(solution__public_id="residential-solid-fuel-bans").exists()
    assert set(verdicts) == set(
        SolutionVerdict.objects.filter(is_main=True).values_list("solution", flat=True)
    )


def test_a_fault_loads_nothing(db, starter_folder, now):
    _edit(starter_folder, "cases.json", 0, country="XX")
    with pytest.raises(InvalidData):
        load_starter(starter_folder, at=now)
    assert not CaseStudy.objects.exists()
    assert not City.objects.exists()


#: What is done to a case or to its first effect, and the field and the rule that are named.
Faults = list[tuple[dict[str, object], str, str]]
#: The form of a file is looked at first, and what is in it where its form is right.
OF_FORM: Faults = [
    ({"title": None}, "title", "is not of type 'string'"),
    ({"outcome": "great"}, "outcome", "is not one of"),
    ({"summary": "Fine <script>alert(1)</script>"}, "summary", "contains HTML or a script"),
    ({"sources": []}, "sources", "should be non-empty"),
    ({"amounts": [{"amount": -1, "currency": "EUR"}]}, "amounts[0].amount", "minimum"),
    ({"extra": 1}, "row 6", "Additional properties are not allowed"),
]
OF_CONTENT: Faults = [
    ({"country": "XX"}, "country", "“XX” is not in the list of countries"),
    ({"solution": "magic"}, "solution", "“magic” is not"),
    ({"end_year": 1901}, "end_year", "The end, 1901, is before the start, 2008."),
    ({"sdg_targets": ["18.1"]}, "sdg_targets", "is not an SDG target"),
    (
        {"cost": {"amount": 1, "currency": "ABC", "year": 2000}},
        "cost.currency",
        "is not a currency",
    ),
    ({"amounts": [{"amount": 1, "currency": "ABC"}]}, "amounts[0].currency", "currency"),
]
EFFECTS_OF_FORM: Faults = [
    ({"period": "recently"}, "effects[0].period", "does not match"),
    ({"value": "many"}, "effects[0].value", "is not of type 'number'"),
    ({"note": "safe \u202egpj.exe"}, "effects[0].note", "(U+202E)"),
]
EFFECTS_OF_CONTENT: Faults = [
    ({"unit": "furlongs"}, "effects[0].unit", "“furlongs” is not"),
    ({"measure": "joy"}, "effects[0].measure", "“joy” is not"),
    ({"low": 5.0, "value": 1.0}, "effects[0].low", "5 is higher than the value, 1."),
    (
        {"period": "2020-2010"},
        "effects[0].period",
        "The end, 2010, is before the start, 2020.",
    ),
    ({"se": -1}, "effects[0].se", "above 0"),
    ({"value": 2, "low": 1, "high": None}, "effects[0].high", "Enter both ends"),
    ({"value": 2, "low": None, "high": 3}, "effects[0].low", "Enter both ends"),
    ({"period": "2020-2099"}, "effects[0].period", "is in the future"),
    (
        {"value": 2, "low": 1, "high": 3, "range_low": 1, "range_high": 3},
        "effects[0].low",
        "range",
    ),
    (
        {"unit": "percent change", "baseline": 12, "baseline_unit": None},
        "effects[0].baseline_unit",
        "unit",
    ),
    ({"unit": "percent change", "value": -101}, "effects[0].value", "at least"),
]


@pytest.mark.parametrize("of_effects", [False, True], ids=["cases", "effects"])
@pytest.mark.parametrize("stage", ["form", "content"])
def test_each_fault_names_row_field_and_rule(starter_folder, stage, of_effects):
    cases, effects = {
        "form": (OF_FORM, EFFECTS_OF_FORM),
        "content": (OF_CONTENT, EFFECTS_OF_CONTENT),
    }[stage]
    faults = effects if of_effects else cases
    rows = json.loads((starter_folder / "cases.json").read_text())
    spoilt = [place for place, case in enumerate(rows) if case["effects"] or not of_effects]
    for place, (changes, _, _) in zip(spoilt, faults, strict=False):
        (rows[place]["effects"][0] if of_effects else rows[place]).update(changes)
    (starter_folder / "cases.json").write_text(json.dumps(rows))
    with pytest.raises(InvalidData) as caught:
        check_starter(starter_folder)
    told = [str(fault) for fault in caught.value.faults]
    for place, (changes, where, rule) in zip(spoilt, faults, strict=False):
        of_row = [
            text for text in told if f"row {place + 1} " in text or f"row {place + 1}," in text
        ]
        assert any(where in text and rule in text for text in of_row), (changes, of_row)


def test_an_effect_key_that_two_effects_share_is_named(starter_folder):
    rows = json.loads((starter_folder / "cases.json").read_text())
    row = next(position for position, case in enumerate(rows) if len(case["effects"]) > 1)
    shared = rows[row]["effects"][0]["key"]
    rows[row]["effects"][1]["key"] = shared
    (starter_folder / "cases.json").write_text(json.dumps(rows))
    with pytest.raises(InvalidData) as caught:
        check_starter(starter_folder)
    where = f"cases.json, row {row + 1} ({rows[row]['slug']}).effects[1].key: "
    assert any(str(fault).startswith(f"{where}“{shared}”") for fault in caught.value.faults)


def test_an_effect_told_twice_is_named(starter_folder):
    rows = json.loads((starter_folder / "cases.json").read_text())
    row = next(position for position, case in enumerate(rows) if case["effects"])
    again = {"value": 0.5, "note": "again", "range_low": None, "range_high": None, "key": None}
    rows[row]["effects"].append(rows[row]["effects"][0] | again)
    last = len(rows[row]["effects"]) - 1
    for language in ("fr", "sv"):
        (starter_folder / f"translations/cases.{language}.json").unlink()
    (starter_folder / "cases.json").write_text(json.dumps(rows))
    with pytest.raises(InvalidData) as caught:
        check_starter(starter_folder)
    (told,) = map(str, caught.value.faults)
    assert told.startswith(f"cases.json, row {row + 1} ({rows[row]['slug']}).effects[{last}]: ")
    assert "This row has the same outcome measure, unit, part, years and design as row 1" in told


@pytest.mark.parametrize(
    ("name", "before", "after", "where"),
    [
        ("cases.json", '"summary":', '"summary": "Lost.", "summary":', ", summary"),
        ("units.json", '"symbol":', '"symbol": "?", "symbol":', "units.json, row 1, symbol"),
        ("manifest.json", '"compiled_on":', '"compiled_on": "", "compiled_on":', ", compiled_on"),
    ],
)
def test_a_key_given_twice_is_named(starter_folder, name, before, after, where):
    path = starter_folder / name
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(InvalidData) as caught:
        check_starter(starter_folder)
    (told,) = map(str, caught.value.faults)
    assert told.startswith(name) and f"{where}: This appears more than once." in told


def test_a_nested_key_given_twice_is_named_with_its_record(starter_folder):
    rows = json.loads((starter_folder / "cases.json").read_text())
    row = next(position for position, case in enumerate(rows) if case["effects"])
    told_twice = json.dumps(rows).replace('"unit": ', '"unit": "lost", "unit": ', 1)
    (starter_folder / "cases.json").write_text(told_twice)
    with pytest.raises(InvalidData) as caught:
        check_starter(starter_folder)
    assert str(caught.value) == (
        f"cases.json, row {row + 1} ({rows[row]['slug']}), effects[0].unit: "
        "This appears more than once."
    )


@pytest.mark.parametrize(
    ("name", "before", "where"),
    [
        ("organisations.json", '"name": "', "organisations.json, row 1, name"),
        ("starter-cities.csv", "Göteborg", "starter-cities.csv, row 3, column city"),
        ("places.json", '"city": "', "places.json, row 1, city"),
    ],
)
def test_signs_that_turn_the_direction_are_refused_in_every_file(
    starter_folder, name, before, where
):
    path = starter_folder / name
    path.write_text(path.read_text().replace(before, before + "\u2066", 1))
    with pytest.raises(InvalidData) as caught:
        check_starter(starter_folder)
    assert [str(fault) for fault in caught.value.faults] == [
        f"{where}: The text contains a character (U+2066) that reverses the text direction. "
        "Remove it."
    ]


def test_a_city_has_a_country(starter_folder):
    path = starter_folder / "starter-cities.csv"
    path.write_text(path.read_text().replace(",SE,", ",ZZ,", 1))
    said = r"row \d+, column country: “ZZ” is not in the list of countries"
    with pytest.raises(InvalidData, match=said):
        check_starter(starter_folder)


def test_a_missing_field_is_named(starter_folder):
    rows = json.loads((starter_folder / "cases.json").read_text())
    del rows[2]["problem"]
    (starter_folder / "cases.json").write_text(json.dumps(rows))
    with pytest.raises(InvalidData, match=r"row 3 .*'problem' is a required property"):
        check_starter(starter_folder)


def test_all_faults_are_told_at_once(starter_folder):
    _edit(starter_folder, "cases.json", 0, country="XX")
    _edit(starter_folder, "solutions.json", 1, kind="approach", themes=["sorcery"])
    text = (starter_folder / "starter-cities.csv").read_text().replace("57.71", "north")
    (starter_folder / "starter-cities.csv").write_text(text)
    with pytest.raises(InvalidData, match="column lat: “north” is not a number"):
        check_starter(starter_folder)
    (starter_folder / "starter-cities.csv").write_text(text.replace("north", "57.71"))
    with pytest.raises(InvalidData) as caught:
        check_starter(starter_folder)
    told = str(caught.value)
    assert "cases.json, row 1" in told
    assert "solutions.json, row 2" in told


def test_broken_json_is_told(starter_folder):
    (starter_folder / "cases.json").write_text('[{"slug": ')
    with pytest.raises(InvalidData, match=r"cases\.json: The file is not valid JSON"):
        check_starter(starter_folder)


def _edit(folder: Path, name: str, row: int, **changes: object) -> None:
    rows = json.loads((folder / name).read_text())
    rows[row].update(changes)
    (folder / name).write_text(json.dumps(rows))
