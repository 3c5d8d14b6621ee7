"""Inventories from CityCatalyst and of the Covenant of Mayors come in under definitions of their
own.
"""

from __future__ import annotations

import datetime as dt
import io

import pytest
from openpyxl import Workbook

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.indicators.enums import BatchKind
from alliance.indicators.importing.checking import Checked, check
from alliance.indicators.importing.options import Options
from alliance.indicators.importing.reading import read_file
from alliance.indicators.importing.taking import look, take_over
from alliance.indicators.models import Definition, Observation
from alliance.indicators.services.catalogue import begun_definitions
from alliance.network.models import City
from tests.factories.indicators import NOW, make_city, make_definition

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=10)
SAID = Options(
    publisher="Lund", source_title="Inventory of Lund", licence="CC BY", city="lund", named=True
)
HEADER = (
    '"Inventory Reference","GPC Reference Number","Subsector name","Notation Key",'
    '"Total Emissions","Total Emission Units","Activity type"\n'
)
CSV = HEADER + (
    '"a","I.1.1","residential-buildings","","10000","t CO2e","gas"\n'
    '"a","I.1.1","residential-buildings","","2500.5","t CO2e","oil"\n'
    '"a","I.1.2","residential-buildings","","4000","t CO2e","power"\n'
    '"a","I.2.1","commercial-buildings","","7","kt CO2e",""\n'
    '"a","I.3.1","industry","NE","","t CO2e",""\n'
    '"a","II.1.1","on-road","","60000","t CO2e",""\n'
    '"a","III.1.1","solid-waste","","800","t CO2e",""\n'
    '"a","III.1.2","solid-waste","","500","t CO2e",""\n'
    '"a","III.1.3","solid-waste","","100","t CO2e",""\n'
    '"a","V.2","land","NO","","t CO2e",""\n'
)
ECRF = [
    [
        "Inventory year", "GPC ref. no.", "CRF - Sector", "CRF - Sub-sector", "Scope",
        "Notation key", "GHGs (metric tonnes CO2e) - CO2", "GHGs (metric tonnes CO2e) - Total CO2e",
    ],
    [2022, "I.1.1", "Stationary Energy", "Residential", 1, None, 1, 12_500.0],
    [2022, "I.2.1", "Stationary Energy", "Commercial", 1, None, 1, 7_500.0],
    [2022, "II.1.1", "Transportation", "On-road", 1, None, 1, 60_000.0],
    [2022, "III.1.1", "Waste", "Solid waste", 1, None, 1, 900.0],
]  # fmt: skip
FRONT = [
    [None, "Name of city", "Lund"], [None, "Country", "Sweden"], [None, "Inventory year", 2022],
    [None, "Resident population", 100_000],
]  # fmt: skip
CARRIERS = [None, "Electricity", "Heat/cold", "Natural gas", "Diesel", "Total"]
BEI = [
    ["1) Inventory year", 2015],
    ["2) Number of inhabitants in the inventory year", 100_000],
    ["4) Emission reporting unit", "tonnes CO2 equivalent"],
    ["Sector", "FINAL ENERGY CONSUMPTION [GWh]"],
    CARRIERS,
    ["BUILDINGS, EQUIPMENT/FACILITIES AND INDUSTRIES"],
    ["Municipal buildings, equipment/facilities", 10, 20, None, None, 30],
    ["Residential buildings", 100, 250, 50, None, 400],
    ["Subtotal", 110, 270, 50, None, 430],
    ["TRANSPORT"],
    ["Private and commercial transport", None, None, None, 500, 500],
    ["TOTAL", 110, 270, 50, 500, 930],
    ["Sector", "CO2 emissions [t] / CO2 eq. emissions [t]"],
    CARRIERS,
    ["Municipal buildings, equipment/facilities", 100, 200, None, None, 300],
    ["Residential buildings", 1_000, 2_500, 9_000, None, 12_500],
    ["Municipal fleet", None, None, None, 200, 200],
    ["Private and commercial transport", None, None, None, 130_000, 130_000],
    ["OTHER NON-ENERGY RELATED"],
    ["Waste management", None, None, None, None, 1_000],
    ["TOTAL", 1_100, 2_700, 9_000, 130_200, 144_000],
]  # fmt: skip


def book(**sheets: list[list[object]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.fixture(autouse=True)
def catalogue() -> None:
    """Indicators that inventories tell of, as a national office defines them."""
    make_city("lund")
    said = {
        "scope": "SE", "method_class": "inventory", "publisher": "SMHI", "direction": "lower",
        "valid_max": None, "population": "all sectors",
    }  # fmt: skip
    make_definition("GHG_TOTAL", "SE_SMHI", unit="t CO2e/year", unit_label="t CO2e/year", **said)
    for code in ("GHG_PC", "GHG_TRANSPORT_PC", "GHG_WASTE_PC", "GHG_HEATING_PC"):
        unit = "t CO2e/inhabitant/year"
        make_definition(code, f"SE_{code}", unit=unit, unit_label=unit, **said)
    unit = "MWh/inhabitant/year"
    make_definition("ENERGY_DWELL_PC", "SE_ENERGY", unit=unit, unit_label=unit, **said)
    make_definition("DH_SHARE", "SE_DH", unit_label="% of final energy of dwellings")


def taken(content: bytes, options: Options = SAID, **more: object) -> Checked:
    with begun_definitions(actor=COMMAND_LINE, at=LATER) as own:
        checked = check(read_file(content), options, today=LATER.date(), own=own, **more)
        take_over([(checked, "", "")], actor=COMMAND_LINE, at=LATER, kind=BatchKind.COMMAND)
    return checked


def faults(content: bytes, options: Options = SAID) -> list[tuple[str, str]]:
    with (
        pytest.raises(InvalidData) as caught,
        begun_definitions(actor=COMMAND_LINE, at=LATER) as own,
    ):
        check(read_file(content), options, today=LATER.date(), own=own)
    return [(fault.where, fault.code) for fault in caught.value.faults]


def kept() -> dict[tuple[str, str, str], float]:
    rows = Observation.objects.filter(superseded_at=None)
    return {
        (code, key, period): pytest.approx(value)
        for code, key, period, value in rows.values_list(
            "series__definition__indicator__code", "series__definition__key", "period", "value"
        )
    }


def test_a_csv_file_of_city_catalyst_gives_the_total_of_what_arises_in_the_city() -> None:
    checked = taken(CSV.encode(), Options(**{**vars(SAID), "period": "2022"}))
    own = "SE_LUND_INVENTORY"
    assert kept() == {("GHG_TOTAL", own, "2022"): 10_000 + 2_500.5 + 7_000 + 60_000 + 800 + 100}
    (figure,) = Observation.objects.all()
    assert figure.status == "E", "industry was not estimated"
    assert figure.method.startswith("I.3.1 not estimated; I.1.1 + I.2.1 + II.1.1 + III.1.1")
    version = Definition.objects.get(key=own).versions.get()
    assert (version.population, version.scope, version.method_class, version.publisher) == (
        "GPC, scope 1", "SE", "inventory", "Lund",
    )  # fmt: skip
    assert checked.report.format == "CityCatalyst"
    notes = dict(checked.report.notes)
    assert notes["converted"] == "kt CO2e → t CO2e, × 1000"
    assert notes["left out"] == "I.1.2 III.1.2"
    assert checked.report.own_definitions == (("SE_SMHI", own),)
    ((parts, read_as),) = checked.report.columns
    assert parts == figure.method and read_as == "GHG_TOTAL: 80400.5 t CO2e"


def test_a_second_time_nothing_is_new_and_another_year_joins_the_same_definition() -> None:
    for period in ("2022", "2022", "2023"):
        taken(CSV.encode(), Options(**{**vars(SAID), "period": period}))
    assert [(key, period) for _code, key, period in kept()] == [
        ("SE_LUND_INVENTORY", "2022"), ("SE_LUND_INVENTORY", "2023"),
    ]  # fmt: skip


def test_a_workbook_of_city_catalyst_says_year_and_inhabitants() -> None:
    content = book(eCRF_1=FRONT, eCRF_2=[["Sector", "Total"]], eCRF_3=ECRF)
    checked = taken(content)
    own = "SE_LUND_INVENTORY"
    assert kept() == {
        ("GHG_TOTAL", own, "2022"): 80_900.0,
        ("GHG_PC", own, "2022"): 0.809,
        ("GHG_TRANSPORT_PC", own, "2022"): 0.6,
        ("GHG_WASTE_PC", own, "2022"): 0.009,
        ("GHG_HEATING_PC", own, "2022"): 0.2,
    }
    assert dict(checked.report.notes)["inhabitants"] == "100000"
    assert dict(checked.report.notes)["city"] == "Lund"


def test_the_template_of_the_covenant_of_mayors_is_read_with_its_units_converted() -> None:
    later = [["1) Inventory year", 2020], *BEI[1:]]
    checked = taken(book(Strategy=[["Vision"]], BEI=BEI, MEI=later))
    own = "SE_LUND_INVENTORY"
    expected = {
        "GHG_TOTAL": 144_000.0,
        "GHG_PC": 1.44,
        "GHG_TRANSPORT_PC": 1.302,
        "GHG_WASTE_PC": 0.01,
        "ENERGY_DWELL_PC": 4.0,
        "DH_SHARE": 62.5,
    }
    assert kept() == {
        (code, own, period): value
        for code, value in expected.items()
        for period in ("2015", "2020")
    }
    assert [
        (one["definition"], one["given"], one["factor"]) for one in checked.report.conversions
    ] == [(own, "GWh/inhabitant", 1000.0)]
    assert Definition.objects.filter(key=own).first().versions.get().population == "SECAP, BEI/MEI"


def test_carbon_dioxide_alone_is_not_taken_for_all_greenhouse_gases() -> None:
    rows = [["4) Emission reporting unit", "tonnes CO2"] if one is BEI[2] else one for one in BEI]
    checked = taken(book(BEI=rows))
    assert {code for code, _key, _period in kept()} == {"ENERGY_DWELL_PC", "DH_SHARE"}
    assert "left out" in dict(checked.report.notes)


def test_inventories_of_two_kinds_do_not_mix() -> None:
    taken(book(eCRF_1=FRONT, eCRF_3=ECRF))
    taken(book(BEI=BEI))
    keys = {key for code, key, _period in kept() if code == "GHG_TOTAL"}
    assert keys == {"SE_LUND_INVENTORY", "SE_LUND_INVENTORY_2"}


def test_faults_of_inventories_name_sheet_row_and_column_in_one_round() -> None:
    lines = CSV.replace('"60000"', '"sixty"').replace('"II.1.1"', '"2.1.1"')
    assert faults(lines.encode(), Options(named=True, city="lund", period="2022")) == [
        ("publisher", "missing"),
        ("source_title", "no-source-title"),
        ("row 7, column GPC Reference Number", "not-gpc"),
        ("row 7, column Total Emissions", "no-such-number"),
    ]
    rows = [list(one) for one in ECRF]
    rows[2][7] = "n/a"
    assert faults(book(eCRF_1=FRONT, eCRF_3=rows)) == [
        ("eCRF_3, row 3, column GHGs (metric tonnes CO2e) - Total CO2e", "word-for-missing")
    ]
    rows = [list(one) for one in BEI]
    rows[0][1] = "next year"
    rows[7][3] = "fifty"
    rows[17][5] = 13_000
    rows.insert(18, ["Zeppelins", None, None, None, 5, 5])
    assert faults(book(BEI=rows)) == [
        ("BEI, row 1, column inventory year", "not-a-period"),
        ("BEI, row 8, column natural gas", "no-such-number"),
        ("BEI, row 8, column total", "sum-misfit"),
        ("BEI, row 18, column total", "sum-misfit"),
        ("BEI, row 19", "unknown-sector"),
    ]
    assert faults(book(BEI=BEI[1:])) == [("BEI, column inventory year", "missing")]


def test_a_figure_of_a_year_to_come_and_a_missing_year_are_refused() -> None:
    assert faults(CSV.encode()) == [("column period", "column-needed")]
    assert faults(CSV.encode(), Options(**{**vars(SAID), "period": "2031"})) == [
        ("row 2", "period-ahead")
    ]
    assert not Definition.objects.filter(key="SE_LUND_INVENTORY").exists()


def test_a_team_brings_the_inventory_of_its_own_city() -> None:
    make_city("umea", name="Umeå")
    options = Options(**{**vars(SAID), "city": "", "publisher": "Umeå"})
    content = book(eCRF_1=FRONT, eCRF_3=ECRF)
    taken(content, options, only_cities=[City.objects.get(public_id="umea").pk])
    assert set(Observation.objects.values_list("series__city__public_id", flat=True)) == {"umea"}


def test_a_look_leaves_no_definition_behind() -> None:
    with begun_definitions(actor=COMMAND_LINE, at=LATER, commit=False) as own:
        checked = check(read_file(book(BEI=BEI)), SAID, today=LATER.date(), own=own)
        assert look(checked).added == 6
    assert not Definition.objects.filter(key="SE_LUND_INVENTORY").exists()
