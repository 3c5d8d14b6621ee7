"""What a survey says: over versions, weighted, without small counts, as page and as file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import time
from dataclasses import replace

import pytest
from django.test import Client

from alliance.participation.models import CensusCount, Participant, Process
from alliance.participation.selectors.pages import numbers_of
from alliance.participation.services import own
from alliance.participation.services.census import who_took_part
from alliance.participation.services.evaluating import measures_of
from alliance.participation.services.issuing import issue, issue_due
from alliance.surveys import selectors
from alliance.surveys.models import Response, Version
from alliance.surveys.services.answering import enter_form
from alliance.surveys.services.questions import set_questions
from tests.factories.pages import page_text
from tests.factories.people import acting
from tests.factories.surveys import (
    KM,
    LINES,
    OFTEN,
    RANKED,
    SAFE,
    WHY_NOT,
    WORDS,
    fill,
    make_survey,
)

pytestmark = pytest.mark.django_db


def read(process, now) -> dict[str, selectors.Answered]:
    issue(process, at=now)
    return {one.key: one for one in selectors.standing(process).questions}


def counts(one: selectors.Answered, table: int = 0) -> list[int | None]:
    return [line.n for line in one.tables[table].lines]


def test_each_kind_is_counted(process, now) -> None:
    version = Version.objects.get()
    often = {OFTEN.key: 1, SAFE.key: 4, WHY_NOT.key: [0, 1], KM.key: 3}
    fill(version, often | {RANKED.key: [1, 0, 2], LINES.key: [3, None]}, 20)
    fill(version, {OFTEN.key: 2, SAFE.key: 2, WHY_NOT.key: [0], KM.key: 9}, 30)
    found = read(process, now)
    assert counts(found[OFTEN.key]) == [0, 20, 30]
    assert found[OFTEN.key].first.label == "Never"
    assert found[OFTEN.key].first.share.value == pytest.approx(0.6)
    assert counts(found[WHY_NOT.key]) == [50, 20, 0] and found[WHY_NOT.key].n == 50
    assert found[SAFE.key].tables[0].mean == pytest.approx((20 * 4 + 30 * 2) / 50)
    assert (found[KM.key].median, found[KM.key].quartiles) == (9, (3, 9))
    assert counts(found[RANKED.key]) == [0, 20, 0]
    assert found[RANKED.key].means == (("Lights", 1), ("Lanes", 2), ("Racks", 3))
    assert counts(found[LINES.key]) == [0, 0, 20] and found[LINES.key].tables[1].n == 0


def test_small_counts_are_hidden_with_what_would_tell_them(process, now) -> None:
    version = Version.objects.get()
    fill(version, {OFTEN.key: 0, SAFE.key: 3}, 40)
    fill(version, {OFTEN.key: 1, SAFE.key: 3, WHY_NOT.key: [0]}, 30)
    fill(version, {OFTEN.key: 2, SAFE.key: 3, WHY_NOT.key: [0, 2]}, 4)
    found = read(process, now)
    # Four never cycle; with the 30 hidden beside them nobody can work it out.
    assert counts(found[OFTEN.key]) == [40, None, None]
    # How many were asked what keeps them from it would tell it, too.
    why = found[WHY_NOT.key]
    assert why.n is None and counts(why) == [None, None, None]
    page = page_text(Client(), f"/en/take-part/{process.public_id}/results/")
    assert "too few to show" in page and "30 answers" not in page and "34" not in page


def test_before_ten_have_answered_nothing_is_shown(process, now, client) -> None:
    fill(Version.objects.get(), {OFTEN.key: 0}, 9)
    issue(process, at=now)
    assert selectors.standing(process) is None
    home = f"/en/take-part/{process.public_id}/"
    assert "No results yet." in page_text(client, f"{home}results/")
    assert client.get(f"{home}survey.csv").status_code == 404


def test_five_thousand_answers_to_a_survey_that_was_changed_stay_counted(process, lea, now) -> None:
    first = Version.objects.get()
    fill(first, {OFTEN.key: 1, SAFE.key: 5, WHY_NOT.key: [0]}, 3_000)
    at_night = replace(SAFE, text="How safe do you feel at night?")
    other = replace(WHY_NOT, options=(*WHY_NOT.options, "Snow"))
    second = set_questions(process, [OFTEN, at_night, other], actor=acting(lea), at=now)
    fill(second, {OFTEN.key: 2, at_night.key: 1, other.key: [3]}, 2_000)
    began = time.perf_counter()
    found = read(process, now)
    assert time.perf_counter() - began < 10
    # The same question counts together, one that was changed on its own.
    assert counts(found[OFTEN.key]) == [0, 3_000, 2_000] and found[OFTEN.key].versions == (1, 2)
    assert counts(found[SAFE.key]) == [0, 0, 0, 0, 3_000] and found[SAFE.key].versions == (1,)
    assert counts(found[at_night.key]) == [2_000, 0, 0, 0, 0]
    assert not found[SAFE.key].is_asked_now and found[at_night.key].versions == (2,)
    # A place among the answers means what it meant in its own version.
    assert counts(found[WHY_NOT.key]) == [3_000, 0, 0]
    assert counts(found[other.key]) == [0, 0, 0, 2_000]
    standing = selectors.standing(process)
    assert [one["n"] for one in standing.versions] == [3_000, 2_000] and standing.n == 5_000
    page = page_text(Client(), f"/en/take-part/{process.public_id}/results/")
    assert "Version 1: 3,000 people." in page and "asked in version 1" in page


def test_answers_are_weighted_to_the_census(process, now) -> None:
    version = Version.objects.get()
    CensusCount.objects.bulk_create(
        CensusCount(process=process, trait="sex", category=name, people=500)
        for name in ("woman", "man")
    )
    fill(version, {OFTEN.key: 0}, 60, sex="woman")
    fill(version, {OFTEN.key: 1}, 20, sex="man")
    found = read(process, now)[OFTEN.key]
    assert found.tables[0].lines[0].share.value == pytest.approx(0.75)
    assert found.tables[0].lines[0].weighted == pytest.approx(0.5)
    assert selectors.standing(process).weights["n"] == 80
    page = page_text(Client(), f"/en/take-part/{process.public_id}/results/")
    assert "Weighted to represent all residents: 50" in page


def test_open_answers_that_say_alike_are_one_group(process, lea, now) -> None:
    version = Version.objects.get()
    by = {"language": "en", "channel": "desk", "actor": acting(lea), "at": now}
    for n in range(8):
        for words in (f"More bicycle lanes {n}", f"Brighter lamps at night {n}"):
            enter_form(version, {OFTEN.key: 0, WORDS.key: words}, **by)
    enter_form(version, {OFTEN.key: 0, WORDS.key: "Ban snow"}, **by)
    found = read(process, now)[WORDS.key]
    assert found.n == 17 and [one["n"] for one in found.groups] == [8, 8]


def test_desk_and_online_are_one_count(process, lea, now) -> None:
    version = Version.objects.get()
    fill(version, {OFTEN.key: 0}, 12)
    by = {"language": "en", "channel": "phone", "actor": acting(lea), "at": now}
    enter_form(version, {OFTEN.key: 0}, **by)
    assert counts(read(process, now)[OFTEN.key]) == [13, 0, 0]


def test_what_was_not_sent_does_not_count(process, now) -> None:
    version = Version.objects.get()
    fill(version, {OFTEN.key: 0}, 12)
    Response.objects.filter(pk=Response.objects.first().pk).update(sent_at=None)
    assert counts(read(process, now)[OFTEN.key]) == [11, 0, 0]


def test_who_saved_a_page_and_sent_nothing_did_not_take_part(process, now, client) -> None:
    fill(Version.objects.get(), {OFTEN.key: 0}, 22, age_band="18-29", first_time="yes")
    begun = fill(Version.objects.get(), {OFTEN.key: 0}, 11, age_band="65+", first_time="no")
    Response.objects.filter(pk__in=[one.pk for one in begun]).update(sent_at=None)
    issue(process, at=now)
    assert numbers_of(process)["people"] == 22
    assert [one.n for one in who_took_part(process)] == [22]
    leaders = page_text(client, f"/en/cities/{process.city.public_id}/leaders/")
    assert "22 people took part" in leaders and "33" not in leaders
    Process.objects.update(state="closed", closed_at=now)
    process.refresh_from_db()
    assert [one["n"] for one in measures_of(process, now)] == [22]
    # Once it is sent it counts.
    Response.objects.update(sent_at=now)
    issue(process, at=now)
    assert numbers_of(process)["people"] == 33


def test_files(process, lea, now, client) -> None:
    version = Version.objects.get()
    fill(version, {OFTEN.key: 1, SAFE.key: 4, WHY_NOT.key: [0, 1]}, 12)
    fill(version, {OFTEN.key: 0}, 3, channel="paper")
    issue(process, at=now)
    home = f"/en/take-part/{process.public_id}/"
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get(f"{home}survey.csv")).decode())))
    first = [one for one in rows if one["text"] == OFTEN.text]
    assert [one["answer"] for one in first] == list(OFTEN.options)
    assert first[0]["count"] == "" and first[0]["hidden"] == "1"
    assert client.get(f"{home}survey/answers.csv").status_code == 302
    client.force_login(lea)
    sent = b"".join(client.get(f"{home}survey/answers.csv")).decode()
    rows = list(csv.DictReader(io.StringIO(sent)))
    assert len(rows) == 15 and [one["person"] for one in rows] == sorted(
        one["person"] for one in rows
    )
    assert {one["channel"] for one in rows} == {"online", "paper"}
    asked = next(one for one in rows if one["channel"] == "online")
    assert asked[WHY_NOT.text] == "Traffic; No lane" and WORDS.text not in asked
    page = client.get(f"{home}results/").content.decode()
    assert "Each person’s ID is random and changes each time." in page


def test_files_of_the_team_are_those_of_the_issue(process, lea, now, client) -> None:
    """Two looks by somebody of the team tell what nobody said between them."""
    version = Version.objects.get()
    address = f"/en/take-part/{process.public_id}/survey/answers.csv"
    client.force_login(lea)

    def look() -> str:
        return b"".join(client.get(address)).decode()

    fill(version, {OFTEN.key: 0}, 9)
    assert client.get(address).status_code == 404
    fill(version, {OFTEN.key: 0}, 21)
    assert issue_due(at=now) == 1
    first = look()
    fill(version, {OFTEN.key: 1}, 1)
    Response.objects.filter(pk=Response.objects.first().pk).update(answers={OFTEN.key: 2})
    assert look() == first and "Sometimes" not in first and "Never" not in first
    fill(version, {OFTEN.key: 1}, 9)
    assert issue_due(at=now + dt.timedelta(hours=1)) == 1
    before, after = (
        {one["person"]: one[OFTEN.text] for one in csv.DictReader(io.StringIO(file))}
        for file in (first, look())
    )
    assert (len(before), len(after)) == (20, 30) and not before.keys() & after.keys()
    # Who deletes her data leaves it among ten.
    own.delete(Participant.objects.first())
    assert len(list(csv.DictReader(io.StringIO(look())))) == 20 and "Never" not in look()


def test_other_processes_have_no_survey(process, client) -> None:
    from tests.factories.participation import make_process

    other = make_process(process.organisation, title="Another")
    for path in ("survey/", "survey.csv"):
        assert client.get(f"/en/take-part/{other.public_id}/{path}").status_code == 404
    assert make_survey(process.organisation, title="Third").kind == "survey"


def test_questions_are_crossed_without_small_counts_as_page_and_file(process, now, client) -> None:
    version = Version.objects.get()
    for sex, often, n in (
        ("woman", 0, 30), ("woman", 1, 12), ("woman", 2, 20), ("man", 0, 25), ("man", 1, 4),
        ("man", 2, 31),
    ):  # fmt: skip
        fill(version, {OFTEN.key: often, SAFE.key: often + 1}, n, sex=sex)
    fill(version, {OFTEN.key: 0}, 15)
    issue(process, at=now)
    found = selectors.standing(process)
    table = selectors.crossed(found, OFTEN.key, "sex")
    own = {label: at for at, label in enumerate(table.labels)}
    cells = [[ns[own[name]] for name in ("woman", "man")] for _label, ns in table.lines]
    # Four are hidden, and beside them what would tell them, in their row and in their column.
    assert cells[1] == [None, None] and sum(row.count(None) for row in cells) == 4
    assert table.totals[-1] == 137
    by_question = selectors.crossed(found, OFTEN.key, SAFE.key)
    # 15 did not answer how safe they feel, and are in the table all the same.
    assert by_question.lines[0][1][0] == 55 and by_question.totals[-1] == 137
    assert by_question.labels[-1] == "no answer"
    path = f"/en/take-part/{process.public_id}/survey/crossed"
    asked = f"?rows={OFTEN.key}&columns=sex"
    assert "137" in page_text(client, path + asked)
    # Nothing chosen: the first two of the list.
    assert f"{SAFE.text}" in page_text(client, path) and "137" in page_text(client, path)
    rows = csv.reader(io.StringIO(b"".join(client.get(f"{path}.csv{asked}")).decode()))
    assert ["Sometimes", "man", "", "1"] in [row[:4] for row in rows]
    assert client.get(f"{path}?rows={OFTEN.key}&columns={OFTEN.key}").status_code == 422
    assert client.get(f"{path}.csv?rows=x&columns=sex").status_code == 404


def test_a_table_that_would_tell_what_is_hidden_is_not_shown(process, now) -> None:
    version = Version.objects.get()
    fill(version, {OFTEN.key: 0}, 40, sex="woman")
    fill(version, {OFTEN.key: 1}, 11, sex="woman")
    fill(version, {OFTEN.key: 1}, 3, sex="man")
    fill(version, {OFTEN.key: 2}, 30, sex="man")
    issue(process, at=now)
    table = selectors.crossed(selectors.standing(process), OFTEN.key, "sex")
    # 14 sometimes cycle, as the question alone says: of the 3 men nobody may learn by it.
    assert table is None or table.lines[1][1][:2].count(None) == 2
