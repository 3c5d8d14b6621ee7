"""Figures of reports: every count and value is written out, and words cannot become markup."""

from __future__ import annotations

from xml.etree import ElementTree

from alliance.charts import figures, forest


def texts(svg: str) -> list[str]:
    """The words of a drawing, which must be well-formed."""
    return [
        one.text or "" for one in ElementTree.fromstring(svg).iter() if one.tag.endswith("text")
    ]


def test_each_part_of_a_bar_has_its_number_however_small():
    svg = figures.bars(
        [("Tolls", [1, 240])], [("worked", "Worked"), ("mixed", "Mixed")], title="Trials"
    )
    assert texts(svg) == ["Worked", "Mixed", "Tolls", "1", "240", "241"]


def test_the_key_holds_only_kinds_that_a_row_has():
    kinds = [("worked", "Worked"), ("mixed", "Mixed")]
    svg = figures.bars([("Tolls", [0, 2])], kinds, title="Trials")
    assert texts(svg) == ["Mixed", "Tolls", "2", "2"]


def test_the_long_name_of_a_row_is_whole():
    name = "Affichage en temps réel des consommations d’énergie et d’eau chaude"
    svg = figures.bars([(name, [1])], [("worked", "Worked")], title="Trials")
    assert " ".join(texts(svg)[1:-2]) == name


def test_words_of_records_stay_words():
    svg = figures.bars([('<script> & "x"', [1])], [("worked", "Worked")], title='a "b" <c>')
    assert '<script> & "x"' in texts(svg)


def test_a_forest_writes_every_value_and_the_mean():
    rows = [
        forest.ForestRow(label, "2020", value, None, None, "before and after")
        for label, value in (("Lund", -10.0), ("Umeå", -4.0))
    ]
    plot = forest.draw(rows, title="Traffic", summary=forest.ForestSummary(median=-7.0))
    svg = figures.forest(plot, ["−10 %", "−4 %"], title="Traffic", mean="Median\n−7 %")
    assert {"Lund, 2020", "Umeå, 2020", "−10 %", "−4 %", "Median", "−7 %"} <= set(texts(svg))


def test_a_series_of_one_value_that_never_moves_is_drawn():
    svg = figures.series([("2020", 5.0), ("2021", 5.0)], title="Air", last="5", target=5.0)
    assert texts(svg) == ["5", "2020", "2021"]
