import re
from xml.etree import ElementTree

import pytest

from alliance.charts import forest
from alliance.charts import map as case_map
from tests.unit.web import showcase


def squeeze(text):
    """Text with ordinary spaces made single; no-break spaces stay."""
    return re.sub(r"[ \n]+", " ", text)


@pytest.fixture
def plot(html):
    def render(rows=showcase.ROWS, language="en", **options):
        options = {
            "title": "Car traffic",
            "unit_symbol": "%",
            "unit_name": "percent change",
        } | options
        drawn = forest.draw(rows, **options)
        return squeeze(html("{% forest plot id='f' %}", language, plot=drawn))

    return render


#: A drawing with those inside it.
SVG = re.compile(r"<svg class=.*?</svg>(?! *(?:<svg|<circle|</svg))", re.DOTALL)


def svgs(text):
    return [ElementTree.fromstring(svg) for svg in SVG.findall(text)]


def test_words_in_another_language_say_which(plot):
    rows = [
        forest.ForestRow(
            "Lund", "2019", 3, None, None, "survey", part="inner ring", lang_attr="en"
        ),
        forest.ForestRow("Umeå", "2020", 4, None, None, "survey", part="all roads", lang_attr="en"),
    ]
    text = plot(rows=rows, language="sv")
    assert '<span class="note">2019, <span lang="en">inner ring</span></span>' in text
    assert text.count(' lang="en"') == 2
    # The mark stands once for the whole chart, not at each row.
    assert text.count("på engelska") == 1


def test_words_in_the_language_of_the_page_are_not_marked(plot):
    rows = [forest.ForestRow("Lund", "2019", 3, None, None, "survey", part="inner ring")]
    text = plot(rows=rows)
    assert '<span class="note">2019, inner ring</span>' in text
    assert "lang=" not in text and "in English" not in text


def test_the_plot_says_its_result_in_words(plot):
    text = plot(favourable="lower")
    assert "5 places, from −30\u00a0% (London) to +4.5\u00a0% (Communauté" in text
    assert (
        "Of the 3 places with a confidence interval, 2 clearly improved and 1 clearly got worse."
    ) in text
    assert "lower is better →" in text
    assert "No interval was published for 2 of 5 results." in text
    assert "Filled dot: measured value. Open dot: value from a model." in text


def test_without_any_interval_the_caption_says_so(plot):
    text = plot(rows=[forest.ForestRow("A", "", 3, None, None, "survey")])
    assert "No intervals were published, so none are shown." in text
    assert "Line: 95" not in text and "One place: A, +3\u00a0%." in text


def test_levels_get_no_plus_and_no_judgement(plot):
    text = plot(rows=[showcase.ROWS[2]], signed=False, favourable="higher")
    assert "+4.5" not in text and "for the better" not in text


def test_the_marks_are_well_formed_and_carry_no_style(plot):
    drawings = svgs(plot(favourable="higher", summary=showcase.SUMMARY))
    # The axis, five rows, the mean.
    assert len(drawings) == 7
    for drawing in drawings:
        assert all("style" not in element.attrib for element in drawing.iter())
    # Rows are read as a table; the axis stands for the picture.
    assert [drawing.get("role") for drawing in drawings] == ["img", *[None] * 6]


def test_the_numbers_of_a_drawing_do_not_follow_the_language(plot):
    english, french = (svgs(plot(language=code)) for code in ("en", "fr"))
    for one, other in zip(english[1:], french[1:], strict=True):
        assert ElementTree.tostring(one) == ElementTree.tostring(other)
    assert "+4,5\u00a0%" in plot(language="fr")


def test_the_rows_are_a_table_with_their_intervals_or_none(plot):
    text = plot()
    table = text[text.index("<tbody") : text.index("</tbody>")]
    assert table.count("<tr>") == 5
    assert "−25 to −19" in table and table.count("interval not published") == 2
    assert '<a href="/en/a">Stockholm</a>' in table and "modelled" in table


def test_rows_of_results_say_in_their_own_words_how_they_were_found(html):
    row = forest.ForestRow("zone", "2019, survey", 3, None, None, "survey", lang_attr="en")
    drawn = forest.draw([row], title="Traffic", unit_symbol="vehicles", unit_name="vehicles")
    source = "{% forest plot id='f' of_results=True told_in_label=True %}"
    text = squeeze(html(source, "sv", plot=drawn))
    assert '<span lang="en">zone</span>' in text
    assert "+3<" in text.replace(" ", "") and "Evaluation method" not in text


def test_an_outlier_is_explained_and_written_out(plot):
    text = plot(rows=showcase.CLIPPED)
    assert "Arrow: one value is outside the scale and is shown next to the arrow." in text
    assert "+1,200\u00a0%" in text


def test_the_summary_is_drawn_and_named(plot):
    text = plot(summary=showcase.SUMMARY)
    assert (
        "Mean across places" in text and "Diamond: mean across places, all weighted equally" in text
    )
    assert "95 % prediction interval" in text
    assert "Diamond" not in plot()


@pytest.fixture
def points(html):
    def render(points=showcase.POINTS, query="", **options):
        chart = case_map.draw(points, **options)
        return squeeze(html("{% point_map chart id='m' %}", query=query, chart=chart))

    return render


def test_the_map_says_what_it_shows_and_what_not(points):
    text = points(query="?q=a")
    assert "17 of 18 results are on the map; 1 has no location." in text
    assert "2 results are outside this map of Europe." in text
    assert 'href="?q=a&amp;map=world" >Show world map</a>' in text


def test_a_complete_map_says_so(points):
    text = points(points=showcase.POINTS[:2])
    assert "All 2 results are on the map." in text
    assert "outside" not in text and "Show world map" not in text


def test_each_point_is_a_link_that_names_place_and_outcome(points):
    text = points()
    assert 'href="/en/c0" aria-labelledby="m-1 m-worked"' in text
    assert re.search(r'<text id="m-1" x="[^>]*>Stockholm</text>', text)
    assert re.search(r'<li id="m-worked">.*?Worked</span></li>', text)
    assert text.count('<a href="/en/c') == 15
    assert "/static/land-europe.svg#land" in text
    assert "Did not work" in text


def test_each_name_on_the_map_has_its_own_id_and_every_name_is_found(points):
    text = points(view="world")
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    named = {
        part for names in re.findall(r'aria-labelledby="([^"]+)"', text) for part in names.split()
    }
    assert named <= set(ids)


def test_a_label_in_another_language_says_which(points):
    foreign = case_map.MapPoint("a", "Congestion tax", 59.3, 18.1, "worked", "/fr/a", "en")
    own = case_map.MapPoint("b", "Péage", 48.9, 2.3, "worked", "/fr/b")
    text = points(points=[foreign, own])
    assert re.search(r'<text id="m-1" lang="en" [^>]*>Congestion tax<', text)
    assert re.search(r'<text id="m-2" x="[^>]*>Péage<', text)


def test_the_map_is_well_formed(points):
    for drawing in svgs(points(view="world")):
        assert all("style" not in element.attrib for element in drawing.iter())
