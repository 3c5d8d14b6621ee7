"""The verdict of the fit check: never alone and never stronger than the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from alliance.analysis.evidence.verdict import NOT_ENOUGH
from alliance.knowledge.messages.outlook import (
    CONTRADICT,
    EQUIVALENCE_WORDS,
    GRADE_WORDS,
    VERDICT_WORDS,
    chance,
)
from alliance.testbeds.fit.conditions import Answer
from alliance.testbeds.fit.expectation import Expectation
from alliance.testbeds.messages.fit import HELD, UNLIKE


@dataclass(frozen=True)
class Named:
    """A condition by its name, and the indicator of its figure."""

    code: str
    title: str | Promise
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class InAWord:
    """The verdict `code` with the context that must accompany it.

    `chance` is empty if unknown; `of_useful` says whether it is the chance of a useful change or of
    any improvement. `held_by` is the code of the rule that limited the verdict, and `held` its
    text. `unlike` says what lowers the certainty for this city. `equivalence` is a code of
    `alliance.analysis.evidence.verdict.equivalence`.
    """

    code: str
    held_by: str
    grade_code: str | None
    chance: str
    of_useful: bool
    unlike_code: str
    equivalence: str | None
    contradicts: bool
    met: tuple[Named, ...]
    unmet: tuple[Named, ...]
    unknown: tuple[Named, ...]

    @property
    def word(self) -> str | Promise:
        """The label of the verdict."""
        return VERDICT_WORDS[self.code]

    @property
    def held(self) -> str | Promise:
        """The rule that limited the verdict; empty for the certainty, which is shown beside it."""
        return HELD.get(self.held_by, "")

    @property
    def grade(self) -> str | Promise:
        """The label of the certainty for this city."""
        return "" if self.grade_code is None else GRADE_WORDS[self.grade_code]

    @property
    def unlike(self) -> str | Promise:
        """What lowers the certainty for this city; empty if nothing does."""
        return UNLIKE.get(self.unlike_code, "")

    @property
    def works_not(self) -> str | Promise:
        """That places contradict each other, else whether the effect was shown to be too small."""
        if self.contradicts:
            return CONTRADICT
        return EQUIVALENCE_WORDS.get(self.equivalence or "", "")


def in_a_word(expected: Expectation | None, conditions: Sequence[tuple[Answer, Named]]) -> InAWord:
    """The verdict on what is `expected`, with the conditions and their answers."""
    by_answer = {
        answer: tuple(named for condition, named in conditions if condition == answer)
        for answer in Answer
    }
    code, held_by, words, of_useful = NOT_ENOUGH, "too-few-places", "", False
    grade_code = equivalence = None
    unlike_code = ""
    if expected is not None:
        outlook = expected.outlook
        graded, prospects = outlook.certainty, outlook.prospects
        if graded is None or prospects is None:
            held_by = "not-a-change"
        elif expected.beyond_possible:
            held_by, grade_code = "beyond-possible", graded.grade
        else:
            code, held_by, grade_code = prospects.verdict, prospects.held_by, graded.grade
            equivalence = prospects.equivalence
            of_useful = prospects.p_useful is not None
            likely = prospects.p_useful if of_useful else prospects.p_right_direction
            words = "" if likely is None else chance(likely)
        if grade_code is not None:
            unlike_code = expected.indirectness[1]
    return InAWord(
        code=code,
        held_by=held_by,
        grade_code=grade_code,
        chance=words,
        of_useful=of_useful,
        unlike_code=unlike_code,
        equivalence=equivalence,
        contradicts=expected is not None and expected.contradicts,
        met=by_answer[Answer.MET],
        unmet=by_answer[Answer.UNMET],
        unknown=by_answer[Answer.UNKNOWN],
    )
