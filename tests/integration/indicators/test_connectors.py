"""Publishers read by a server on this machine that answers as documented, and as it should not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from alliance.core.errors import InvalidData
from alliance.indicators.connectors import PUBLISHERS, Fetched, Query
from alliance.indicators.connectors.asking import PAUSES, Asker, PublisherSilent
from tests.factories.publishers import Publisher, Request, publisher

CUBE = {
    "version": "2.0", "class": "dataset", "label": "Air quality", "source": "SCB",
    "id": ["freq", "indic_ur", "cities", "time"], "size": [1, 1, 2, 2],
    "dimension": {
        "freq": {"category": {"index": {"A": 0}}},
        "indic_ur": {"category": {"index": {"EN2026V": 0}}},
        "cities": {"category": {"index": {"SE001C": 0, "SE002C": 1}}},
        "time": {"category": {"index": {"2020": 0, "2021": 1}}},
    },
    "value": {"0": 12.5, "1": 13.0, "3": 9.0}, "status": {"1": "e", "2": "c", "3": "bp"},
}  # fmt: skip
PX = {
    "version": "2.0", "class": "dataset", "label": "Population", "source": "SCB",
    "id": ["Region", "Kon", "ContentsCode", "Tid"], "size": [1, 2, 1, 2],
    "dimension": {
        "Region": {"category": {"index": ["1480"]}},
        "Kon": {"category": {"index": ["1", "2"]}},
        "ContentsCode": {"category": {"label": {"BE0101N1": "Population"}}},
        "Tid": {"category": {"index": ["2021", "2022K3"]}},
    },
    "value": [300.0, 301.0, 310.0, None], "status": {"3": ".."},
}  # fmt: skip


def kolada(request: Request) -> Any:
    first = {
        "count": 2,
        "values": [
            {"kpi": "N1", "municipality": "1480", "period": 2020, "values": [
                {"gender": "T", "value": 5.5, "status": ""},
                {"gender": "K", "value": None, "status": "Missing"}]},
        ],
        "next_url": f"http://{request.headers['host']}/v3/page2",
    }  # fmt: skip
    return first


KOLADA_2 = {
    "count": 1,
    "values": [
        {"kpi": "N1", "municipality": "1280", "period": 2020,
         "values": [{"gender": "T", "value": 6.0, "status": None}]},
    ],
    "next_url": None,
}  # fmt: skip


def melodi(request: Request) -> Any:
    page = int(request.query.get("page", ["1"])[0])
    geo, value = {1: ("2024-COM-38185", 158000.0), 2: ("2024-COM-17300", None)}[page]
    following = f"http://{request.headers['host']}{request.path}?page=2"
    return {
        "identifier": "DS_POP",
        "paging": {"next": following if page == 1 else None, "isLast": page == 2},
        "observations": [
            {
                "dimensions": {"GEO": geo, "TIME_PERIOD": "2021", "POP_MEASURE": "PMUN"},
                "measures": {"OBS_VALUE_NIVEAU": {"value": value}},
                "attributes": {"OBS_STATUS": "A"},
            }
        ],
    }


def un_sdg(request: Request) -> Any:
    number = int(request.query["page"][0])
    city, value, nature = {1: ("MALMO", "91.5", "C"), 2: ("LYON", "89.0", "E")}[number]
    return {
        "size": 1, "totalElements": 2, "totalPages": 2, "pageNumber": number,
        "data": [
            {"series": "SP_TRN_PUBL", "geoAreaCode": "752", "timePeriodStart": 2020.0,
             "value": value, "attributes": {"Nature": nature, "Units": "PERCENT"},
             "dimensions": {"Cities": city, "Reporting Type": "G"}},
            {"series": "SP_TRN_PUBL", "geoAreaCode": "752", "timePeriodStart": 2020.0,
             "value": "77", "attributes": {}, "dimensions": {"Reporting Type": "G"}},
        ],
    }  # fmt: skip


SDMX = b"DATAFLOW,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),malmo,GREEN,2021,4.5\n"
ANSWERS: dict[str, Any] = {
    "/statistics/1.0/data/urb_cenv": CUBE,
    "/BE/BE0101": PX,
    "/data/kpi/N1/municipality/1480,1280/year/2020": kolada,
    "/v3/page2": KOLADA_2,
    "/data/DS_POP": melodi,
    "/Series/Data": un_sdg,
    "/data/A,B,1.0/all": SDMX,
}
QUERIES: dict[str, Query] = {
    "eurostat": Query("urb_cenv", ("SE001C", "SE002C"), {"indic_ur": ("EN2026V",)}, 2020, 2021),
    "pxweb": Query("BE/BE0101", ("1480",), {"ContentsCode": ("BE0101N1",)}, 2021, 2022),
    "kolada": Query("N1", ("1480", "1280"), {}, 2020, 2020),
    "melodi": Query("DS_POP", ("38185", "17300"), {"POP_MEASURE": ("PMUN",)}, 2021, 2021),
    "un-sdg": Query("SP_TRN_PUBL", ("MALMO", "LYON"), {"areaCode": ("752",)}, 2020, 2020),
    "sdmx": Query("A,B,1.0", (), {}, 2021, 2021),
}
ROWS = {
    "eurostat": [
        ("SE001C", "2020", "12.5", "A", "_T"),
        ("SE001C", "2021", "13.0", "E", "_T"),
        ("SE002C", "2020", "", "Q", "_T"),
        ("SE002C", "2021", "9.0", "B", "_T"),
    ],
    "pxweb": [
        ("1480", "2021", "300.0", "A", "M"),
        ("1480", "2022-Q3", "301.0", "A", "M"),
        ("1480", "2021", "310.0", "A", "F"),
        ("1480", "2022-Q3", "", "M", "F"),
    ],
    "kolada": [
        ("1480", "2020", "5.5", "A", "_T"),
        ("1480", "2020", "", "M", "F"),
        ("1280", "2020", "6.0", "A", "_T"),
    ],
    "melodi": [("38185", "2021", "158000.0", "A", "_T"), ("17300", "2021", "", "M", "_T")],
    "un-sdg": [("MALMO", "2020", "91.5", "A", "_T"), ("LYON", "2020", "89.0", "E", "_T")],
}


@pytest.fixture
def served() -> Iterator[Publisher]:
    with publisher() as running:
        running.answers |= ANSWERS
        yield running


def fetched(served: Publisher, kind: str, **changes: Any) -> Fetched:
    query = replace(QUERIES[kind], address=served.address, **changes)
    return PUBLISHERS[kind].fetch(served.asker(PUBLISHERS[kind].name), query)


def rows_of(found: Fetched) -> list[tuple[str, ...]]:
    read = csv.DictReader(io.StringIO(found.content.decode()))
    return [
        tuple(row[name] for name in ("city", "period", "value", "status", "sex")) for row in read
    ]


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_what_is_answered_becomes_rows(served: Publisher, kind: str) -> None:
    assert rows_of(fetched(served, kind)) == ROWS[kind]


def test_sdmx_comes_as_it_is(served: Publisher) -> None:
    found = fetched(served, "sdmx")
    assert found.content == SDMX
    assert "startPeriod" in served.requests[0].query
    assert "vnd.sdmx.data+csv" in served.requests[0].headers["accept"]


def test_every_publisher_has_been_asked() -> None:
    assert set(QUERIES) == set(PUBLISHERS)


def test_questions_are_put_as_documented(served: Publisher) -> None:
    fetched(served, "eurostat")
    assert served.requests[0].query == {
        "format": ["JSON"], "lang": ["EN"], "cities": ["SE001C", "SE002C"],
        "indic_ur": ["EN2026V"], "sinceTimePeriod": ["2020"], "untilTimePeriod": ["2021"],
    }  # fmt: skip
    fetched(served, "pxweb")
    assert served.requests[1].body["response"] == {"format": "json-stat2"}
    assert {one["code"] for one in served.requests[1].body["query"]} == {
        "Region", "ContentsCode", "Tid",
    }  # fmt: skip


@pytest.mark.parametrize("kind", sorted(QUERIES))
def test_a_busy_server_is_asked_again(served: Publisher, kind: str) -> None:
    served.failures += [503, 429]
    assert fetched(served, kind).content
    assert served.paused == [PAUSES[0], 7.0], "it waits as long as it was asked to"
    assert "503" in served.said[0]


@pytest.mark.parametrize("kind", sorted(QUERIES))
def test_a_server_that_stays_silent_is_told_of(served: Publisher, kind: str) -> None:
    served.failures += [503] * (len(PAUSES) + 1)
    with pytest.raises(PublisherSilent, match="503"):
        fetched(served, kind)
    assert len(served.requests) == len(PAUSES) + 1


@pytest.mark.parametrize("kind", sorted(QUERIES))
def test_a_refused_question_is_not_put_again(served: Publisher, kind: str) -> None:
    served.failures.append(404)
    with pytest.raises(InvalidData, match="404"):
        fetched(served, kind)
    assert len(served.requests) == 1


@pytest.mark.parametrize("kind", sorted(set(QUERIES) - {"sdmx"}))
@pytest.mark.parametrize("answer", [b'{"values": [', b"[]", b"{}", b'{"id": ["cities"]}', b""])
def test_half_an_answer_is_none(served: Publisher, kind: str, answer: bytes) -> None:
    for path in served.answers:
        served.answers[path] = answer
    with pytest.raises(InvalidData) as caught:
        fetched(served, kind)
    assert "othing was imported" in caught.value.faults[0].rule


def test_a_page_that_breaks_off_loses_the_whole(served: Publisher) -> None:
    served.answers["/v3/page2"] = b'{"values": ['
    with pytest.raises(InvalidData, match="Kolada"):
        fetched(served, "kolada")


def test_a_cube_that_lacks_cells_is_half_an_answer(served: Publisher) -> None:
    served.answers["/BE/BE0101"] = {**PX, "value": [300.0]}
    with pytest.raises(InvalidData, match="incomplete"):
        fetched(served, "pxweb")


def test_a_dimension_with_several_values_asks_for_a_choice(served: Publisher) -> None:
    several = {**CUBE, "size": [1, 2, 2, 2]}
    several["dimension"] = {
        **CUBE["dimension"],  # type: ignore[dict-item]
        "indic_ur": {"category": {"index": {"EN2026V": 0, "EN2027V": 1}}},
    }
    served.answers["/statistics/1.0/data/urb_cenv"] = several
    with pytest.raises(InvalidData, match="Choose one value for indic_ur"):
        fetched(served, "eurostat")


def test_a_machine_without_a_network_says_so() -> None:
    from functools import partial

    from alliance.network.outside import Unreachable, ask

    def unresolved(host: str, port: int) -> list[str]:
        raise Unreachable(f"the name {host} cannot be resolved", is_network=True)

    asker = Asker("Kolada", ask=partial(ask, resolve=unresolved), sleep=lambda seconds: None)
    with pytest.raises(PublisherSilent, match="this server has no network"):
        PUBLISHERS["kolada"].fetch(asker, QUERIES["kolada"])


def test_an_address_inside_the_own_network_is_refused() -> None:
    query = replace(QUERIES["kolada"], address="http://127.0.0.1:8080")
    with pytest.raises(InvalidData, match="not a public address"):
        PUBLISHERS["kolada"].fetch(Asker("Kolada", sleep=lambda seconds: None), query)


@pytest.mark.django_db
def test_what_a_publisher_says_becomes_figures_once(served: Publisher) -> None:
    from alliance.core.audit import COMMAND_LINE
    from alliance.indicators.connectors.asked import checked_answer, read_publisher
    from alliance.indicators.enums import BatchKind, CodeScheme
    from alliance.indicators.importing.options import Options
    from alliance.indicators.importing.taking import take_over
    from alliance.indicators.models import CityCode, Observation
    from tests.factories.indicators import NOW, make_city, make_definition

    for name, code in (("goteborg", "1480"), ("malmo", "1280")):
        CityCode.objects.create(city=make_city(name), scheme=CodeScheme.SE_KOMMUN, code=code)
    definition = make_definition("WASTE", "KOLADA_N1", unit="", unit_label="kg", valid_max=None)
    query = replace(QUERIES["kolada"], codes=(), address=served.address)
    served.answers["/data/kpi/N1/municipality/1280,1480/year/2020"] = kolada
    for added in (3, 0):
        fetched, options = read_publisher(
            "kolada", query, Options(definition=definition.key), asker=served.asker("Kolada")
        )
        batch = take_over(
            [checked_answer(fetched, options)],
            actor=COMMAND_LINE,
            at=NOW,
            kind=BatchKind.CONNECTOR,
        )[0]
        assert batch.added == added
    figures = Observation.objects.select_related("series__city", "source").order_by("id")
    told = {(row.series.city.public_id, row.series.sex): (row.value, row.status) for row in figures}
    assert told == {
        ("goteborg", "_T"): (5.5, "A"),
        ("goteborg", "F"): (None, "M"),
        ("malmo", "_T"): (6.0, "A"),
    }
    assert {row.source.title for row in figures if row.source} == {"Kolada (RKA), N1"}


@pytest.mark.django_db
def test_without_a_city_to_ask_for_nothing_is_asked(served: Publisher) -> None:
    from alliance.indicators.connectors.asked import read_publisher
    from alliance.indicators.importing.options import Options

    query = replace(QUERIES["kolada"], codes=(), address=served.address)
    with pytest.raises(InvalidData, match=r"SE_KOMMUN code. Import codes, or enter some."):
        read_publisher("kolada", query, Options(), asker=served.asker())
    assert served.requests == []


@pytest.mark.parametrize("line", ["indic", "=x", "indic=", ""])
def test_a_filter_that_cannot_be_read_is_named(line: str) -> None:
    from alliance.indicators.connectors.asked import filters_of

    with pytest.raises(InvalidData, match="dimension=value"):
        filters_of([line])
