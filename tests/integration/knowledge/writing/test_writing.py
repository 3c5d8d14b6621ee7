"""An editor writes a case page by page: every step saves, whatever is in it."""

from __future__ import annotations

import pytest

from alliance.cases.models import SourceCheck
from alliance.writing.forms.steps import FORMS, STEPS
from alliance.writing.models import Draft
from alliance.writing.services import drafts
from tests.factories.drafts import document
from tests.factories.knowledge import effect, make_case
from tests.factories.pages import text_of
from tests.factories.people import NOW, acting, team
from tests.factories.writing import content, fields_on, opened, page_of, send, text_in_draft

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


# -- starting -----------------------------------------------------------------------------------


def test_a_case_is_started_with_its_team_city_and_outcome(elin, umea):
    page = elin.get("/en/write/new")
    # The answers begin with the failure.
    assert text_of(page).index("It did not work") < text_of(page).index("It worked in part")
    answer = send(elin, "/en/write/new", outcome="did-not-work", language="sv")
    started = Draft.objects.get()
    assert answer.url == page_of(started, "place")
    assert (started.organisation, started.language) == (umea, "sv")
    assert started.content["outcome"] == "did-not-work"
    assert started.content["original_language"] == "sv"
    assert started.content["place"]["city"] == "umea"
    assert started.content["actors"] == ["municipality"]


def test_a_form_that_is_sent_twice_starts_one_draft(elin):
    sent = {"outcome": "mixed", "language": "sv", "team": "umea-municipality"}
    first, second = (elin.post("/sv/write/new", sent) for _ in range(2))
    assert first.url == second.url
    assert Draft.objects.count() == 1
    # Another case than the untouched one is another draft.
    elin.post("/sv/write/new", {**sent, "outcome": "worked"})
    assert Draft.objects.count() == 2


def test_a_start_without_an_answer_names_the_field(elin):
    answer = elin.post("/en/write/new", {"language": "sv", "team": "umea-municipality"})
    assert answer.status_code == 200
    assert "What happened?: Choose one" in text_of(answer)
    assert not Draft.objects.exists()


def test_an_adaptation_takes_over_the_solution_and_where_it_came_from(elin):
    make_case("Lund")
    answer = elin.get("/en/write/new?adapted_from=lund")
    assert "Pricing the roads" in text_of(answer)
    send(elin, "/en/write/new?adapted_from=lund", outcome="worked", language="sv")
    found = content()
    assert found["adapted_from"] == "lund"
    assert found["solution"] == "road-pricing"
    assert (found["topics"], found["themes"]) == (["equity"], ["mobility"])
    assert found["sdg_targets"] == ["11.2"]
    # What another city found out is not ours.
    assert found["effects"] == [] and found["cost"] is None
    assert found["place"]["city"] == "umea"


def test_another_step_is_a_button_that_saves_on_its_way_there(elin, umea):
    draft = drafts.start_draft(
        umea, language="sv", actor=acting(elin.user), at=NOW, content=document()
    )
    story = page_of(draft, "story")
    page = text_of(elin.get(story))
    # Enter saves: the first button of the form leads nowhere else.
    assert page.index('<button form="step" name="go" value="save"') < page.index('value="to-cost"')
    answer = send(elin, story, go="to-cost", title="Ny titel")
    assert answer.url == page_of(draft, "cost")
    assert text_in_draft()["title"] == "Ny titel"
    assert 'value="to-cost"' not in text_of(elin.get(page_of(draft, "check")))


def test_a_case_that_is_not_there_starts_nothing(elin):
    assert elin.get("/en/write/new?adapted_from=nowhere").status_code == 200
    answer = elin.post(
        "/en/write/new",
        {"outcome": "worked", "language": "sv", "team": "umea-municipality", "adapted_from": "'"},
    )
    assert answer.status_code == 302
    assert content()["adapted_from"] is None


def test_nobody_starts_a_case_for_another_team(elin):
    team("lund")
    answer = elin.post(
        "/en/write/new", {"outcome": "worked", "language": "sv", "team": "lund-municipality"}
    )
    assert answer.status_code == 200
    assert not Draft.objects.exists()


# -- steps --------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_is_opened_and_saved_unchanged_changes_nothing(elin, draft, step):
    assert elin.get(page_of(draft, step)).status_code == 200
    if step != "check":
        answer = send(elin, page_of(draft, step))
        assert answer.status_code == 302, text_of(answer)
    assert (content(), Draft.objects.get().revision) == (draft.content, 1)


@pytest.mark.parametrize("step", FORMS)
def test_an_empty_step_is_saved(elin, umea, step):
    empty = drafts.start_draft(umea, language="sv", actor=acting(elin.user), at=NOW)
    answer = send(elin, page_of(empty, step), "next")
    assert answer.status_code == 302
    assert answer.url == page_of(empty, list(STEPS)[list(STEPS).index(step) + 1])


def test_there_are_no_other_steps(elin, draft):
    assert elin.get(page_of(draft, "place").replace("/place/", "/nowhere/")).status_code == 404


def test_what_was_typed_in_every_step_is_in_the_draft(elin, umea):
    empty = drafts.start_draft(umea, language="sv", actor=acting(elin.user), at=NOW)
    make_case("Lund")
    send(
        *(elin, page_of(empty, "place", "sv"), "next"),
        solution="road-pricing",
        city="umeå",
        place_name="Gamla stan",
        start_year="2021",
        end_year="2022",
        is_masked="on",
    )
    send(
        *(elin, page_of(empty, "story", "sv"), "next"),
        title="Vägavgift på prov",
        summary="Det blev inget.\r\n\r\nTrafiken minskade inte.",
        what_did_not="Bilarna valde gatan bredvid.",
    )
    send(
        *(elin, page_of(empty, "outcome", "sv"), "next"),
        outcome="did-not-work",
        reasons=["no-effect", "rebound"],
    )
    send(
        *(elin, page_of(empty, "results", "sv"), "next"),
        effects__0__measure="Trafikvolym",
        effects__0__unit="procentuell förändring",
        effects__0__value="−1 234,5",
        effects__0__se="0,25",
        effects__0__n="1 200",
        effects__0__period_start="2021",
        effects__0__design="before-after",
        effects__0__direction="lower-is-better",
        effects__0__qualifier="under rusningen",
    )
    send(
        *(elin, page_of(empty, "cost", "sv"), "next"),
        amount="2 000 000,50",
        currency="SEK",
        price_year="2021",
        cost_kind="partial",
        cost_covers="Bara skyltar",
        cost_source="https://example.org/budget",
        staff_time="1,5",
        staff_time_unit="person-years",
        equity_notes="Pendlarna betalade.",
        justice_procedure="Alla tillfrågades.",
    )
    send(
        *(elin, page_of(empty, "amounts", "sv"), "next"),
        amounts__0__amount="4,6",
        amounts__0__currency="SEK",
        amounts__0__kind="yearly",
        amounts__0__covers="Skötsel per år",
    )
    send(
        *(elin, page_of(empty, "sources", "sv"), "next"),
        sources__0__title="Slutrapport",
        sources__0__url="https://example.org/slutrapport",
        sources__0__kind="city",
        sources__0__independent="no",
    )
    send(
        *(elin, page_of(empty, "classification", "sv"), "next"),
        topics=["equity"],
        themes=["mobility", "air-quality"],
        actors=["municipality"],
        sdg_targets="11.2; 13.b 11.2",
        adapted_from="https://cities.example/sv/cases/lund/?from=mail",
        adaptation_changes="Bara en gata.",
    )
    found = content()
    assert found["solution"] == "road-pricing" and found["kind"] == "approach"
    assert found["place"]["city"] == "umea" and found["place"]["country"] == "SE"
    assert found["place"]["name"] == "Gamla stan"
    assert (found["start_year"], found["end_year"], found["is_masked"]) == (2021, 2022, True)
    text = found["texts"]["sv"]
    assert text["summary"] == "Det blev inget.\n\nTrafiken minskade inte."
    assert text["equity_notes"] == "Pendlarna betalade."
    assert text["justice_procedure"] == "Alla tillfrågades."
    assert (found["outcome"], found["reasons"]) == ("did-not-work", ["no-effect", "rebound"])
    (effect,) = found["effects"]
    assert (effect["measure"], effect["unit"]) == ("traffic volume", "percent change")
    assert (effect["value"], effect["se"], effect["n"]) == (-1234.5, 0.25, 1200)
    assert effect["low"] is None and effect["pool_exclusion"] is None
    assert found["cost"] == {
        "amount": 2000000.5, "currency": "SEK", "price_year": 2021, "kind": "partial",
        "covers": "Bara skyltar", "covers_fr": "", "covers_sv": "",
        "source": "https://example.org/budget", "is_computed": False,
    }  # fmt: skip
    assert found["amounts"] == [
        {
            "amount": 4.6, "currency": "SEK", "price_year": None, "kind": "yearly",
            "covers": "Skötsel per år", "covers_fr": "", "covers_sv": "",
            "source": "", "is_computed": False,
        }
    ]  # fmt: skip
    assert found["staff_time"] == {"value": 1.5, "unit": "person-years"}
    assert found["lead_time"] is None
    (source,) = found["sources"]
    assert (source["kind"], source["independent"]) == ("city", False)
    assert found["sdg_targets"] == ["11.2", "13.b"]
    assert found["adapted_from"] == "lund"


def test_a_solution_that_is_not_in_the_list_is_described(elin, draft):
    answer = send(elin, page_of(draft, "place"), new_name="Sparkcykelparkering", new_kind="tool")
    assert "not both" in text_of(answer)
    send(
        *(elin, page_of(draft, "place")),
        solution="",
        kind="",
        new_name="Sparkcykelparkering",
        new_kind="tool",
    )
    assert content()["new_solution"]["name"] == "Sparkcykelparkering"
    assert (content()["solution"], content()["kind"]) == ("", "tool")


def test_a_wrong_cell_is_named_and_stays_and_all_others_are_saved(elin, draft):
    answer = send(
        *(elin, page_of(draft, "results", "en")),
        effects__0__measure="traffic volume",
        effects__0__value="about ten",
        effects__0__unit="%",
        effects__0__note="Counted by hand.",
    )
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Row 1, Value: “about ten” is not a number" in page
    # A change in % or a share in %: the writer says which.
    assert "Row 1, Unit: “%” can mean two things." in page
    assert "For a change in %, enter “percent change”." in page
    assert "“percentage points” for a change of the share" in page
    assert 'href="#id_effects-0-value"' in page
    assert "Saved, except for these fields" in page and "Not saved" not in page
    fields = fields_on(page, page_of(draft, "results"))
    assert fields["effects-0-value"] == "about ten"
    assert fields["effects-0-note"] == "Counted by hand."
    assert fields["revision"] == "2"
    saved = content()["effects"][0]
    assert (saved["note"], saved["value"], saved["unit"]) == ("Counted by hand.", None, "")
    # What is wrong is still there when the page is opened again, and is corrected there.
    back = opened(elin, page_of(draft, "results"))
    assert (back["effects-0-value"], back["revision"]) == ("about ten", "2")
    right = {**back, "effects-0-value": "10", "effects-0-unit": "percent change"}
    assert elin.post(page_of(draft, "results"), {**right, "go": "save"}).status_code == 302
    assert content()["effects"][0]["value"] == 10.0


@pytest.mark.parametrize("step", ["results", "no-difference"])
def test_a_word_that_is_no_measure_proposes_near_ones_with_their_places(elin, draft, step):
    make_case("Lund", effects=(effect(), effect(-2.0, period_start=2020)))
    make_case("Borås", effects=(effect(-4.0),))
    part = {"results": "effects", "no-difference": "nulls"}[step]
    here = page_of(draft, step)
    page = text_of(send(elin, here, **{f"{part}__0__measure": "trafikvolymer"}))
    assert "“trafikvolymer” is not in the list. Did you mean" in page
    assert "“traffic volume” (2 places)?" in page
    assert not content()[part]
    typed = {f"{part}__0__measure": "trafikvolymer", f"{part}__0__is_new": "on"}
    assert send(elin, here, **typed).status_code == 302
    assert content()[part][0]["measure"] == "trafikvolymer"
    # Once it is said to be new, it is not asked about again.
    assert send(elin, here).status_code == 302
    assert content()[part][0]["measure"] == "trafikvolymer"


def test_another_step_is_opened_once_this_one_is_saved(elin, draft):
    story, cost = page_of(draft, "story"), page_of(draft, "cost")
    assert send(elin, story, "to-cost", title="Ny titel").url == cost
    assert text_in_draft()["title"] == "Ny titel"
    assert send(elin, story, "to-nowhere").url == story
    # A faulty field keeps nobody here, and is not lost.
    assert send(elin, cost, "to-story", amount="a lot").url == story
    assert "Saved, except for some fields" in text_of(elin.get(story))
    assert opened(elin, cost)["amount"] == "a lot"


def test_a_number_that_can_be_read_in_two_ways_is_asked_back(elin, draft):
    answer = send(elin, page_of(draft, "cost", "sv"), amount="1.234")
    assert "1234" in text_of(answer) and "1,234" in text_of(answer)
    assert content()["cost"] is None


@pytest.mark.parametrize("text", ["<b>fet</b>", "<script>x</script>", "\u202eomvänt"])
def test_markup_is_refused_beside_its_field_and_stays_in_the_form(elin, draft, text):
    answer = send(elin, page_of(draft, "story", "en"), problem=text)
    page = text_of(answer)
    assert "The problem: The text contains" in page
    assert "<b>fet" not in page and "<script>x" not in page
    assert fields_on(page, page_of(draft, "story"))["problem"] == text
    assert Draft.objects.get().revision == 1


def test_rows_are_added_and_taken_away_by_buttons_and_saved_on_the_way(elin, draft):
    one = {"sources__0__title": "Slutrapport", "sources__0__url": "https://example.org/a"}
    answer = send(elin, page_of(draft, "sources"), "add", **one)
    assert answer.url == f"{page_of(draft, 'sources')}?rows=1#id_sources-1-title"
    page = text_of(elin.get(answer.url))
    assert 'id="id_sources-1-title"' in page and 'id="id_sources-2-title"' not in page
    send(
        *(elin, answer.url.split("#")[0], "save"),
        sources__1__title="Artikel",
        sources__1__url="https://example.org/b",
    )
    assert [one["title"] for one in content()["sources"]] == ["Slutrapport", "Artikel"]
    send(elin, page_of(draft, "sources"), "remove-sources-0")
    assert [one["title"] for one in content()["sources"]] == ["Artikel"]


def test_a_row_with_a_wrong_cell_can_be_taken_away(elin, umea):
    effects = [{"measure": "turnout"}, {"measure": "traffic volume", "value": 3.0}]
    draft = drafts.start_draft(
        *(umea,), language="sv", actor=acting(elin.user), at=NOW, content=document(effects=effects)
    )
    send(elin, page_of(draft, "results"), "remove-effects-0", effects__0__value="much")
    assert [one["measure"] for one in content()["effects"]] == ["traffic volume"]


def test_a_row_is_added_to_a_form_that_is_refused(elin, draft):
    answer = send(elin, page_of(draft, "results"), "add", effects__0__value="much")
    page = text_of(answer)
    assert fields_on(page, page_of(draft, "results"))["effects-0-value"] == "much"
    assert 'id="id_effects-1-measure"' in page


def test_an_untouched_row_is_left_out(elin, draft):
    send(elin, page_of(draft, "sources"), "remove-sources-0")
    send(elin, page_of(draft, "sources"), "next")
    assert content()["sources"] == []


def test_what_breaks_a_rule_is_saved_and_told_beside_its_field(elin, draft):
    answer = send(elin, page_of(draft, "place", "en"), "next", start_year="2023")
    assert answer.url == f"{page_of(draft, 'place')}?held=1"
    page = text_of(elin.get(answer.url))
    assert "The end, 2022, is before the start, 2023. Enter a later year." in page
    assert 'id="id_end_year_faults"' in page
    assert "id_end_year_faults" in page.split('name="end_year"')[1].split(">")[0]
    assert page_of(draft, "story") in page
    assert content()["start_year"] == 2023


def test_what_is_missing_is_told_at_its_field_only_when_asked_for(elin, umea):
    empty = drafts.start_draft(umea, language="sv", actor=acting(elin.user), at=NOW)
    assert "Fill this in" not in text_of(elin.get(page_of(empty, "place", "en")))
    page = text_of(elin.get(f"{page_of(empty, 'place', 'en')}?check=1"))
    assert 'id="id_city_faults"' in page


def test_prompts_fit_the_outcome(elin, umea):
    def page(outcome):
        draft = drafts.start_draft(
            *(umea,), language="sv", actor=acting(elin.user), at=NOW, content={"outcome": outcome}
        )
        return text_of(elin.get(page_of(draft, "story", "en")))

    failed, worked = page("did-not-work"), page("worked")
    assert (
        "Describe what went wrong, when you noticed, and what you would do "
        "differently. This is the most useful part for other cities."
    ) in failed
    assert (
        "Describe what was harder than expected or did not work at first. Every "
        "project has its difficulties."
    ) in worked
    # What went wrong comes first in a failure.
    assert failed.index('id="id_what_did_not"') < failed.index('id="id_what_worked"')
    assert worked.index('id="id_what_worked"') < worked.index('id="id_what_did_not"')


def test_texts_are_marked_with_the_language_of_the_case(elin, draft):
    page = text_of(elin.get(page_of(draft, "story", "en")))
    assert 'lang="sv"' in page.split('name="summary"')[1].split(">")[0]
    assert "in Swedish" in page


def test_sources_that_are_dead_or_given_twice_are_told(elin, umea):
    twice = {"title": "A", "url": "https://example.org/a"}
    dead = {"title": "B", "url": "https://example.org/b"}
    draft = drafts.start_draft(
        *(umea,),
        language="sv",
        actor=acting(elin.user),
        at=NOW,
        content=document(sources=[twice, dead, twice]),
    )
    SourceCheck.objects.create(url=dead["url"], is_alive=False, checked_at=NOW)
    page = text_of(elin.get(page_of(draft, "sources", "en")))
    assert page.count("This web address appears more than once.") == 2
    assert "could not be reached" in page
