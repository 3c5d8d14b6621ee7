"""A dialogue from the code at the bus stop to the day on which what was asked for is built, on
phones: in Swedish without scripts, in French by keyboard alone. Every email is read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import translation
from playwright.sync_api import Page, expect

from alliance.core import clock
from alliance.network.models import City
from alliance.participation.models import Process, Promise
from alliance.participation.services import issuing, processes
from alliance.participation.services.papers import words_of
from tests.e2e.conftest import press
from tests.e2e.test_keyboard_only import Keyboard
from tests.factories.dialogues import make_two_sides
from tests.factories.knowledge import lay_ground
from tests.factories.participation import make_process
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db(transaction=True)
ANN = "ann@example.org"
SEND = "main form.write button[type=submit]"
#: What the resident and her neighbour write, what the city answers, promises and builds, and two
#: words of pages and emails.
WORDS = {
    "sv": (
        "Fler bänkar vid torget.",
        "Fler bänkar vid torget, tack!",
        "Vi ställer dit bänkar i vår.",
        "Tio bänkar vid torget",
        "Tio bänkar står vid torget sedan maj.",
        "Det här lovar staden",
        "Din stad har svarat",
    ),
    "fr": (
        "Plus de bancs sur la place.",
        "Plus de bancs sur la place, merci !",
        "Nous y installons des bancs au printemps.",
        "Dix bancs sur la place",
        "Dix bancs sont installés depuis mai.",
        "Les engagements de la ville",
        "Votre ville a répondu",
    ),
}


class Fingers:
    """Somebody who taps on a phone."""

    scripts = False

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, selector: str) -> None:
        """Press what changes the page in place, or leads to another."""
        self.page.locator(selector).first.click()

    def go(self, selector: str) -> None:
        """Press what leads to another page, and wait until it is there."""
        press(self.page.locator(selector).first)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 390, self.page.url

    def write(self, selector: str, text: str) -> None:
        """Write in a field, in place of what stands there."""
        self.page.locator(selector).fill(text)

    def pick(self, name: str, value: str) -> None:
        """Choose one of several."""
        self.page.locator(f'[name="{name}"][value="{value}"]').check()

    def day(self, selector: str, day: dt.date) -> None:
        """Fill in a day."""
        self.page.locator(selector).fill(day.isoformat())


class Keys(Fingers):
    """Somebody who has a keyboard alone."""

    scripts = True

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.keys = Keyboard(page)

    def press(self, selector: str) -> None:
        self.keys.press(selector)

    def go(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.keys.press(selector)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 390, self.page.url

    def write(self, selector: str, text: str) -> None:
        self.keys.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def pick(self, name: str, value: str) -> None:
        self.keys.to(f'[name="{name}"]')
        wanted = self.page.locator(f'[name="{name}"][value="{value}"]')
        self.page.keyboard.press("Space")
        for _ in range(10):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {value} of {name}")

    def day(self, selector: str, day: dt.date) -> None:
        self.keys.to(selector)
        # As the browser of this test writes days.
        self.page.keyboard.type(f"{day:%m%d%Y}")
        # Past the button of the browser's own calendar.
        self.page.keyboard.press("Tab")


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]) -> Callable[[int], None]:
    """`moves(days)`: the clock of the server moves on, and its worker does what is due."""
    now = [NOW]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def move(days: int = 0) -> None:
        now[0] += dt.timedelta(days=days)
        processes.close_due(at=now[0])
        issuing.issue_due(at=now[0])
        run_jobs()

    return move


def letters() -> list[Any]:
    """The emails to the resident so far."""
    return [one for one in mail.outbox if one.to == [ANN]]


def link_in(letter: Any) -> str:
    """The address that an email leads to."""
    return re.findall(r"http://\S+", letter.body)[0]


def prepared(officer: Any) -> Process:
    """A dialogue that has opened with its promises; forty people have voted."""
    draft = make_process(
        officer.memberships.get().organisation,
        state="draft", language=officer.language, is_strict=True,
    )  # fmt: skip
    process = processes.open_process(draft, actor=acting(officer), at=NOW)
    make_two_sides(process, statements=4)
    return process


@pytest.mark.slow
@pytest.mark.parametrize(("language", "hands"), [("sv", Fingers), ("fr", Keys)])
def test_from_the_code_at_the_bus_stop_to_what_is_built(
    seated: Any, moves: Any, language: str, hands: type[Fingers]
) -> None:
    mine, hers, answer, promised, built, promises, answered = WORDS[language]
    lay_ground()
    lund = team("lund")
    officer, clerk = (person(name, language=language) for name in ("Ove", "Cia"))
    join(officer, lund)
    join(clerk, lund, role="member")
    process = prepared(officer)
    moves()
    with translation.override(language):
        code = words_of(process, is_form=False)["address"]
    home = code.partition(f"/{language}/")[2]

    def at(user: Any, address: str) -> Fingers:
        where = address if "://" in address else f"/{language}/{address}"
        return hands(seated(user, where, scripts=hands.scripts))

    # She reads what is asked, decided and promised, agrees, disagrees, and adds a sentence.
    ann = at(None, code)
    main = ann.page.locator("main")
    expect(main).to_contain_text(promises)
    expect(main).to_contain_text(process.decides_who)
    for vote in ("agree", "disagree"):
        said = ann.page.locator("#statement").inner_text()
        ann.press(f'#turn button[value="{vote}"]')
        expect(ann.page.locator("#statement")).not_to_have_text(said)
    ann.write("#id_text", mine)
    ann.go(SEND)
    receipt = re.search(r"\b[a-z0-9]{12}\b", ann.page.locator("[role=status] .notice").inner_text())
    assert receipt is not None
    ann.go('#act a[href$="/mine/"]')
    ann.write("#id_email", ANN)
    ann.go('form[action$="/mine/email"] button')
    moves()
    ann.page.goto(link_in(letters()[-1]))
    ann.go(SEND)

    # Her neighbour's form lies in the library, where it is typed in.
    cia = at(clerk, f"{home}manage/")
    cia.go('header a[href$="/enter"]')
    cia.pick("channel", "paper")
    first = cia.page.locator('input[name^="vote_"]').first.get_attribute("name")
    cia.pick(str(first), "disagree")
    cia.write("[name=texts-0-text]", hers)
    cia.go(SEND)
    said = cia.page.locator("[role=status] .notice").inner_text().partition(":")[2]
    (code_on_paper,) = re.findall(r"\b[a-z0-9]{12}\b", said)

    # The officer reads what she wrote before others do.
    ove = at(officer, f"{home}manage/")
    ove.go('header a[href$="/waiting/"]')
    expect(ove.page.locator("main")).to_contain_text(mine)
    ove.go('button[name="decision"][value="release"]')

    # It closes. Everybody reads who took part and what is shared.
    moves(20)
    ann.page.goto(code)
    assert ann.page.locator("#turn button").count() == 0
    ann.go('aside a[href$="/results/"]')
    expect(ann.page.locator("#opinions .bars").first).to_be_visible()
    # While forms on paper may still be typed in, the last who came are left out.
    expect(ann.page.locator("header .lead")).to_contain_text("30")

    # One answer for both, with what is built and by when.
    ove.page.goto(ove.page.url.partition("waiting/")[0] + "manage/")
    ove.go('header a[href$="/answers/"]')
    ove.go('header form[action$="/group"] button')
    ove.go("header a.button")
    expect(ove.page.locator('[name="contributions"]:checked')).to_have_count(2)
    ove.pick("outcome", "accepted")
    ove.write("#id_reason", answer)
    ove.write("#id_promise", promised)
    due = (NOW + dt.timedelta(days=300)).date()
    ove.day("#id_due_on", due)
    ove.go(SEND)
    moves()
    assert answered in letters()[-1].subject and answer in letters()[-1].body
    ann.page.goto(link_in(letters()[-1]))
    expect(ann.page.locator("main")).to_contain_text(answer)

    # What was promised and did not come stands on the page of the city.
    moves(200)
    city = at(None, f"cities/{City.objects.get(pk=process.city_id).public_id}/")
    expect(city.page.locator("main strong", has_text="2").first).to_be_visible()
    for kind in ("decision", "answer", "work"):
        if kind == "work":
            moves(100)
        promise = Promise.objects.get(kind=kind)
        ove.page.goto(f"{code}manage/")
        ove.go(f'.promise a[href$="/promises/{promise.public_id}"]')
        ove.write("#id_outcome", built)
        ove.go(SEND)
    process.refresh_from_db()
    assert process.state == "answered"
    moves()

    # Both hear that it was built: by email, and by the code on the receipt.
    assert built in letters()[-1].body
    ann.page.goto(link_in(letters()[-1]))
    expect(ann.page.locator("main")).to_contain_text(built)
    neighbour = at(None, "take-part/receipt")
    neighbour.write("#id_receipt", code_on_paper)
    neighbour.go(SEND)
    for words in (hers, answer, built):
        expect(neighbour.page.locator("main")).to_contain_text(words)
    assert len(letters()) == 3
