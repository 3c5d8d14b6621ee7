"""A process from the first step to the last day: nothing opens without its promise."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from alliance.core.audit import VISITOR
from alliance.core.errors import InvalidData, NotAllowed, NotFound
from alliance.core.waiting import Asked, items
from alliance.participation.enums import ProcessState
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.selectors.access import get_process_for
from alliance.participation.services import papers
from alliance.participation.services import processes as services
from alliance.participation.services.contributions import ContributionData, add_own, enter
from alliance.participation.services.issuing import issue
from tests.factories.dialogues import make_people
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page, page_text
from tests.factories.participation import make_process
from tests.factories.people import acting, join, person, team

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DAY = dt.timedelta(days=1)
ARABIC = "أريد شارعًا آمنًا 🚲"


@pytest.fixture
def lund() -> Any:
    lay_ground()
    return team("lund")


@pytest.fixture
def lea(lund: Any) -> Any:
    lea = person("Lea Lund")
    join(lea, lund)
    return lea


@pytest.fixture
def mail_folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def in_days(days: int) -> str:
    return (dt.datetime.now(dt.UTC).date() + days * DAY).isoformat()


def posted(client: Client, address: str, data: dict[str, Any], *, status: int = 302) -> Any:
    response = client.post(address, data)
    assert response.status_code == status, response.content.decode()[-3000:]
    return response


STEP_ONE = {
    "kind": "dialogue",
    "title": "What should change on our streets?",
    "language": "en",
    "summary": "The streets are rebuilt. Say what matters. It takes two minutes.",
}


def test_three_steps_a_checklist_and_a_page_that_everybody_reads(client, lund, lea) -> None:
    client.force_login(lea)
    assert "Ask the residents of Lund" in page_text(client, "/en/take-part/")
    start = posted(client, f"/en/take-part/new?team={lund.public_id}", STEP_ONE)
    process = Process.objects.get()
    assert start.url == f"/en/take-part/{process.public_id}/promise"
    home = f"/en/take-part/{process.public_id}"
    asked = Asked(at=process.made_at, teams=[lund.public_id])
    assert [one.kind for one in items(asked)] == ["process-open"]

    # Nothing opens without what is decided, by whom, by when, and what cannot be changed.
    said = page_text(client, f"{home}/manage/")
    assert said.count("still missing") == 6 and "Open campaign" not in said
    posted(client, f"{home}/open", {})
    assert "the decision to be made" in page_text(client, f"{home}/manage/")
    process.refresh_from_db()
    assert process.state == ProcessState.DRAFT

    promise = {
        "decides_what": "Where four million kronor go.",
        "decides_who": "The district committee",
        "decides_by": in_days(60),
        "answers_by": in_days(90),
        "not_open": "The budget.",
    }
    again = posted(client, f"{home}/promise", promise)
    assert again.url == f"{home}/prepare"
    rows = {
        "background": "Traffic grew.",
        "is_strict": "yes",
        "sources-0-title": "The report",
        "sources-0-at": "https://example.org/report",
        "sources-1-title": "Road pricing",
        "sources-1-at": "http://127.0.0.1:8000/sv/solutions/road-pricing/",
        "phases-0-kind": "write-and-vote",
        "phases-0-opens_on": in_days(-1),
        "phases-0-closes_on": in_days(-3),
    }
    refused = posted(client, f"{home}/prepare", rows, status=422).content.decode()
    assert "Choose a closing time after the opening time." in refused
    posted(client, f"{home}/prepare", rows | {"phases-0-closes_on": in_days(30)})

    # The checklist says what is still in brackets, and which day lies too early.
    gaps = promise | {"not_open": "The budget of [amount].", "answers_by": in_days(3)}
    posted(client, f"{home}/promise", gaps)
    said = page_text(client, f"{home}/manage/")
    assert "Replace the text in brackets: [amount]." in said
    assert "an answer date after the last day to take part" in said
    posted(client, f"{home}/promise", promise)

    # The preview is what residents see later; before, nobody else gets in.
    assert "Preview" in page_text(client, f"{home}/")
    visitor = Client()
    assert visitor.get(f"{home}/").status_code == 404
    posted(client, f"{home}/open", {})
    said = page_text(visitor, f"{home}/")
    assert said.index("Good to know") < said.index("Your turn")
    for words in ("The district committee", "What cannot be changed: The budget.", "Traffic grew."):
        assert words in said
    assert "What should change" in page_text(visitor, "/en/take-part/?city=lund")
    # What was promised stays.
    refused = posted(client, f"{home}/promise", promise, status=403).content.decode()
    assert "Promises made when the process opened cannot be changed." in refused


def test_a_form_that_is_sent_twice_begins_one_process(lund, lea, now) -> None:
    words = services.Question("dialogue", "Our street", "en")
    by: dict[str, Any] = {"actor": acting(lea), "at": now}
    process = services.start(lund, words, **by)
    later = by | {"at": now + dt.timedelta(minutes=5)}
    assert services.start(lund, words, **later).pk == process.pk
    assert services.start(lund, replace(words, title="Another"), **later).pk != process.pk
    # Whoever says the same on another day, or says it for herself, means another one.
    tomorrow = by | {"at": now + dt.timedelta(days=1)}
    assert services.start(lund, words, **tomorrow).pk != process.pk
    olle = person("Olle")
    join(olle, lund)
    assert services.start(lund, words, actor=acting(olle), at=now).pk != process.pk


def test_a_phase_of_an_open_process_is_extended_and_never_cut(lund, lea, now) -> None:
    process = make_process(lund)
    phase = process.phases.get()
    by = {"actor": acting(lea), "at": now}
    shorter = services.PhaseData(phase.kind, phase.opens_at, phase.closes_at - DAY)
    with pytest.raises(InvalidData) as refused:
        services.prepare(process, services.Preparation(phases=[shorter]), **by)
    assert [one.code for one in refused.value.faults] == ["closes-earlier"]
    longer = services.PhaseData(phase.kind, phase.opens_at, phase.closes_at + DAY)
    services.prepare(process, services.Preparation(phases=[longer]), **by)
    assert process.phases.get().closes_at == phase.closes_at + DAY


def test_it_closes_by_the_clock_and_takes_nothing_after(client, lund, lea, now, set_clock) -> None:
    process = make_process(lund)
    set_clock(now)
    home = f"/en/take-part/{process.public_id}/"
    posted(client, home, {"text": "More trees", "language": "en"})
    end = process.phases.get().closes_at
    assert services.close_due(at=end - dt.timedelta(seconds=1)) == 0
    # The clock decides, not the job: nothing is taken from the end on.
    set_clock(end)
    said = posted(client, home, {"text": "Too late", "language": "en"}, status=422)
    assert "You cannot take part right now. See the dates on the page." in said.content.decode()
    assert services.close_due(at=end) == 1 and services.close_due(at=end) == 0
    process.refresh_from_db()
    assert (process.state, process.closed_at) == (ProcessState.CLOSED, end)
    assert Contribution.objects.count() == 1
    # A form that lay at the library is typed in; some days later no more.
    words = [ContributionData("From the library", "en")]
    enter(process, words, channel="paper", actor=acting(lea), at=end + 3 * DAY)
    with pytest.raises(InvalidData):
        enter(process, words, channel="paper", actor=acting(lea), at=end + 15 * DAY)


def test_residents_write_without_an_account_and_find_it_again(client, lund, now, set_clock) -> None:
    set_clock(now)
    process = make_process(lund)
    home = f"/en/take-part/{process.public_id}/"
    for text in ("More trees", ARABIC):
        posted(client, home, {"text": text, "language": "en"})
    # The same again is what is there.
    posted(client, home, {"text": "More trees", "language": "en"})
    one = Participant.objects.get()
    assert one.contributions.count() == 2 and one.user is None
    # Which statement the page of the process shows next is drawn; her own page has them all.
    mine = page_text(client, f"{home}mine/")
    assert ARABIC in mine and "More trees" in mine and one.receipt in mine
    other = Client()
    assert other.get(f"{home}mine/").status_code == 302
    code = f" {one.receipt[:4].upper()}-{one.receipt[4:]} "
    shown = other.post("/en/take-part/receipt", {"receipt": code}, follow=True)
    assert "More trees" in shown.content.decode() and "no-store" in shown["Cache-Control"]
    data = other.post("/en/take-part/receipt", {"receipt": code, "take": "1"}).json()
    assert data == client.get(f"{home}mine/data.json").json()
    assert "This code does not exist. Check each character." in posted(
        other, "/en/take-part/receipt", {"receipt": "bcdfghjkmnpq"}, status=422
    ).content.decode()  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": "<script>alert(1)</script>"}, "<"),
        ({"text": ""}, "Fill this in"),
        ({"text": "x" * 141}, "140"),
        ({"text": "Trees", "language": "de"}, "de"),
        ({"text": "Trees", "homepage": "https://spam.example"}, "Leave this field blank."),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(
    client, lund, now, set_clock, typed: dict[str, str], said: str
) -> None:
    set_clock(now)
    process = make_process(lund)
    refused = posted(
        client, f"/en/take-part/{process.public_id}/", {"language": "en"} | typed, status=422
    )
    assert said in refused.content.decode()
    assert not Contribution.objects.exists()


def test_one_participant_and_one_address_write_only_so_much(
    client, lund, now, set_clock, monkeypatch
) -> None:
    from alliance.participation.services import contributions

    set_clock(now)
    process = make_process(lund)
    address = f"/en/take-part/{process.public_id}/"
    for number in range(contributions.CONTRIBUTION_LIMIT.most):
        posted(client, address, {"text": f"Tree {number}", "language": "en"})
    posted(client, address, {"text": "One more", "language": "en"}, status=422)
    monkeypatch.setattr(
        contributions, "ADDRESS_LIMIT", contributions.throttle.Limit("contribute-from", 21, DAY)
    )
    # Another cookie from the same address is held off by the address.
    posted(Client(), address, {"text": "Mine", "language": "en"})
    posted(Client(), address, {"text": "And mine", "language": "en"}, status=422)
    assert Contribution.objects.count() == contributions.CONTRIBUTION_LIMIT.most + 1


def test_paper_and_telephone_are_one_count_and_marked(client, lund, lea, now, set_clock) -> None:
    set_clock(now)
    process = make_process(lund, kind="proposals")
    client.force_login(lea)
    home = f"/en/take-part/{process.public_id}/"
    form = {
        "channel": "paper",
        "language": "sv",
        "age_band": "65+",
        "texts-0-title": "Bänkar",
        "texts-0-text": "Fler bänkar vid torget.",
        "texts-2-title": "Ljus",
        "texts-2-text": "Lampor i parken.",
    }
    said = client.post(f"{home}enter", form, follow=True).content.decode()
    one = Participant.objects.get()
    assert one.receipt in said and (one.channel, one.age_band) == ("paper", "65+")
    refused = posted(client, f"{home}enter", form | {"texts-2-title": ""}, status=422)
    assert 'id="id_texts-2-title' in refused.content.decode()
    said = page_text(Client(), home)
    assert "on paper" in said and "taken part. Of them" not in said
    # Those who run it see it at once.
    assert "1 person has taken part." in page_text(client, f"{home}manage/")
    with pytest.raises(NotAllowed):
        enter(process, [ContributionData("x", "en")], channel="desk", actor=VISITOR, at=now)


def test_what_the_city_wrote_says_so(lund, lea, now, client) -> None:
    process = make_process(lund, kind="proposals", state="draft")
    words = ContributionData("Cars stay out.", "en", kind="proposal", title="A car-free street")
    add_own(process, words, actor=acting(lea), at=now)
    Process.objects.filter(pk=process.pk).update(state="open", opened_at=now)
    said = page_text(client, f"/en/take-part/{process.public_id}/results/")
    assert "The city · 24 November 2026" in said


def test_proposals_are_supported_once_and_commented(client, lund, lea, now, set_clock) -> None:
    set_clock(now)
    process = make_process(lund, kind="proposals")
    home = f"/en/take-part/{process.public_id}/"
    words = {"title": "Benches", "text": "By the square.", "place": "Mårtenstorget"}
    posted(client, home, words | {"language": "en"})
    proposal = Contribution.objects.get()
    address = f"{home}proposals/{proposal.public_id}/"
    for _ in range(2):
        posted(client, f"{address}support", {"yes": "1"})
    posted(Client(), f"{address}support", {"yes": "1"})
    assert proposal.supports.count() == 2
    posted(client, f"{address}support", {"yes": ""})
    assert proposal.supports.count() == 1
    posted(Client(), address, {"text": "Yes, and shade.", "language": "en"})
    said = page_text(client, address)
    assert "Yes, and shade." in said and "supports it" not in said and "Mårtenstorget" in said
    for one in make_people(process, 9):
        proposal.supports.create(participant=one, at=now)
    issue(process, at=now)
    assert "10 supporters" in page_text(client, address)
    assert client.get(f"{home}proposals/none/").status_code == 404


def test_own_data_are_taken_away_and_deleted(client, lund, now, set_clock) -> None:
    set_clock(now)
    process = make_process(lund, kind="proposals")
    home = f"/en/take-part/{process.public_id}/"
    for title in ("Benches", "Trees"):
        posted(client, home, {"title": title, "text": f"More {title}", "language": "en"})
    benches = Contribution.objects.get(title="Benches")
    posted(Client(), f"{home}proposals/{benches.public_id}/", {"text": "Good!", "language": "en"})
    posted(client, f"{home}mine/", {"age_band": "18-29", "tenure": "rents", "first_time": "yes"})
    kept = client.get(f"{home}mine/data.json").json()
    assert kept["age_band"] == "18-29" and len(kept["contributions"]) == 2
    assert (kept["tenure"], kept["first_time"], kept["sex"]) == ("rents", "yes", "")
    posted(client, f"{home}mine/delete", {})
    assert "More" not in page(client, f"{home}results/")
    assert Participant.objects.count() == 1
    # What others wrote stays.
    assert Contribution.objects.filter(post__text="Good!").exists()
    # A cookie that comes back after that is nobody.
    assert client.get(f"{home}mine/data.json").status_code == 404


def test_an_address_is_used_once_it_is_confirmed(
    client, lund, now, set_clock, mail_folder, run_jobs, django_capture_on_commit_callbacks
) -> None:
    set_clock(now)
    process = make_process(lund)
    home = f"/en/take-part/{process.public_id}/"
    posted(client, home, {"text": "More trees", "language": "en"})
    with django_capture_on_commit_callbacks(execute=True):
        posted(client, f"{home}mine/email", {"email": "ann@example.org"})
    assert Participant.objects.get().email == ""
    run_jobs()
    letter = "\n".join(one.read_text() for one in mail_folder.iterdir())
    link = "/en/take-part/" + letter.replace("=\n", "").split("/en/take-part/")[1].split()[0]
    # A program that follows links confirms nothing.
    assert "Yes, this is my address" in page_text(Client(), link)
    assert Participant.objects.get().email == ""
    Client().post(link)
    assert Participant.objects.get().email == "ann@example.org"
    Client().post(link.replace("email/", "email/x"))
    assert Participant.objects.get().email == "ann@example.org"
    posted(client, f"{home}mine/email/stop", {})
    assert Participant.objects.get().email == ""


def test_hidden_looks_like_missing(lund) -> None:
    process = make_process(lund, state="draft")
    for public_id in (process.public_id, "nothing", "É", "x" * 200):
        with pytest.raises(NotFound):
            get_process_for(VISITOR, public_id)


@pytest.mark.parametrize(
    ("text", "printed", "is_rtl"),
    [
        ("Mer 🌳 träd 👨‍👩‍👧 och 🇸🇪 bänkar ❤️!", "Mer träd och bänkar!", False),
        ("多些树 vid torget", "… vid torget", False),
        (ARABIC, ARABIC.removesuffix(" 🚲"), True),
        ("– Łódź: 5 € → “bra”", "– Łódź: 5 € → “bra”", False),
    ],
)
def test_paper_leaves_out_what_no_typeface_has(text: str, printed: str, is_rtl: bool) -> None:
    assert papers.printable(text) == printed
    assert papers.is_right_to_left(text) == is_rtl


def test_posters_and_forms_are_pdf_in_each_language(client, lund, lea, now) -> None:
    process = make_process(lund, title=f"Gatan {ARABIC}")
    add_own(process, ContributionData("Lower the speed. 🚗", "en"), actor=acting(lea), at=now)
    client.force_login(lea)
    for language in ("en", "fr", "sv"):
        for name in ("poster", "form"):
            answer = client.get(f"/{language}/take-part/{process.public_id}/{name}.pdf")
            assert answer["Content-Type"] == "application/pdf"
            assert answer.content.startswith(b"%PDF")
    button = Client().get(
        f"/en/take-part/{process.public_id}/button.svg", headers={"Accept-Language": "sv"}
    )
    assert not button.cookies
    assert button["Content-Type"] == "image/svg+xml" and b"Take part" in button.content
