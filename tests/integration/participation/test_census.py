"""Who took part is held against the census, small counts hidden; people are forgotten in time."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from alliance.core import clock
from alliance.core.errors import InvalidData, NotAllowed
from alliance.participation.models import CensusCount, Participant, Process
from alliance.participation.services import census
from alliance.participation.services.issuing import issue
from alliance.participation.services.weights import weights_of
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text
from tests.factories.participation import let_take_part, make_process
from tests.factories.people import acting, join, person, team

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DAY = dt.timedelta(days=1)
CODES = ("0-17", "18-29", "30-49", "65+")
TABLE = "trait,category,people\nsex,woman,510\nsex,man,490\nage_band,0-17,200\nage_band,18-29,800"


def workbook(table: str) -> bytes:
    """The table as a spreadsheet program keeps it, numbers as numbers."""
    book = openpyxl.Workbook()
    for line in table.splitlines():
        book.active.append([int(cell) if cell.isdecimal() else cell for cell in line.split(",")])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def process() -> Process:
    lay_ground()
    lund = team("lund")
    join(person("Lea Lund"), lund)
    return make_process(lund)


@pytest.fixture
def lea(process: Process) -> Any:
    from alliance.accounts.models import User

    return acting(User.objects.get(name="Lea Lund"))


def issued(process: Process, now: dt.datetime) -> list[census.Part]:
    """Who took part by an issue of everybody until now."""
    issue(process, at=now)
    return census.who_took_part(process)


def people(process: Process, n: int, now: dt.datetime, **traits: str) -> None:
    let_take_part(
        Participant.objects.bulk_create(
            Participant(process=process, language="en", made_at=now, **traits) for _ in range(n)
        )
    )


def test_shares_stand_beside_the_census(process, lea, now) -> None:
    census.take_census(process, TABLE + "\narea,Hjällbo,300\narea,Centrum,700", actor=lea, at=now)
    people(process, 30, now, sex="woman", area=" hjallbo")
    people(process, 20, now, sex="man", area="Elsewhere street")
    sex, area = issued(process, now)
    woman, man = sex.lines
    assert (sex.n, woman.share.value, woman.census) == (50, 0.6, 0.51) and sex.has_census
    assert woman.share.low < 0.6 < woman.share.high and man.share.difference == pytest.approx(-0.09)
    assert [(line.label, line.share and line.share.value) for line in area.lines] == [
        ("Hjällbo", 0.6),
        ("Centrum", 0.0),
        ("elsewhere", 0.4),
    ]
    said = page_text(Client(), f"/en/take-part/{process.public_id}/results/")
    assert "Who took part" in said and "60 %" in said and "51 %" in said
    assert "+9" in said and "−9" in said


def test_tenants_stand_beside_their_share_of_the_census(process, lea, now) -> None:
    census.take_census(process, "tenure,rents,600\ntenure,owns,400", actor=lea, at=now)
    people(process, 30, now, tenure="rents")
    people(process, 20, now, tenure="owns")
    (home,) = issued(process, now)
    assert [(one.label, one.share.value, one.census) for one in home.lines] == [
        ("rented", 0.6, 0.6),
        ("owned", 0.4, 0.4),
    ]


def test_small_counts_are_hidden_and_cannot_be_worked_out(process, now) -> None:
    people(process, 40, now, sex="woman")
    people(process, 3, now, sex="man")
    (sex,) = issued(process, now)
    assert not sex.has_census
    # With the total and one of the two, the other would be known.
    assert [line.share for line in sex.lines] == [None, None] or sex.n is None
    assert (
        " 3 "
        not in page_text(Client(), f"/en/take-part/{process.public_id}/results/")
        .split("Who took part")[1]
        .split("Below each share")[0]
    )


def test_no_zero_gives_away_that_others_are_none(process, now) -> None:
    """Beside hidden counts a category without anybody looks like them; else it says nobody."""

    def table() -> str:
        said = page_text(Client(), f"/en/take-part/{process.public_id}/results/")
        return said.partition("Who took part")[2].partition("Below each share")[0]

    CensusCount.objects.bulk_create(
        CensusCount(process=process, trait="age_band", category=band, people=100)
        for band in ("18-29", "30-49", "50-64", "65+")
    )
    people(process, 40, now, age_band="18-29")
    (age,) = issued(process, now)
    assert [line.share is None for line in age.lines] == [False] * 4
    assert "no one" in table()
    people(process, 4, now, age_band="30-49")
    people(process, 3, now, age_band="50-64")
    # A first issue of all of them: so few alone are not issued after another.
    Participant.objects.update(is_issued=False)
    process.last_issue.delete()
    process = Process.objects.get(pk=process.pk)
    (age,) = issued(process, now)
    shares = {line.category: line.share for line in age.lines}
    assert shares["30-49"] is shares["50-64"] is shares["65+"] is None
    assert "no one" not in table()


@pytest.mark.parametrize(
    ("table", "code", "where"),
    [
        ("", "census-rows", {}),
        ("sex,woman,5\nsex,woman", "census-line", {"line": 2}),
        ("sex,woman,-3", "census-people", {"line": 1, "cell": 3, "said": "-3"}),
        ("sex,woman,5.5", "census-people", {"line": 1, "said": "5.5"}),
        ("sex,woman,3\n\nsex,Kvinnor,3", "census-twice", {"line": 3, "first": 1}),
        ("trait,category,people\nshoe,39,3", "census-cell", {"line": 2, "cell": 1, "said": "shoe"}),
        ("sex,other,3", "census-cell", {"cell": 2, "said": "other", "known": "woman, man"}),
        ("age_band,65,3", "census-cell", {"line": 1, "said": "65"}),
        (f"area,{'a' * 121},3", "census-area", {"line": 1}),
        ("sex,woman,500\nsex,man,500\nage_band,18-29,900", "census-sums", {"age": 900}),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_its_row_and_cell(
    process, lea, now, table, code, where
) -> None:
    with pytest.raises(InvalidData) as refused:
        census.take_census(process, table, actor=lea, at=now)
    (fault,) = refused.value.faults
    assert fault.code == code and where.items() <= fault.params.items()
    with pytest.raises(NotAllowed):
        census.take_census(process, TABLE, actor=acting(person("Ann")), at=now)


@pytest.mark.parametrize(
    "table",
    [
        "Vad,Kategori,Antal\nKön,Kvinnor,510\nkön,män,490\nÅlder,under 18 år,200\n"
        "Ålder,18–29 år,300\nåldersgrupp,65 år eller äldre,500",
        "Critère;Catégorie;Habitants\nSexe;femmes;510\nSexe;homme;490\nÂge;moins de 18 ans;200\n"
        "âge;18-29 ans;300\nTranche d’âge;65 ans et plus;500",
        "Sex\tWomen\t510\nSex\tMan\t490\nAge\tunder 18\t200\nAge\t18 – 29\t300\nAge\t65+\t500",
    ],
    ids=["sv", "fr", "en"],
)
def test_a_table_is_read_in_the_words_of_any_language(process, lea, now, table) -> None:
    census.take_census(process, table, actor=lea, at=now)
    kept = dict(process.census.values_list("category", "people"))
    assert kept == {"woman": 510, "man": 490, "0-17": 200, "18-29": 300, "65+": 500}
    for language in ("en", "fr", "sv"):
        with translation.override(language):
            census.take_census(process, census.table_of(process), actor=lea, at=now)
    assert dict(process.census.values_list("category", "people")) == kept


def test_numbers_may_be_written_in_groups_and_every_home_is_known(process, lea, now) -> None:
    table = "Boende,hyresrätt,9 800\nLogement,propriétaires,1\u202f200\nStadsdel,Hjällbo,300"
    census.take_census(process, table, actor=lea, at=now)
    kept = list(process.census.order_by("people").values_list("trait", "category", "people"))
    assert kept == [
        ("area", "Hjällbo", 300),
        ("tenure", "owns", 1200),
        ("tenure", "rents", 9800),
    ]


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode("utf-8-sig"),
        TABLE.replace(",", ";").encode(),
        workbook(TABLE),
    ],
    # The bytes of a workbook hold the time of day: they would be another name in each process.
    ids=["utf-8", "semicolons", "workbook"],
)
def test_a_file_takes_the_place_of_the_table(process, lea, now, content) -> None:
    assert census.take_census(process, content, actor=lea, at=now) == 4
    assert process.census.get(category="woman").people == 510


def test_the_page_takes_a_file_and_says_what_is_wrong_with_it(process, client, lea) -> None:
    client.force_login(lea.user)
    address = f"/en/take-part/{process.public_id}/census"
    file = SimpleUploadedFile("census.csv", TABLE.encode("utf-8"))
    assert client.post(address, {"table": "", "file": file}).status_code == 302
    assert process.census.count() == 4
    broken = SimpleUploadedFile("census.csv", "sex,kvinna,å".encode("latin-1"))
    answer = client.post(address, {"table": "", "file": broken})
    assert (answer.status_code, process.census.count()) == (422, 4)
    assert "UTF-8" in answer.content.decode()
    formula = SimpleUploadedFile("census.xlsx", workbook("sex,woman,=1+1"))
    (said,) = client.post(address, {"file": formula}).context["form"].errors["file"]
    assert "Row 1, cell 3 contains a formula" in said


def test_weights_bring_those_who_took_part_to_the_census(process, lea, now) -> None:
    assert weights_of(process, process.participants.took_part()) is None
    census.take_census(process, "sex,woman,500\nsex,man,500", actor=lea, at=now)
    people(process, 9, now, sex="woman")
    # Too few to say anything of.
    assert weights_of(process, process.participants.took_part()) is None
    people(process, 21, now, sex="woman")
    people(process, 10, now, sex="man")
    people(process, 5, now)
    found = weights_of(process, process.participants.took_part())
    by_sex = {one.pk: one.sex for one in Participant.objects.all()}
    assert {round(weight, 6) for pk, weight in found.of.items() if by_sex[pk] == "man"} == {2.0}
    women = {round(weight, 6) for pk, weight in found.of.items() if by_sex[pk] == "woman"}
    assert women == {round(2 / 3, 6)}
    assert (found.n, found.traits, found.effective_n) == (40, ("sex",), pytest.approx(30))


def test_a_weight_stands_for_no_handful_of_people(process, lea, now) -> None:
    ages = "age_band,0-17,100\nage_band,18-29,200\nage_band,30-49,400\nage_band,65+,300"
    census.take_census(process, ages, actor=lea, at=now)
    for age, n in {"0-17": 2, "18-29": 3, "30-49": 40, "65+": 20}.items():
        people(process, n, now, age_band=age)
    found = weights_of(process, process.participants.took_part())
    age_of = {one.pk: one.age_band for one in Participant.objects.all()}
    weights = {age: {found.of[pk] for pk in found.of if age_of[pk] == age} for age in CODES}
    # Of the two small kinds and the next smallest 25 people stand for 600 of 1,000.
    assert weights["0-17"] == weights["18-29"] == weights["65+"]
    assert sum(found.of[pk] for pk in found.of if age_of[pk] == "30-49") == pytest.approx(26)
    # What few have said is left out, and with it nobody is lost.
    census.take_census(process, f"{ages}\nsex,woman,500\nsex,man,500", actor=lea, at=now)
    people(process, 1, now, age_band="65+", sex="man")
    assert weights_of(process, process.participants.took_part()).traits == ("age_band",)


def test_people_are_forgotten_in_time_and_nothing_is_left(process, now) -> None:
    people(process, 1, now, email="ann@example.org", age_band="65+")
    one = Participant.objects.get()
    Participant.objects.update(user=person("Ann"), token_digest="x" * 64)
    Process.objects.update(state="answered", result="Done.", answered_at=now, decides_by=now.date())
    assert census.clear_old(at=now + 179 * DAY) == {"cleared": 0, "leftovers": 0}
    assert census.clear_old(at=now + 181 * DAY) == {"cleared": 1, "leftovers": 0}
    one.refresh_from_db()
    assert (one.user, one.email, one.token_digest, one.age_band) == (None, "", None, "65+")
    # What comes back is found by looking.
    Participant.objects.update(email="ann@example.org")
    assert census.leftovers() == 1


@pytest.mark.parametrize(
    ("sexes", "ages", "n", "effective_n"),
    [
        # By one trait it follows from what is known; with one who is silent it would tell of her.
        ({"woman": 20, "man": 60}, {}, 80, 60),
        ({"woman": 20, "man": 60, "": 1}, {}, None, None),
        # Of two by two kinds it would tell the one number that is open.
        ({"woman": 40, "man": 40}, {"18-29": 20, "30-49": 60}, 80, None),
        ({"woman": 40, "man": 40, "": 12}, {"18-29": 20, "30-49": 60, "": 12}, None, None),
        ({"woman": 45, "man": 35}, dict.fromkeys(("0-17", "18-29", "30-49", "50-64", "65+"), 16),
         80, 80),
    ],
)  # fmt: skip
def test_the_weight_of_all_tells_of_no_few_people(
    process, sexes, ages, n: int | None, effective_n: int | None
) -> None:
    for trait, counts in (("sex", sexes), ("age_band", ages)):
        for category in filter(None, counts):
            CensusCount.objects.create(process=process, trait=trait, category=category, people=500)
    everybody = [one for one, n_of in sexes.items() for _ in range(n_of)]
    by_age = [one for one, n_of in ages.items() for _ in range(n_of)] or [""] * len(everybody)
    people = Participant.objects.bulk_create(
        Participant(process=process, language="en", made_at=clock.now(), sex=sex, age_band=age)
        for sex, age in zip(everybody, by_age[::2] + by_age[1::2], strict=True)
    )
    found = weights_of(process, process.participants.all())
    assert found is not None
    told = found.as_data(len(people))
    assert (told["n"], told["effective_n"]) == (n, effective_n)
