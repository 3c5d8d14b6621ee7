"""The pages of translating: the record beside its translation, the worklist, the line on a page."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from alliance.cases.models import CaseStudy, Solution
from alliance.core.models import AuditEvent
from alliance.search.services import rebuild, refresh
from tests.bench.generate import multiply_cases
from tests.factories.knowledge import lay_ground, make_case, text
from tests.factories.pages import one_line
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.translations import HEARING, SWEDISH, make_method, translate

pytestmark = pytest.mark.django_db
HERE = "/sv/cases/lund/translate/sv"


@pytest.fixture
def case():
    lay_ground()
    return make_case(outcome="did-not-work", reasons=("stopped",))


@pytest.fixture
def editor(case):
    user = person("Elin Berg", language="sv")
    join(user, team("umea"))
    return user


@pytest.fixture
def reviewer(case):
    return person("Rosa Petit", "reviewer")


@pytest.fixture
def browse(client, editor):
    client.force_login(editor)
    return client


def send(client, address=HERE, *, texts=SWEDISH, revision=0, source=1, go="save", **options):
    return client.post(
        address, {**texts, "revision": revision, "source": source, "go": go}, **options
    )


def body(answer) -> str:
    """The page on one line."""
    return one_line(answer.content.decode())


def edit_original(**changes):
    row = CaseStudy.objects.get(public_id="lund").texts.filter(language="sv").first()
    others = () if row is None else (text("sv", status=row.status, **SWEDISH),)
    return make_case(outcome="did-not-work", reasons=("stopped",), texts=(text(**changes), *others))


def test_the_original_stands_beside_a_field_for_each_of_its_texts(browse):
    page = body(browse.get("/en/cases/lund/translate/sv"))
    assert "Translate into Swedish" in page
    assert "Did not work" in page
    assert '<p lang="en">Bypass roads grew busier.</p>' in page
    assert re.search(r'<textarea name="what_did_not"[^>]* lang="sv"', page)
    assert re.search(r'<input type="text" name="title"[^>]* lang="sv"', page)
    assert 'name="equity_notes"' not in page
    assert "Not mentioned in the original: Who gained, who paid" in page
    assert "Confirm that it still matches" not in page
    assert "Mark as reviewed" not in page


def test_a_title_that_is_too_long_stays_in_its_field(browse):
    answer = send(browse, "/en/cases/lund/translate/sv", texts=SWEDISH | {"title": "a" * 201})
    assert answer.status_code == 422
    page = body(answer)
    assert f'value="{"a" * 201}"' in page and "The limit is 200." in page


def test_what_is_saved_shows_at_once_on_the_page_of_its_language(browse):
    answer = send(browse, "/en/cases/lund/translate/sv")
    assert (answer.status_code, answer.url) == (302, "/sv/cases/lund/")
    page = body(browse.get(answer.url))
    assert "Vägar med pris</h1>" in page
    assert "översatt från engelska, översättningen är inte granskad" in page
    assert "The text in Swedish has been saved." in page


def test_what_is_refused_is_kept_and_named_beside_the_field_and_on_top(browse):
    answer = send(browse, "/en/cases/lund/translate/sv", texts=SWEDISH | {"what_did_not": ""})
    page = body(answer)
    assert answer.status_code == 422
    assert 'href="#id_what_did_not"' in page
    assert 'aria-invalid="true"' in page
    assert "Translate this too: the original has text here." in page
    assert "Bilister betalar per timme. Trafiken föll genast.</textarea>" in page
    assert CaseStudy.objects.get(public_id="lund").texts.count() == 1


def test_of_two_who_save_the_second_sees_both_and_may_save_on(browse, case, reviewer):
    translate(case, acting(reviewer), texts=SWEDISH | {"problem": "Trängsel varje morgon."})
    answer = send(browse, "/en/cases/lund/translate/sv")
    page = body(answer)
    assert answer.status_code == 409
    assert "Someone else has saved this translation in the meantime" in page
    assert '<p lang="sv">Trängsel varje morgon.</p>' in page
    assert "Köer varje morgon.</textarea>" in page
    assert "<del>Trängsel</del><ins>Köer</ins>" in page
    assert page.count("Saved in the meantime by someone else:") == 1
    assert 'name="revision" value="1"' in page
    assert send(browse, revision=1).status_code == 302
    assert case.texts.get(language="sv").problem == "Köer varje morgon."


def test_what_changed_in_the_original_is_marked_word_by_word(browse, case, reviewer):
    translate(case, acting(reviewer))
    edit_original(
        lead="Drivers pay by the hour.", summary="Drivers pay by the day. Traffic fell at once."
    )
    page = body(browse.get("/en/cases/lund/translate/sv"))
    assert "1 edit behind the original" in page
    assert "1 edit has been made to the original since." in page
    assert "by the<del> hour.</del><ins> day.</ins> Traffic" in page
    assert page.count("Edited since:") == 1
    assert "Confirm that it still matches" in page


def test_what_is_not_kept_is_said(browse, case, reviewer):
    translate(case, acting(reviewer))
    edit_original(summary="Drivers pay by the day.")
    case.versions.filter(number__lt=3).delete()
    page = body(browse.get("/en/cases/lund/translate/sv"))
    assert "Its earlier text was not kept, so read all of it." in page
    assert "Edited since:" not in page


def test_an_unknown_revision_is_said_and_can_be_confirmed(browse, case, reviewer):
    translate(case, acting(reviewer))
    case.texts.filter(language="sv").update(source_revision=None)
    page = body(browse.get("/en/cases/lund/translate/sv"))
    assert "The version of the original used for this translation is not known." in page
    assert send(browse, revision=1, go="confirm").status_code == 302
    assert case.texts.get(language="sv").source_revision == 1


def test_an_original_edited_while_it_was_read_leaves_the_translation_behind(browse):
    edit_original(summary="Drivers pay by the day.")
    answer = send(browse, "/en/cases/lund/translate/sv", source=1, follow=True)
    page = body(answer)
    assert (
        "The original was edited while you were reading it: the translation is 1 edit behind."
    ) in page


def test_a_refused_form_shows_what_was_edited_while_it_was_read(browse):
    edit_original(summary="Drivers pay by the day. Traffic fell at once.")
    answer = send(browse, "/en/cases/lund/translate/sv", texts=SWEDISH | {"title": ""}, source=1)
    page = body(answer)
    assert "by the<del> hour.</del><ins> day.</ins>" in page
    assert 'name="source" value="2"' in page


def test_confirming_is_one_button_and_never_swallows_words(browse, case, reviewer):
    translate(case, acting(reviewer))
    edit_original(summary="Drivers pay by the day. Traffic fell at once.")
    answer = send(
        browse,
        "/en/cases/lund/translate/sv",
        revision=1,
        source=2,
        go="confirm",
        texts=SWEDISH | {"summary": "Bilister betalar per dag."},
    )
    assert answer.status_code == 422
    assert "Save your changes to the text first." in body(answer)
    assert send(browse, revision=1, source=2, go="confirm").status_code == 302
    assert case.texts.get(language="sv").source_revision == 2
    assert AuditEvent.objects.filter(verb="confirm translation").count() == 1


def test_another_person_marks_it_as_reviewed(client, case, editor, reviewer):
    translate(case, acting(editor))
    client.force_login(editor)
    page = body(client.get("/en/cases/lund/translate/sv"))
    assert "Mark as reviewed" not in page
    assert "You worked on this translation, so someone else must review it." in page
    assert send(client, revision=1, go="review").status_code == 403
    client.force_login(reviewer)
    page = body(client.get("/en/cases/lund/translate/sv"))
    assert "written by Elin Berg" in page
    assert "Mark as reviewed" in page
    assert send(client, revision=1, go="review").status_code == 302
    assert case.texts.get(language="sv").status == "reviewed"
    page = body(client.get("/en/cases/lund/translate/sv"))
    assert "translated and reviewed" in page
    assert "reviewed by Rosa Petit" in page


def test_the_reviewer_of_a_case_with_a_hidden_city_reads_and_does_not_write(client, case, reviewer):
    translate(case, acting(person("Sara", "secretariat")))
    CaseStudy.objects.filter(pk=case.pk).update(city=None, is_masked=True)
    client.force_login(reviewer)
    page = body(client.get("/en/cases/lund/translate/sv"))
    assert "Review the translation into Swedish" in page
    assert '<p lang="sv">Omfartsvägar fick mer trafik.</p>' in page
    # Who translates such a case is of its team.
    assert "Sara" not in page
    assert "<textarea" not in page
    assert "Save the translation" not in page
    assert send(client, revision=1, texts={}, go="review").status_code == 302
    assert case.texts.get(language="sv").status == "reviewed"


def test_lists_of_a_method_have_one_line_for_each(browse):
    make_method()
    address = "/en/methods/hearing/translate/sv"
    page = body(browse.get(address))
    assert '<ul lang="en"><li>Quick</li><li>Cheap</li></ul>' in page
    assert "One line per item." in page
    answer = send(browse, address, texts=HEARING | {"strengths": "Snabb\r\n<b>Billig</b>"})
    assert "Line 2: The text contains HTML" in body(answer)
    assert send(browse, address, texts=HEARING).url == "/sv/methods/hearing/"
    page = body(browse.get("/sv/methods/hearing/"))
    assert "<li>Snabb</li><li>Billig</li>" in page
    assert "översatt från engelska" in page


def test_solutions_have_the_page_too(browse):
    address = "/en/solutions/road-pricing/translate/sv"
    assert "Vägavgifter" in body(browse.get(address))
    answer = send(browse, address, texts={"name": "Vägpris"}, revision=1)
    assert answer.url == "/sv/solutions/road-pricing/"
    solution = Solution.objects.get(public_id="road-pricing")
    assert solution.texts.get(language="sv").name == "Vägpris"


def test_visitors_are_led_to_sign_in_and_lose_nothing_they_typed(client, case):
    answer = client.get(HERE)
    assert answer.status_code == 302
    assert answer.url.endswith("?next=/sv/cases/lund/translate/sv")
    answer = send(client, "/en/cases/lund/translate/sv")
    page = body(answer)
    assert answer.status_code == 403
    assert "You are no longer signed in." in page
    assert "Omfartsvägar fick mer trafik.</textarea>" in page


def test_others_are_told_the_rule(client, case):
    client.force_login(person("Citizen"))
    for address in ("/en/cases/lund/translate/sv", "/en/translations/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Only team editors, reviewers and the secretariat can translate." in body(answer)
        assert answer["Cache-Control"] == "private, no-store"
    assert send(client).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/en/cases/lund/translate/en",
        "/en/cases/lund/translate/de",
        "/en/cases/nowhere/translate/sv",
        "/en/solutions/nowhere/translate/sv",
        "/en/translations/?state=other",
        "/en/translations/?page=0",
        "/en/translations/?page=99",
    ],
)
def test_what_is_not_there_is_not_found(browse, address):
    assert browse.get(address).status_code == 404


def test_a_case_withdrawn_meanwhile_gives_back_what_was_typed(browse, case):
    CaseStudy.objects.filter(pk=case.pk).update(status="withdrawn")
    answer = send(browse)
    assert answer.status_code == 404
    assert "Omfartsvägar fick mer trafik.</textarea>" in body(answer)


@pytest.mark.parametrize(
    ("language", "fresh", "behind"),
    [
        (
            "sv",
            "översatt från engelska, översättningen är inte granskad<",
            "ligger 2 ändringar efter originalet",
        ),
        ("fr", "traduit, original en anglais, traduction non relue<", "2 modifications de retard"),
    ],
)
def test_labels_are_right_in_each_language(client, case, editor, language, fresh, behind):
    translate(case, acting(editor), language=language)
    assert fresh in body(client.get(f"/{language}/cases/lund/"))
    case.texts.filter(language="en").update(revision=3)
    case.save()
    AuditEvent.objects.create(at=NOW, actor_label="x", verb="x", kind="case", public_id="lund")
    assert behind in body(client.get(f"/{language}/cases/lund/"))


def line(client, address) -> str:
    found = re.search(r'<p class="note no-print">(.*?)</p>', body(client.get(address)))
    return re.sub(r"<[^>]*>", "", found[1]).strip() if found else ""


def test_the_page_of_a_record_says_what_the_reader_can_do(client, case, editor, reviewer):
    assert line(client, "/en/cases/lund/") == ""
    client.force_login(editor)
    assert line(client, "/en/cases/lund/") == "Translate into French · Translate into Swedish"
    assert 'href="/en/cases/lund/translate/fr"' in body(client.get("/en/cases/lund/"))
    translate(case, acting(editor))
    assert line(client, "/en/cases/lund/") == "Translate into French"
    client.force_login(reviewer)
    assert "/sv/cases/lund/translate/sv" in body(client.get("/sv/cases/lund/"))
    edit_original(summary="Drivers pay by the day.")
    assert "Update the translation into Swedish" in line(client, "/en/cases/lund/")
    for address in ("/en/solutions/road-pricing/", f"/en/methods/{make_method().public_id}/"):
        assert "Translate into French" in line(client, address)


def test_the_worklist_names_what_lacks_and_lags_newest_changes_first(browse, case, reviewer):
    make_case("Umeå")
    make_method()
    translate(case, acting(reviewer))
    edit_original(summary="Drivers pay by the day.")
    page = body(browse.get("/sv/translations/"))
    places = [page.index(f"/sv/{path}/translate/sv") for path in
              ("cases/lund", "methods/hearing", "cases/umea")]  # fmt: skip
    assert places == sorted(places)
    assert "/sv/solutions/road-pricing/translate/sv" not in page
    assert "Misslyckades" in page or "Fungerade inte" in page
    counts = {
        row[0]: tuple(int(n) for n in row[1:])
        for row in re.findall(r'<th scope="row">([^<]*)</th>' + r".*?<a [^>]*>(\d+)<" * 3, page)
    }
    assert counts["Svenska"] == (2, 1, 1)
    assert counts["Franska"] == (4, 0, 0)
    assert counts["Engelska"] == (0, 0, 0)
    behind = body(browse.get("/sv/translations/?state=behind"))
    assert "cases/lund/translate/sv" in behind
    assert "methods/hearing" not in behind
    assert "solutions/road-pricing/translate/sv" in body(
        browse.get("/sv/translations/?state=unreviewed")
    )
    assert "cases/umea/translate/sv" in body(browse.get("/sv/translations/?state=missing"))
    assert "Nothing to do here" in body(browse.get("/en/translations/"))


def test_an_unpublished_case_is_not_in_the_worklist(browse, case):
    CaseStudy.objects.update(status="withdrawn")
    page = body(browse.get("/fr/translations/"))
    assert "cases/lund" not in page
    assert "solutions/road-pricing/translate/fr" in page


def test_long_worklists_come_in_pages_with_few_queries(browse, case, django_assert_max_num_queries):
    make_method()
    Solution.objects.get().classifications.create(scheme="theme", code="mobility")
    multiply_cases(300)
    with django_assert_max_num_queries(15):
        page = body(browse.get("/sv/translations/"))
    assert page.count("/translate/sv") == 25
    assert "?page=2" in page
    with django_assert_max_num_queries(15):
        assert body(browse.get("/sv/translations/?page=2")).count("/translate/sv") == 25


def test_the_page_of_a_translation_takes_few_queries(
    browse, case, reviewer, django_assert_max_num_queries
):
    translate(case, acting(reviewer))
    for number in range(12):
        edit_original(summary=f"Drivers pay by the day {number}.")
    with django_assert_max_num_queries(15):
        page = body(browse.get("/en/cases/lund/translate/sv"))
    assert "12 edits behind the original" in page
    assert "12 edits have been made to the original since." in page


def test_a_page_of_a_translator_keeps_to_the_budget_of_queries(
    client, case, reviewer, django_assert_max_num_queries
):
    translate(case, acting(person("Sara", "secretariat")), at=NOW + dt.timedelta(days=1))
    client.force_login(reviewer)
    with django_assert_max_num_queries(30):
        client.get("/sv/cases/lund/")


def test_a_translation_is_found_in_its_language(browse, case):
    rebuild(at=NOW)
    assert "/sv/cases/lund/" not in body(browse.get("/sv/find?q=omfartsvägar"))
    send(browse)
    refresh(at=NOW)
    page = body(browse.get("/sv/find?q=omfartsvägar"))
    assert "/sv/cases/lund/" in page
    assert "Vägar med pris" in page


def test_what_was_typed_and_not_saved_comes_back_beside_what_others_saved_meanwhile(browse):
    here = "/en/cases/lund/translate/sv"
    (mark,) = re.findall(r'name="typing" value="([^"]+)"', body(browse.get(here)))
    half = SWEDISH | {"title": "Halvt skrivet"}
    sent = {**half, "revision": 0, "source": 1, "typing": mark, "typing_only": "1"}
    assert browse.post(here, sent).status_code == 204
    assert 'value="Halvt skrivet"' in body(browse.get(here))
    # Saved in another window.
    assert send(browse).status_code == 302
    page = body(browse.get(here))
    assert 'value="Halvt skrivet"' in page and "Saved in the meantime by someone else:" in page
    (revision,) = re.findall(r'name="revision" value="(\d+)"', page)
    assert send(browse, here, texts=half | {"typing": mark}, revision=revision).status_code == 302
    page = body(browse.get(here))
    assert 'value="Halvt skrivet"' in page and "Saved in the meantime by someone else:" not in page
    assert "and have not saved it yet." not in page
