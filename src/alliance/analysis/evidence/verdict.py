"""The verdict for a probability, limited by the certainty of the evidence, and evidence of no
effect.

They are separate rules, so that a page can also show which one limited the verdict.
"""

from dataclasses import dataclass

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.certainty import GRADES

#: Likely from this probability of a useful effect on; unlikely up to the other.
LIKELY, UNLIKELY = 0.8, 0.2
LIKELY_WORD, UNCERTAIN, UNLIKELY_WORD = "likely", "uncertain", "unlikely"
NOT_ENOUGH = "not-enough-evidence"
WORDS = (LIKELY_WORD, UNCERTAIN, UNLIKELY_WORD, NOT_ENOUGH)


@dataclass(frozen=True)
class Verdict:
    """A verdict of `WORDS`, and the rule that limited it.

    ``held_by`` is ``no-prediction`` (no prediction interval, hence no probability), ``not-graded``,
    ``very-low-certainty``, ``low-certainty``, or empty.
    """

    word: str
    held_by: str


def verdict(
    chance: float | None,
    certainty: str | None,
    *,
    likely: float = LIKELY,
    unlikely: float = UNLIKELY,
) -> Verdict:
    """The word for a chance of a useful effect, capped by the certainty of the evidence.

    With no chance, ungraded or at ``very-low`` there is not enough evidence for any word; at
    ``low`` it is ``uncertain`` at most, in both directions: "unlikely" needs evidence as well.

    Args:
        chance: 0..1, None where none can be given.
        certainty: one of `GRADES`, None if not graded.
        likely, unlikely: from ``likely`` on and up to ``unlikely``, laid down beforehand.

    Raises:
        MethodError: ``unknown-grade``, ``bad-parameter``.
    """
    if certainty is not None and certainty not in GRADES:
        raise MethodError(
            "unknown-grade", f"{certainty!r} is none of {', '.join(GRADES)}", "certainty"
        )
    if not 0 < unlikely < likely < 1:
        raise MethodError("bad-parameter", "0 < unlikely < likely < 1", "likely")
    if chance is None:
        return Verdict(NOT_ENOUGH, "no-prediction")
    if not 0 <= chance <= 1:
        raise MethodError("bad-parameter", f"{chance!r} is no probability", "chance")
    word = UNCERTAIN
    if chance >= likely:
        word = LIKELY_WORD
    elif chance <= unlikely:
        word = UNLIKELY_WORD
    if certainty is None:
        return Verdict(NOT_ENOUGH, "not-graded")
    if certainty == "very-low":
        return Verdict(NOT_ENOUGH, "very-low-certainty")
    if certainty == "low" and word != UNCERTAIN:
        return Verdict(UNCERTAIN, "low-certainty")
    return Verdict(word, "")


def equivalence(
    low: float | None,
    high: float | None,
    smallest_useful: float | None,
    certainty: str | None,
) -> str | None:
    """Whether the measure was shown to do too little to matter: "it does not work".

    ``too-little`` where the whole prediction interval is smaller than the smallest useful effect,
    either way, and the certainty is moderate or high; ``too-uncertain`` where the interval is as
    narrow but the evidence is not certain enough to say so; ``unknown`` where the interval holds
    0 and sizes that would be useful: a wide null shows nothing; ``some-effect`` where it does not
    hold 0, or ends beyond the line on one side. None without an interval or a size.

    Args:
        low, high: the prediction interval, in the unit of the effect.
        smallest_useful: a size, 0 or more; 0 leaves nothing that would be too little.
        certainty: one of `GRADES`, None if not graded.
    """
    if low is None or high is None or smallest_useful is None:
        return None
    if -smallest_useful < low and high < smallest_useful:
        return "too-little" if certainty in ("moderate", "high") else "too-uncertain"
    return "unknown" if low <= 0 <= high else "some-effect"
