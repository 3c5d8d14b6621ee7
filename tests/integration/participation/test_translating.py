"""What the city writes is read in each language: translated by it, else in the original, marked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from alliance.core.errors import InvalidData, NotAllowed
from alliance.participation import documents, starting
from alliance.participation.models import Background, Contribution, Participant, Process
from alliance.participation.services import answering, processes, translating
from alliance.participation.services.papers import words_of
from tests.factories.dialogues import make_people, make_statements
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page, page_text
from tests.factories.participation import make_process
from tests.factories.people import acting, join, person, team

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
FRENCH = {"process-title": "La rue de l’école", "process-decides_what": "Le plan de la rue."}


@pytest.fixture
def process(now, set_clock) -> Process:
    set_clock(now)
    lay_ground()
    join(person("Lea Lund"), team("lund"))
    found = make_process(team("lund"), language="sv", title="Gatan vid skolan", summary="Säg till.")
    make_statements(found, ["Sänk farten."])
    return found


@pytest.fixture
def lea(process: Process) -> Any:
    from alliance.accounts.models import User

    return User.objects.get(name="Lea Lund")


def own(process: Process) -> Contribution:
    return Contribution.objects.get(process=process)


def test_residents_read_the_translation_and_else_the_original_with_its_language(
    process, lea
) -> None:
    home = f"/fr/take-part/{process.public_id}/"
    said = page(Client(), home)
    assert "Rédigé en suédois" in said and 'lang="sv" dir="auto" id="statement"' in said
    staff = Client()
    staff.force_login(lea)
    assert "French" in page_text(staff, f"/en/take-part/{process.public_id}/manage/")
    form = f"/en/take-part/{process.public_id}/translate/fr"
    assert "Gatan vid skolan" in page_text(staff, form)
    statement = own(process)
    sent = FRENCH | {f"statement-{statement.public_id}": "Ralentir."}
    assert staff.post(form, sent).status_code == 302
    said = page(Client(), home)
    assert "La rue de l’école" in said and "Ralentir." in said and "Le plan de la rue." in said
    assert "Gatan vid skolan" not in said and "Sänk farten." not in said
    # The summary has no French text.
    assert '<div class="lead" lang="sv"><p>Säg till.</p>' in said and "Rédigé en suédois" in said
    assert "Gatan vid skolan" in page(Client(), home.replace("/fr/", "/sv/"))


def test_every_page_about_a_process_has_its_title_in_the_language_of_the_page(
    process, lea, now
) -> None:
    translating.translate(process, "fr", FRENCH, actor=acting(lea), at=now)
    staff = Client()
    staff.force_login(lea)
    statement = own(process).public_id
    for part in ("waiting/", f"waiting/{statement}", "evaluation/", "button.svg"):
        said = page(staff, f"/fr/take-part/{process.public_id}/{part}")
        assert "La rue de l’école" in said and "Gatan vid skolan" not in said, part


def test_a_translation_of_other_words_is_not_shown_and_stays_for_staff(process, lea, now) -> None:
    by = {"actor": acting(lea), "at": now}
    translating.translate(process, "fr", FRENCH, **by)
    asked = processes.Question("dialogue", "Gatan och torget", "sv", "Säg till.")
    processes.ask(process, asked, **by)
    process.refresh_from_db()
    assert process.localised_text("title", "fr").lang_attr == "sv"
    parts = {one.key: one for one in translating.parts_of(process, "fr")}
    old = parts["process-title"]
    assert (old.is_old, old.is_done, old.text) == (True, False, "La rue de l’école")
    # Looked at and saved, it holds again; what was emptied falls back.
    assert translating.translate(process, "fr", {"process-title": old.text}, **by) == 1
    process.refresh_from_db()
    assert str(process.localised_text("title", "fr")) == old.text
    assert process.localised_text("decides_what", "fr").lang_attr == "sv"


def test_posters_forms_search_and_emails_speak_the_language(
    process, lea, now, run_jobs, django_capture_on_commit_callbacks
) -> None:
    by = {"actor": acting(lea), "at": now}
    statement = own(process)
    texts = FRENCH | {f"statement-{statement.public_id}": "Ralentir."}
    translating.translate(process, "fr", texts, **by)
    process.refresh_from_db()
    with translation.override("fr"):
        words = words_of(process, is_form=True)
    assert words["title"] == "La rue de l’école" and words["statements"][0]["text"] == "Ralentir."
    assert words["written_in"] == "Rédigé en suédois"
    found = {one.language: one.title for one in documents.documents("process")}
    assert found == {"sv": "Gatan vid skolan", "fr": "La rue de l’école"}

    (reader,) = make_people(process, 1)
    Participant.objects.update(language="fr", email="a@example.org", email_confirmed_at=now)
    Contribution.objects.update(participant=reader)
    words = answering.AnswerData("noted", "Vi gör det.", "sv")
    with django_capture_on_commit_callbacks(execute=True):
        answering.answer(process, [own(process)], words, **by)
    run_jobs()
    (sent,) = mail.outbox
    assert "La rue de l’école" in sent.body and reader.receipt in sent.body


def test_promises_what_came_of_them_and_sources_are_translated(
    process, lea, now, run_jobs, django_capture_on_commit_callbacks
) -> None:
    by = {"actor": acting(lea), "at": now}
    Background.objects.create(
        process=process, number=1, title="Mätningen", url="https://a.example/1"
    )
    (reader,) = make_people(process, 1)
    Participant.objects.update(language="fr", email="a@example.org", email_confirmed_at=now)
    Contribution.objects.update(participant=reader)
    words = answering.AnswerData("accepted", "Vi gör det.", "sv", "Ett farthinder.", now.date())
    made = answering.answer(process, [own(process)], words, **by)
    home = f"/fr/take-part/{process.public_id}/"
    assert '<span lang="sv">Ett farthinder.</span>' in page(Client(), f"{home}results/")
    promise = f"promise-{made.promise.public_id}"
    french = {"source-1": "La mesure", f"{promise}-text": "Un ralentisseur."}
    assert translating.translate(process, "fr", french, **by) == 2
    said = page(Client(), home) + page(Client(), f"{home}results/")
    assert "La mesure" in said and "Un ralentisseur." in said
    assert "Mätningen" not in said and "Ett farthinder." not in said

    with django_capture_on_commit_callbacks(execute=True):
        answering.fulfil_promise(made.promise, outcome="Det ligger där.", **by)
    assert '<span lang="sv">Det ligger där.</span>' in page(Client(), f"{home}results/")
    run_jobs()
    assert "Rédigé en suédois" in mail.outbox[-1].body
    translating.translate(process, "fr", french | {f"{promise}-outcome": "Il y est."}, **by)
    assert "Il y est." in page(Client(), f"{home}results/")
    # Sources are written anew with each change of the third step.
    phases = [
        processes.PhaseData(one.kind, one.opens_at, one.closes_at) for one in process.phases.all()
    ]
    sources = [processes.SourceData("Mätningen", "https://a.example/1")]
    processes.prepare(process, processes.Preparation(sources=sources, phases=phases), **by)
    assert "La mesure" in page(Client(), home)
    staff = Client()
    staff.force_login(lea)
    manage = page(staff, f"{home}manage/")
    assert "Un ralentisseur." in manage and 'lang="sv">Gatan vid skolan</span>' in manage


def test_only_those_who_run_it_translate_and_faults_name_the_text(process, lea, now) -> None:
    with pytest.raises(NotAllowed):
        translating.translate(process, "fr", FRENCH, actor=acting(person("Nobody")), at=now)
    with pytest.raises(InvalidData) as error:
        long = {"process-title": "x" * 161}
        translating.translate(process, "fr", long, actor=acting(lea), at=now)
    assert [one.where for one in error.value.faults] == ["process-title"]
    staff = Client()
    staff.force_login(lea)
    assert staff.get(f"/en/take-part/{process.public_id}/translate/de").status_code == 404


def test_texts_to_begin_with_are_there_in_every_language() -> None:
    swedish, french = (starting.texts_of("street", code) for code in ("sv", "fr"))
    assert starting.counterpart(swedish["seeds"][1], "sv", "fr") == french["seeds"][1]
    assert starting.counterpart(swedish["not_open"], "sv", "fr") == french["not_open"]
    assert starting.counterpart("Egna ord.", "sv", "fr") == ""


def test_what_is_filled_in_counts_once_it_is_saved(process, lea, now) -> None:
    seeds = {code: starting.texts_of("street", code)["seeds"][0] for code in ("sv", "fr")}
    (one,) = make_statements(process, [seeds["sv"]])
    by_key = {part.key: part for part in translating.parts_of(process, "fr")}
    part = by_key[f"statement-{one.public_id}"]
    assert (part.text, part.is_done) == (seeds["fr"], False)
    translating.translate(process, "fr", {part.key: part.text}, actor=acting(lea), at=now)
    assert {part.key for part in translating.parts_of(process, "fr") if part.is_done} == {part.key}


def test_what_residents_write_is_not_translated(process, lea, now) -> None:
    (reader,) = make_people(process, 1)
    (theirs,) = make_statements(process, ["Plus d’arbres."], at=now + dt.timedelta(minutes=1))
    Contribution.objects.filter(pk=theirs.pk).update(participant=reader, author="resident")
    keys = [one.key for one in translating.parts_of(process, "en")]
    assert f"statement-{theirs.public_id}" not in keys
    assert f"statement-{own_of_city(process).public_id}" in keys


def own_of_city(process: Process) -> Contribution:
    return Contribution.objects.get(process=process, participant=None)
