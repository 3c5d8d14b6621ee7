"""Everything that a process publishes, taken together: nobody works out a count that is hidden.

All tables are read as anybody can, and put into one linear programme over all combinations of what
people may have said. Of each count under the floor it finds the least and the most it could be.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from django.test import Client
from scipy.optimize import linprog

from alliance.analysis.small_counts import FLOOR, MIN_WIDTH
from alliance.core import clock
from alliance.dialogues.models import Vote
from alliance.participation.models import CensusCount, Process
from alliance.participation.services.issuing import issue
from alliance.surveys.models import Version
from alliance.surveys.questions import Question
from tests.factories.dialogues import make_people, make_statements
from tests.factories.knowledge import lay_ground
from tests.factories.participation import make_process
from tests.factories.people import team
from tests.factories.surveys import OFTEN, fill, make_survey

pytestmark = pytest.mark.django_db

LIKES = Question("scale", "How safe do you feel?", low=1, high=4)
SILENT = "no answer"
#: What each person may have said, in the words of the files; the last is silence.
SAID: dict[str, tuple[str, ...]] = {
    OFTEN.text: (*OFTEN.options, SILENT),
    LIKES.text: ("1", "2", "3", "4", SILENT),
    "Sex": ("woman", "man", SILENT),
    "Age": ("under 18", "18–29", "30–49", "50–64", "65 or older", SILENT),
}
CODES = {
    OFTEN.text: OFTEN.key,
    LIKES.text: LIKES.key,
    "Sex": "sex",
    "Age": "age_band",
}
VALUES: dict[str, dict[str, Any]] = {
    "Sex": {"woman": "woman", "man": "man"},
    "Age": dict(zip(SAID["Age"], ("0-17", "18-29", "30-49", "50-64", "65+"), strict=False)),
}
#: A kind of people: by what is asked, the answers that it takes together.
Kind = dict[str, set[str]]


#: As `SAID`, of a dialogue: votes and how people came are in files, under random ids or as counts.
VOTED = ("agree", "disagree", "pass")
SAID_IN_DIALOGUE = {
    "Slow down.": VOTED,
    "More trees.": VOTED,
    "Sex": SAID["Sex"],
    "Age": SAID["Age"],
    "Way": ("online", "by hand"),
}


class Reader:
    """Somebody who reads all that is published of a survey, and works with it."""

    said = SAID

    def __init__(self, process: Process):
        self.process = process
        self.home = f"/en/take-part/{process.public_id}/"
        self.api = f"/api/v1/processes/{process.public_id}"
        self.rows: list[np.ndarray] = []
        self.least: list[float] = []
        self.most: list[float] = []
        self.read()

    def lines(self, path: str) -> Iterator[list[str]]:
        answer = Client().get(self.home + path)
        if answer.status_code == 200:
            yield from list(csv.reader(io.StringIO(b"".join(answer).decode())))[1:]

    def weights(self, kind: Kind) -> np.ndarray:
        """1 for each combination of answers that is of the kind."""
        shape = tuple(len(one) for one in self.said.values())
        found = np.ones(shape)
        for place, (asked, answers) in enumerate(self.said.items()):
            if asked in kind:
                inside = np.array([float(one in kind[asked]) for one in answers])
                found = found * inside.reshape(
                    [-1 if at == place else 1 for at in range(len(shape))]
                )
        return found.ravel()

    def learn(self, row: np.ndarray, least: float, most: float) -> None:
        self.rows.append(row)
        self.least.append(least)
        self.most.append(most)

    def knows(self, kind: Kind, n: float) -> None:
        self.learn(self.weights(kind), n - 1e-6, n + 1e-6)

    def hidden(self, kind: Kind) -> None:
        """What is marked as hidden is not nobody."""
        self.learn(self.weights(kind), 1, np.inf)

    def read_people(self) -> None:
        """Who took part, as it is published of every kind of process."""
        client = Client()
        people = client.get(self.api).json()["participants"]
        self.knows({}, people)
        for part in client.get(f"{self.api}/participation").json()["items"]:
            asked = {"sex": "Sex", "age_band": "Age"}[part["trait"]]
            if part["n"] is not None:
                self.knows({asked: set(SAID[asked]) - {SILENT}}, part["n"])
            names = {code: name for name, code in VALUES[asked].items()}
            for line in part["lines"]:
                if line["share"] is not None:
                    n = line["share"] * (part["n"] or people)
                    self.knows({asked: {names[line["category"]]}}, round(n))

    def read(self) -> None:
        self.read_people()
        for row in self.lines("survey.csv"):
            text, answer, n, answered, mean = row[1], row[5], row[6], row[7], row[12]
            if answered:
                self.knows({text: set(SAID[text]) - {SILENT}}, int(answered))
            if n:
                self.knows({text: {answer}}, int(n))
            else:
                self.hidden({text: {answer}})
            if mean:
                values = {name: float(name) for name in SAID[text] if name != SILENT}
                total = sum(self.weights({text: {name}}) * value for name, value in values.items())
                off = 0.05 * int(answered) if len(mean) < 4 else 1e-6
                self.learn(
                    total, float(mean) * int(answered) - off, float(mean) * int(answered) + off
                )
        for one, other in itertools.permutations(SAID, 2):
            path = f"survey/crossed.csv?rows={CODES[one]}&columns={CODES[other]}"
            for label, column, n, is_hidden, *_ in self.lines(path):
                kind = {
                    asked: set(said.split("; "))
                    for asked, said in ((one, label), (other, column))
                    if said
                }
                if is_hidden == "1":
                    self.hidden(kind)
                else:
                    self.knows(kind, int(n))
        found = Client().get(f"{self.api}/answers").json()
        for question in found["questions"]:
            for table in question["tables"]:
                for line in table["lines"]:
                    if line["weighted"] is not None:
                        self.weigh(question["text"], line["label"], line["weighted"])

    def weigh(self, asked: str, answer: str, share: float) -> None:
        """A share weighted to as many women as men, of those whose sex is known."""
        sexes = ("woman", "man")
        n = {one: self.certain({"Sex": {one}}) for one in sexes}
        if None in n.values():
            return
        answered = set(self.said[asked]) - {SILENT}
        row = sum(
            (
                self.weights({asked: {answer}, "Sex": {one}})
                - share * self.weights({asked: answered, "Sex": {one}})
            )
            / n[one]
            for one in sexes
        )
        # As coarse as the shares are: 1 % where it says so, and at most 10 %.
        step = next(
            one for one in (0.1, 0.05, 0.02, 0.01) if abs(share / one - round(share / one)) < 1e-9
        )
        self.learn(row, -step, step)

    def certain(self, kind: Kind) -> float | None:
        low, high = self.bounds(kind)
        return low if low == high else None

    def bounds(self, kind: Kind) -> tuple[int, int]:
        """The least and the most people that there could be of a kind."""
        rows, least, most = np.array(self.rows), np.array(self.least), np.array(self.most)
        upper = np.isfinite(most)
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * self.weights(kind),
                A_ub=np.vstack([rows[upper], -rows]),
                b_ub=np.concatenate([most[upper], -least]),
                bounds=(0, None),
                method="highs",
            )
            assert found.status == 0, f"the tables do not add up to the same: {found.message}"
            ends.append(sign * found.fun)
        return int(np.ceil(ends[0] - 1e-4)), int(np.floor(ends[1] + 1e-4))


class DialogueReader(Reader):
    """Somebody who reads all that is published of a dialogue."""

    said = SAID_IN_DIALOGUE

    def read(self) -> None:
        self.read_people()
        whole = Client().get(self.api).json()
        if whole["by_hand"] is not None:
            self.knows({"Way": {"by hand"}}, whole["by_hand"])
        texts = {one.public_id: one.post.text for one in self.process.contributions.all()}
        by_voter: dict[str, dict[str, str]] = {}
        for _moment, statement, voter, vote in self.lines("votes.csv"):
            word = {"1": "agree", "-1": "disagree", "0": "pass"}[vote]
            by_voter.setdefault(voter, {})[texts[statement]] = word
        said = [tuple(one[text] for text in texts.values()) for one in by_voter.values()]
        for both in itertools.product(VOTED, repeat=len(texts)):
            kind = {text: {word} for text, word in zip(texts.values(), both, strict=True)}
            self.knows(kind, said.count(both))
        for _moment, statement, _author, agrees, disagrees, *_ in self.lines("statements.csv"):
            self.knows({texts[statement]: {"agree"}}, int(agrees))
            self.knows({texts[statement]: {"disagree"}}, int(disagrees))
        found = Client().get(f"{self.api}/opinions").json()
        weights = found["weights"]
        if weights and weights["n"] is not None:
            self.knows({"Sex": {"woman", "man"}}, weights["n"])
        for line in found["statements"]:
            for word, share in zip(VOTED, line["weighted"] or (), strict=False):
                self.weigh(texts[line["id"]], word, share)


def kinds(asked_of: dict[str, tuple[str, ...]] = SAID) -> Iterator[Kind]:
    """Each answer alone, and each pair of answers to two questions."""
    for asked, answers in asked_of.items():
        yield from ({asked: {one}} for one in answers)
    for one, other in itertools.combinations(asked_of, 2):
        for first, second in itertools.product(asked_of[one], asked_of[other]):
            yield {one: {first}, other: {second}}


def answer(process: Process, said: Sequence[tuple[str, ...]], now: dt.datetime) -> None:
    """People who said this, in the order of `SAID`."""
    version = Version.objects.get(process=process)
    for often, likes, *traits in said:
        given: dict[str, Any] = {}
        if often != SILENT:
            given[OFTEN.key] = OFTEN.options.index(often)
        if likes != SILENT:
            given[LIKES.key] = int(likes)
        person = {
            CODES[asked]: VALUES[asked][one]
            for asked, one in zip(("Sex", "Age"), traits, strict=True)
            if one != SILENT
        }
        fill(version, given, **person)
    issue(process, at=now)


def draw(
    seed: int,
    n: int,
    silent: dict[str, int],
    asked_of: dict[str, tuple[str, ...]] = SAID,
) -> list[tuple[str, ...]]:
    """What n people said: answers lean to the first, and hang together a little."""
    chance = random.Random(seed)
    columns = []
    lean = [chance.random() for _ in range(n)]
    for asked, answers in asked_of.items():
        given = [one for one in answers if one != SILENT]
        places = [
            min(int((0.6 * chance.random() + 0.4 * one) ** 1.5 * len(given)), len(given) - 1)
            for one in lean
        ]
        column = [given[place] for place in places]
        for place in chance.sample(range(n), silent.get(asked, 0)):
            column[place] = SILENT
        columns.append(column)
    return list(zip(*columns, strict=True))


@pytest.fixture
def survey(db: None, monkeypatch: pytest.MonkeyPatch, now: dt.datetime) -> Process:
    monkeypatch.setattr(clock, "now", lambda: now)
    lay_ground()
    process = make_survey(team("lund"), (OFTEN, LIKES))
    for sex in ("woman", "man"):
        CensusCount.objects.create(process=process, trait="sex", category=sex, people=500)
    return process


@pytest.mark.parametrize(
    ("seed", "n", "silent"),
    [
        # One person alone does not say her sex, another does not answer a question.
        (1, 90, {"Sex": 1, LIKES.text: 1}),
        pytest.param(2, 60, {"Sex": 12, "Age": 2, OFTEN.text: 4}, marks=pytest.mark.all),
        pytest.param(3, 150, {}, marks=pytest.mark.all),
    ],
    ids=["one-silent", "some-silent", "all-say-all"],
)
def test_no_small_count_of_a_survey_can_be_worked_out(
    survey, now, seed: int, n: int, silent: dict[str, int]
) -> None:
    said = draw(seed, n, silent)
    answer(survey, said, now)
    reader = Reader(survey)
    order = list(SAID)
    told, n_hidden = [], 0
    for kind in kinds():
        true = sum(all(one[order.index(asked)] in of for asked, of in kind.items()) for one in said)
        if not 0 < true < FLOOR:
            continue
        low, high = reader.bounds(kind)
        assert low <= true <= high, (kind, low, true, high)
        n_hidden += 1
        # How many left a question of the city open is in its table, and no trait of anybody.
        silences = [true for asked, of in kind.items() if asked.endswith("?") and of == {SILENT}]
        width = 1 if silences else MIN_WIDTH
        if len(kind) == 1 and silences:
            continue
        if high - low < width:
            told.append((kind, low, true, high))
    assert not told
    # There was something to hide, and not all is hidden.
    shown = list(reader.lines(f"survey/crossed.csv?rows={OFTEN.key}&columns=sex"))
    assert n_hidden > 10 and any(row[2] for row in shown)


def test_a_table_hides_the_same_the_other_way_round(survey, now) -> None:
    """Rows and columns are the reader's to choose: taken together both ways told single people."""
    clean = Question("scale", "How clean is it?", low=1, high=3)
    process = make_survey(survey.organisation, (clean,), public_id="clean")
    counts = {
        "0-17": (18, 4, 0), "18-29": (11, 11, 1), "30-49": (14, 10, 8), "50-64": (4, 2, 1),
        "65+": (1, 3, 2),
    }  # fmt: skip
    for age, given in counts.items():
        for value, n in enumerate(given, start=1):
            fill(process.survey_versions.get(), {clean.key: value}, n, age_band=age)
    issue(process, at=now)
    home = f"/en/take-part/{process.public_id}/survey/crossed.csv"
    hidden = []
    for query in (f"rows={clean.key}&columns=age_band", f"rows=age_band&columns={clean.key}"):
        answer = Client().get(f"{home}?{query}")
        lines = list(csv.reader(io.StringIO(b"".join(answer).decode())))[1:]
        hidden.append({frozenset(line[:2]) for line in lines if line[3] == "1"})
    assert hidden[0] == hidden[1] != set()


@pytest.mark.parametrize(
    ("seed", "n", "silent"),
    [
        (4, 90, {"Sex": 1, "Age": 2}),
        pytest.param(5, 60, {"Sex": 12, "Age": 3}, marks=pytest.mark.all),
        pytest.param(6, 150, {}, marks=pytest.mark.all),
    ],
    ids=["one-silent", "some-silent", "all-say-all"],
)
def test_no_small_count_of_a_dialogue_can_be_worked_out(
    survey, now, seed: int, n: int, silent: dict[str, int]
) -> None:
    """How many of a kind took part, came on paper, or voted so: votes alone are in the file."""
    process = make_process(survey.organisation)
    for sex in ("woman", "man"):
        CensusCount.objects.create(process=process, trait="sex", category=sex, people=500)
    statements = make_statements(process, ["Slow down.", "More trees."])
    said = draw(seed, n, silent, SAID_IN_DIALOGUE)
    people = make_people(process, n, at=now)
    values = dict(zip(VOTED, (1, -1, 0), strict=True))
    for person, (slow, trees, sex, age, way) in zip(people, said, strict=True):
        person.sex, person.age_band = VALUES["Sex"].get(sex, ""), VALUES["Age"].get(age, "")
        person.channel = "online" if way == "online" else "paper"
        person.save()
        Vote.objects.bulk_create(
            Vote(participant=person, statement=one, value=values[word], at=now)
            for one, word in zip(statements, (slow, trees), strict=True)
        )
    issue(process, at=now)
    reader, order, told, n_hidden = DialogueReader(process), list(SAID_IN_DIALOGUE), [], 0
    for kind in kinds(SAID_IN_DIALOGUE):
        true = sum(all(one[order.index(asked)] in of for asked, of in kind.items()) for one in said)
        if not 0 < true < FLOOR or all(asked.endswith(".") for asked in kind):
            continue
        low, high = reader.bounds(kind)
        assert low <= true <= high, (kind, low, true, high)
        n_hidden += 1
        if high - low < MIN_WIDTH:
            told.append((kind, low, true, high))
    assert not told and n_hidden > 10
