import datetime as dt
import re

import pytest
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError

from alliance.cases.enums import Verdict
from alliance.charts import forest as forest_plot
from alliance.charts import map as case_map
from alliance.charts.marks import MARKS
from alliance.charts.outline import WEB
from tests.factories.pages import one_line

TODAY = dt.date(2026, 11, 24)
EVIL = '<zz onclick="x">&'


@pytest.mark.parametrize(
    ("code", "css", "shape", "word"),
    [
        ("worked", "worked", "v-works", "Worked"),
        ("reported", "reported", "v-reported", "Reported as working"),
        ("mixed", "mixed", "v-mixed", "Mixed"),
        ("did-not-work", "did-not-work", "v-failed", "Did not work"),
        ("unknown", "unknown", "v-unclear", "Outcome not known"),
        (None, "unknown", "v-unclear", "Outcome not known"),
        ("odd", "unknown", "v-unclear", "Outcome not known"),
    ],
)
def test_an_outcome_is_a_shape_and_a_word(html, code, css, shape, word):
    text = html("{% outcome code %}", code=code)
    assert f'class="outcome {css}"' in text and word in text
    assert f'icons.svg#{shape}"' in text and 'aria-hidden="true"' in text


def test_the_shapes_of_the_outcomes_differ(html):
    assert len(set(MARKS.values())) == len(MARKS) == 5
    assert len({html("{% mark code %}", code=code) for code in MARKS}) == 5


def test_the_key_of_the_map_holds_the_shapes_of_the_map(html):
    text = html("{% map_mark 'mixed' %}")
    assert MARKS["mixed"] in text and "Mixed" in text and 'aria-hidden="true"' in text


@pytest.mark.parametrize("code", Verdict.values)
def test_each_verdict_has_a_shape_a_colour_and_its_words(html, code):
    text = html("{% verdict code 'Works: less traffic' large=True %}", code=code)
    assert "icons.svg#v-" in text and text.endswith("Works: less traffic</span>")
    css = re.search(r'class="verdict (\w+) large"', text)[1]
    sheet = (WEB / "static" / "alliance.css").read_text(encoding="utf-8")
    assert f".verdict.{css} {{" in sheet
    assert f'id="{re.search(r"#(v-[a-z]+)", text)[1]}"' in (WEB / "static" / "icons.svg").read_text(
        encoding="utf-8"
    )


def test_a_grade_is_a_stair_and_words(html):
    text = html("{% grade 3 True %}")
    assert 'icons.svg#s3"' in text and "Strength of evidence: 3 of 5" in text
    assert 'icons.svg#s0"' in html("{% grade 0 True %}")


@pytest.mark.parametrize("source", ["{% grade None %}", "{% grade 0 False %}"])
def test_what_was_not_graded_has_no_stair(html, source):
    text = html(source)
    assert "Strength of evidence: not graded" in text and "<svg" not in text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% number value %}", "not known"),
        ("{% quantity value '%' %}", "not known"),
        ("{% effect_value value '%' %}", "no data"),
        ("{% money value 'EUR' 2020 %}", "not known"),
        ("{% money 5 '' 2020 %}", "not known"),
        ("{% period value value %}", "years not known"),
        ("{% day value %}", "not known"),
        ("{% age_badge value today %}", "date of next update check not known"),
        ("{% not_recorded %}", "not known"),
        ("{% not_recorded 'never asked' %}", "never asked"),
    ],
)
def test_what_is_missing_is_said(html, source, text):
    got = html(source, value=None, today=TODAY)
    assert text in got and "0" not in got


def test_a_nan_is_missing(html):
    assert "not known" in html("{% number value %}", value=float("nan"))
    assert "no data" in html("{% effect_value value '%' %}", value=float("nan"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% effect_value -22.0 '%' 'percent change' relative=True %}", "−22\u00a0%"),
        ("{% effect_value 4.5 '%' 'percent change' relative=True %}", "+4.5\u00a0%"),
        ("{% effect_value 35 '%' 'percent of rainfall' %}", '<span class="unit">of rainfall<'),
        ("{% effect_value 1200 '' 'boardings per day' %}", '<span class="unit">boardings per day<'),
        ("{% effect_value 2 'pp' 'percentage points' %}", 'visually-hidden">percentage points<'),
        ("{% effect_value 2 'pp' 'percentage points' %}", 'aria-hidden="true">pp<'),
    ],
)
def test_an_effect_carries_its_unit(html, source, words):
    assert words in html(source)


@pytest.mark.parametrize(
    ("measure", "unit", "is_change", "words"),
    [
        ("traffic volume", ("%", "percent change"), True, "Traffic volume: −790\u00a0%"),
        ("trafikvolym", ("%", "procentuell förändring"), True, "Trafikvolym: −790\u00a0%"),
        ("heat-related deaths", ("", "deaths"), True, "Heat-related deaths: −790"),
        ("décès liés à la chaleur", ("décès", "décès"), True, "Décès liés à la chaleur: −790"),
        ("cost of homes", ("", "homes"), False, "Cost of homes: −790"),
        ("deaths", ("", "deaths per year"), True, "Deaths: −790 deaths per year"),
        ("share", ("%", "share"), False, "Share: −790\u00a0% share"),
    ],
)
def test_what_was_measured_stands_before_its_effect_and_says_its_unit_once(
    html, measure, unit, is_change, words
):
    source = "{% effect_of measure -790 unit.0 unit.1 is_change %}"
    text = html(source, measure=measure, unit=unit, is_change=is_change)
    assert re.sub("<[^>]+>", "", text) == words


def test_money_names_the_currency_in_full(html):
    text = html("{% money 182345678 'SEK' 2017 %}", language="sv")
    assert "182,3\u00a0miljoner" in text
    assert '<abbr title="svensk krona">SEK</abbr>' in text and "2017" in text


def test_signs_that_a_template_writes_follow_the_language(html):
    assert html("a{% colon %} b{% semicolon %} c") == "a: b; c"
    assert html("a{% colon %} b{% semicolon %} c", "sv") == "a: b; c"
    assert html("a{% colon %} b{% semicolon %} c", "fr") == "a\u00a0: b\u00a0; c"


def test_words_in_another_language_say_so(html):
    class Label(str):
        lang_attr = "en"

    crumbs = html("{% breadcrumbs a '/sv/a' b '' %}", "sv", a=Label("Tax"), b="Skatt")
    assert '<a href="/sv/a" lang="en">Tax</a>' in crumbs
    assert '<span aria-current="page">Skatt</span>' in crumbs
    source = {"title": "Report", "url": "https://example.org", "seen": "Traffic fell."}
    assert '<q lang="en">Traffic fell.</q>' in html("{% sources s '' 'en' %}", "sv", s=[source])
    assert "<q>Traffic fell.</q>" in html("{% sources s %}", s=[source])


def test_language_marks(html):
    assert html("{% language_mark 'en' %}") == ""
    assert "in French" in html("{% language_mark 'fr' %}")
    assert "en anglais" in html("{% language_mark 'en' %}", language="fr")
    text = html("{% language_mark 'en' translated_from='fr' reviewed=False behind=2 %}")
    assert "translated from French, translation not reviewed, 2 edits behind the original" in text
    assert "1 edit behind the original" in html(
        "{% language_mark 'en' translated_from='fr' behind=1 %}"
    )


def test_only_an_overdue_review_gets_a_badge(html):
    text = html("{% age_badge due today %}", due=dt.date(2025, 10, 1), today=TODAY)
    assert "badge overdue" in text and "update check overdue since October 2025" in text
    assert "badge" not in html("{% age_badge today today %}", today=TODAY)
    assert "update check due November 2026" in html("{% age_badge today today %}", today=TODAY)


def test_starter_content_is_marked(html):
    assert "starter content" in html("{% origin_mark 'starter' %}")
    assert html("{% origin_mark 'members' %}") == ""


def test_a_chip_with_an_address_says_what_a_press_does(html):
    text = html("{% chip 'Worked' href %}", href="?q=a&b=c")
    assert 'href="?q=a&amp;b=c"' in text and "Remove the filter: " in text
    assert "<a" not in html("{% chip 'Mobility' %}")


def test_facts_leave_out_what_is_empty(html):
    assert html("{% facts 'a' '' None 'b' %}") == '<ul class="facts"><li>a</li><li>b</li></ul>'
    assert html("{% facts '' %}") == ""


def test_definitions_say_what_is_missing_and_keep_nought(html):
    text = html("{% definitions items %}", items=[("Cost", None), ("Deaths", 0)])
    assert "<dt>Cost</dt><dd><span" in text and "<dt>Deaths</dt><dd>0</dd>" in text


def test_breadcrumbs_end_in_the_page_itself(html):
    text = html("{% breadcrumbs 'Find' '/en/find' 'Stockholm' '' %}")
    assert '<a href="/en/find">Find</a>' in text
    assert '<span aria-current="page">Stockholm</span>' in text
    with pytest.raises(TemplateSyntaxError):
        html("{% breadcrumbs 'Find' %}")


def test_frames_hold_their_content_under_a_heading(html):
    text = html("{% panel title='Grade' level=3 %}<p>x</p>{% endpanel %}")
    assert text == '<section class="panel"><h3>Grade</h3><p>x</p></section>'
    assert 'class="said no"' in html("{% outcome_panel 'no' %}x{% endoutcome_panel %}")
    assert 'role="alert"' in html("{% notice kind='error' %}x{% endnotice %}")
    assert "role" not in html("{% notice %}x{% endnotice %}")
    assert "<h2>None</h2>" in html("{% empty_state title='None' %}x{% endempty_state %}")


@pytest.mark.parametrize(
    "source",
    [
        "{% outcome_panel 'perhaps' %}x{% endoutcome_panel %}",
        "{% notice kind='odd' %}x{% endnotice %}",
        "{% panel title='a' level=1 %}x{% endpanel %}",
        "{% filter_group 'a' 'b' items kind='odd' %}",
    ],
)
def test_odd_parameters_are_refused(html, source):
    with pytest.raises(TemplateSyntaxError):
        html(source, items=[])


@pytest.mark.parametrize(
    "source",
    [
        "{% chip evil evil %}",
        "{% facts evil %}",
        "{% definitions items %}",
        "{% breadcrumbs evil evil evil '' %}",
        "{% panel title=evil %}{{ evil }}{% endpanel %}",
        "{% money 5 evil 2000 %}",
        "{% effect_value 5 evil evil %}",
        "{% quantity 5 evil %}",
        "{% not_recorded evil %}",
        "{% sources records %}",
        "{% filter_group evil evil options %}",
        "{% forest plot id='f' %}",
        "{% point_map chart id='m' %}",
    ],
)
def test_text_from_outside_is_escaped(html, source):
    text = html(
        source,
        evil=EVIL,
        items=[(EVIL, EVIL)],
        records=[{"title": EVIL, "url": EVIL, "seen": EVIL, "kind_label": EVIL}],
        options=[{"value": EVIL, "label": EVIL, "checked": True}],
        plot=forest_plot.draw(
            [forest_plot.ForestRow(EVIL, EVIL, 1, None, None, EVIL, EVIL)],
            title=EVIL,
            unit_symbol=EVIL,
            unit_name=EVIL,
        ),
        chart=case_map.draw([case_map.MapPoint("a", EVIL, 59.3, 18.1, EVIL, EVIL)]),
    )
    assert "<zz" not in text and 'onclick="' not in text
    assert "&lt;zz" in text


def test_sources_say_what_is_known_of_them(html):
    text = html(
        "{% sources records heading_id='s' %}",
        records=[
            {"title": "A", "url": "/a", "kind_label": "press", "independent": True},
            {"title": "B", "url": "/b", "independent": False},
            {"title": "C", "url": "/c", "independent": None, "seen": "−22 %"},
        ],
    )
    assert "press; independent of the people who ran the action." in " ".join(text.split())
    assert "type not known; from the people who carried out the action." in " ".join(text.split())
    assert "independence not known." in text and "<q>−22 %</q>" in text


def test_pagination_keeps_the_query_and_names_the_page(html):
    page = Paginator(range(200), 10).get_page(7)
    text = html("{% pagination page %}", query="?q=cykel&page=7", page=page)
    assert 'href="?q=cykel&amp;page=8"' in text and 'rel="next"' in text
    assert 'aria-current="page"' in text and ">7<" in text
    assert html("{% pagination page %}", page=Paginator(range(3), 10).get_page(1)).strip() == ""


def test_page_numbers_in_addresses_have_no_separators(html):
    page = Paginator(range(20000), 10).get_page(1500)
    assert "page=1501" in html("{% pagination page %}", language="fr", page=page)


def test_choices_keep_their_state_and_a_count_of_nought(html):
    options = [
        {"value": "a", "label": "A", "count": 0, "checked": True},
        {"value": "b", "label": "B", "checked": False},
    ]
    text = one_line(html("{% filter_group 'Outcome' 'outcome' options %}", options=options))
    assert '<input type="checkbox" name="outcome" value="a" checked>' in text
    assert text.count('class="count"') == 1 and ">0<" in text
    assert "<legend>Outcome</legend>" in text
