"""The evidence rule in words: what each line asks, and how it came out for one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.analysis.evidence_grade import (
    MAX_POINTS_DOUBTED,
    MAX_POINTS_FEW_PLACES,
    MAX_POINTS_UNCONFIRMED,
    MIN_PLACES,
    MIN_POINTS_MEASURED,
    RULE,
    most_gained,
    rests_on_doubted,
)


@dataclass(frozen=True)
class RuleText:
    """One line of the published rule in words: its name, when it is met, and why it counts."""

    code: str
    points: int
    title: str | Promise
    met_when: str | Promise
    why: str | Promise


@dataclass(frozen=True)
class LineText:
    """How one line came out for one record. `met` is None where that cannot be told."""

    code: str
    points: int
    met: bool | None
    title: str
    sentence: str


_TITLES: dict[str, Promise] = {
    "measured": gettext_lazy("Measured"),
    "comparison": gettext_lazy("Comparison group"),
    "randomised": gettext_lazy("Chosen by chance"),
    "uncertainty": gettext_lazy("Uncertainty stated"),
    "independent": gettext_lazy("Independent source"),
    "replicated": gettext_lazy("Seen in several places"),
    "inconsistent": gettext_lazy("Contradicted elsewhere"),
}

# What the last line is called for a solution, whose places cannot contradict it.
_UNEVEN = gettext_lazy("Uneven between places")

_MET_WHEN: dict[str, Promise] = {
    "measured": gettext_lazy(
        "At least one effect was measured: before and after, with a comparison group, or in a "
        "randomised trial."
    ),
    "comparison": gettext_lazy(
        "At least one effect was measured against people, streets or areas without the measure."
    ),
    "randomised": gettext_lazy(
        "At least one effect comes from a trial in which chance decided who got the measure."
    ),
    "uncertainty": gettext_lazy(
        "For a measured effect, an interval or a standard error is recorded."
    ),
    "independent": gettext_lazy(
        "At least one source was written by others than those who ran the measure."
    ),
    "replicated": gettext_lazy(
        "For the same measure in the same unit, the result of this case and those of other places, "
        "at least 3 in all and three quarters of those with an interval, lie clearly on one side "
        "of zero: with the whole interval."
    ),
    "inconsistent": gettext_lazy(
        "Of at least 3 such places, more than half lie clearly on the other side of zero."
    ),
}

_WHY: dict[str, Promise] = {
    "measured": gettext_lazy(
        "A forecast or an opinion can be right, but it cannot be surprised by what happened."
    ),
    "comparison": gettext_lazy(
        "Traffic may have fallen everywhere that year. Only streets without the measure show what "
        "would have happened anyway."
    ),
    "randomised": gettext_lazy(
        "Those who volunteer differ from those who do not. If chance decides, they do not differ "
        "on average, so the difference that is left is the effect."
    ),
    "uncertainty": gettext_lazy(
        "Minus 20 per cent give or take 2 and give or take 40 are different findings. The size of "
        "a sample alone does not say which one it is."
    ),
    "independent": gettext_lazy(
        "Those who paid for a measure or ran it have a reason to see it succeed. Where it is not "
        "recorded who wrote a source, the line is unknown, which adds no point and is not a no."
    ),
    "replicated": gettext_lazy(
        "One place can be lucky. Each place counts once, and so does one study in several places."
    ),
    "inconsistent": gettext_lazy(
        "What most other places did not see may be an accident of this one."
    ),
}


def rule_texts() -> tuple[RuleText, ...]:
    """The published rule, line by line, for the page that explains it."""
    return tuple(
        RuleText(line.code, line.points, _TITLES[line.code], _MET_WHEN[line.code], _WHY[line.code])
        for line in RULE
    )


def solution_rule_texts() -> tuple[str, ...]:
    """What is asked of a solution beyond the lines of the rule, a sentence each."""
    return (
        _(
            "“Measured”, “Comparison group”, “Chosen by chance”, “Uncertainty stated” and "
            "“Independent source” give their point if at least half of the places with a result "
            "have such a result or source. One good study among many weak ones is not enough."
        ),
        _(
            "“Seen in several places” gives its point if at least %(least)d places and three "
            "quarters of those with an interval lie clearly on one side of zero, whichever, and "
            "%(least)d of these observed it."
        )
        % {"least": MIN_PLACES},
        _(
            "A point is taken off, as “Uneven between places”, if the 95 %% prediction interval "
            "over at least %(least)d places includes zero, unless the places agree on no change."
        )
        % {"least": MIN_PLACES},
        _("With results from fewer than %(least)d places, a solution gets at most %(most)d points.")
        % {"least": MIN_PLACES, "most": MAX_POINTS_FEW_PLACES},
        _(
            "With plans registered after the data, or checks that failed, in more than half of the "
            "places that measured, a solution gets at most %(most)d points."
        )
        % {"most": MAX_POINTS_DOUBTED},
    )


def _weakened(counts: Mapping[str, Any]) -> list[str]:
    """What weakens that which was measured, with the effects or places it holds for."""
    sentences = {
        "late": _("Plan registered after the data: %(n)d."),
        "failed": _("A check of the method failed: %(n)d."),
        "deviating": _("Departed from the plan: %(n)d."),
    }
    return [text % {"n": n} for code, text in sentences.items() if (n := counts.get(code))]


def _effects(code: str, counts: Mapping[str, Any]) -> str:
    """The sentence of a line that counts effects."""
    met, of = counts["effects"], counts["of"]
    numbers = {"met": met, "of": of}
    if code == "measured":
        if met:
            return (
                ngettext(
                    "%(met)d of %(of)d effect was measured.",
                    "%(met)d of %(of)d effects were measured.",
                    of,
                )
                % numbers
            )
        return _("No effect was measured: they were asked for, counted once or calculated.")
    if code == "comparison":
        if met:
            return (
                ngettext(
                    "%(met)d of %(of)d effect was compared with people, streets or areas without "
                    "the measure.",
                    "%(met)d of %(of)d effects were compared with people, streets or areas without "
                    "the measure.",
                    of,
                )
                % numbers
            )
        return _("No effect was compared with people, streets or areas without the measure.")
    if code == "randomised":
        if met:
            return (
                ngettext(
                    "%(met)d of %(of)d effect comes from a randomised trial.",
                    "%(met)d of %(of)d effects come from a randomised trial.",
                    of,
                )
                % numbers
            )
        return _("Nowhere did chance decide who got the measure.")
    if met:
        return (
            ngettext(
                "%(met)d of %(of)d effect has an interval or a standard error.",
                "%(met)d of %(of)d effects have an interval or a standard error.",
                of,
            )
            % numbers
        )
    return _("No measured effect has an interval or a standard error.")


def _shares(code: str, counts: Mapping[str, Any]) -> str:
    """The sentence of a line that asks for half of the places of a solution."""
    of = counts["of"]
    sentences = {
        "measured": ngettext(
            "In %(met)d of %(of)d place the effect was measured; at least half are needed.",
            "In %(met)d of %(of)d places the effect was measured; at least half are needed.",
            of,
        ),
        "comparison": ngettext(
            "In %(met)d of %(of)d place it was compared with people, streets or areas without the "
            "measure; at least half are needed.",
            "In %(met)d of %(of)d places it was compared with people, streets or areas without "
            "the measure; at least half are needed.",
            of,
        ),
        "randomised": ngettext(
            "In %(met)d of %(of)d place chance decided who got the measure; at least half are "
            "needed.",
            "In %(met)d of %(of)d places chance decided who got the measure; at least half are "
            "needed.",
            of,
        ),
        "uncertainty": ngettext(
            "In %(met)d of %(of)d place a measured result has an interval or a standard error; at "
            "least half are needed.",
            "In %(met)d of %(of)d places a measured result has an interval or a standard error; "
            "at least half are needed.",
            of,
        ),
        "independent": ngettext(
            "In %(met)d of %(of)d place a source was written by others than those who ran the "
            "measure; at least half are needed.",
            "In %(met)d of %(of)d places a source was written by others than those who ran the "
            "measure; at least half are needed.",
            of,
        ),
    }
    sentence = sentences[code] % {"met": counts["places"], "of": of}
    unknown = counts.get("unknown", 0)
    if not unknown:
        return sentence
    not_known = ngettext(
        "For %(unknown)d place it is not known who wrote the sources.",
        "For %(unknown)d places it is not known who wrote the sources.",
        unknown,
    ) % {"unknown": unknown}
    return f"{sentence} {not_known}"


def _independence(met: bool | None, counts: Mapping[str, Any]) -> str:
    total = counts["independent"] + counts["not_independent"] + counts["unknown"]
    if met:
        return ngettext(
            "%(met)d of %(of)d source was written by others than those who ran the measure.",
            "%(met)d of %(of)d sources were written by others than those who ran the measure.",
            total,
        ) % {"met": counts["independent"], "of": total}
    if met is None:
        return ngettext(
            "Not known: for %(unknown)d of %(of)d source it is not known who wrote it.",
            "Not known: for %(unknown)d of %(of)d sources it is not known who wrote them.",
            total,
        ) % {"unknown": counts["unknown"], "of": total}
    return _("All sources were written by those who ran or sold the measure.")


def _places(
    code: str, met: bool | None, counts: Mapping[str, Any], names: Mapping[str, str], whole: bool
) -> str:
    if met is None:
        return _("Not known: what is recorded is a level or a count, which has no direction.")
    values = {**counts, "least": MIN_PLACES}
    values["known"] = counts.get("told")
    values["measure"] = names.get(counts["measure"], counts["measure"])
    if counts["places"] < MIN_PLACES:
        return (
            ngettext(
                "“%(measure)s” is recorded in %(places)d place of this solution; at least "
                "%(least)d are needed to tell.",
                "“%(measure)s” is recorded in %(places)d places of this solution; at least "
                "%(least)d are needed to tell.",
                counts["places"],
            )
            % values
        )
    if code == "inconsistent" and whole:
        return _unevenness(met, counts) % values
    if "told" not in counts:
        # Graded by an older version of the rule, until the worker has come to it.
        return _("Counted by an older version of the rule; it is counted again soon.")
    told = (
        _(
            "“%(measure)s” is recorded in %(places)d places of this solution, in %(known)d of them "
            "with an interval or a standard error."
        )
        % values
    )
    if code == "inconsistent":
        rest = _("%(contrary)d of these lie clearly on the other side of zero than this case.")
    elif not counts["agreeing"]:
        rest = (
            _("None lies clearly on one side of zero.")
            if whole
            else _("The result of this case does not lie clearly on one side of zero.")
        )
    elif whole:
        rest = _(
            "%(agreeing)d of these lie clearly on one side of zero, %(observed)d of them observed, "
            "not calculated."
        )
    else:
        rest = _(
            "%(agreeing)d of these, this case included, lie clearly on one side of zero, "
            "%(observed)d of them observed, not calculated."
        )
    return f"{told} {rest % values}"


def _unevenness(met: bool, counts: Mapping[str, Any]) -> str:
    """What the prediction interval of a solution says, to be filled with its counts."""
    if met:
        return _(
            "The 95 %% prediction interval over %(places)d places includes zero: one more place "
            "may see no change, or the other way."
        )
    if counts["no_change"]:
        return _("The %(places)d places agree on no change.")
    return _("The 95 %% prediction interval over %(places)d places does not include zero.")


def explain(
    lines: Iterable[Mapping[str, Any]], *, names: Mapping[str, str], whole: bool = False
) -> tuple[LineText, ...]:
    """The stored lines of a grade in plain words of the active language, in the rule's order.

    `lines` are `evidence_lines` of a case or solution. `names` maps the recorded name of a
    measure to the one to show. `whole` is True for the grade of a solution, which is counted by
    places and has no direction of its own.
    """
    texts = []
    for line in lines:
        code, met = line["code"], line["met"]
        counts = line["params"]
        if "of" in counts and "places" in counts:
            sentence = _shares(code, counts)
        elif code == "independent":
            sentence = _independence(met, counts)
        elif code in {"replicated", "inconsistent"}:
            sentence = _places(code, met, counts, names, whole)
        else:
            sentence = _effects(code, counts)
        if code == "measured":
            sentence = " ".join([sentence, *_weakened(counts)])
        title = _UNEVEN if whole and code == "inconsistent" else _TITLES[code]
        texts.append(LineText(code, line["points"], met, str(title), sentence))
    return tuple(texts)


def bounds(lines: Iterable[Mapping[str, Any]], points: int) -> str:
    """Why the grade is not the plain sum of its lines; empty where it is."""
    rows = list(lines)
    gained = sum(row["points"] for row in rows if row["points"] > 0)
    most = most_gained(row["code"] for row in rows if row["met"])
    total = min(gained, most) + sum(row["points"] for row in rows if row["points"] < 0)
    if total < points:
        return _("Kept at %(least)d, because something was measured.") % {
            "least": MIN_POINTS_MEASURED
        }
    if total > points:
        return _why_less(rows, points)
    if gained > MAX_POINTS_UNCONFIRMED == most:
        return _(
            "At most %(most)d: more needs a stated uncertainty and the same result in several "
            "places."
        ) % {"most": most}
    if gained > most:
        return _("The gains add up to %(most)d at most.") % {"most": most}
    return ""


def _why_less(rows: Iterable[Mapping[str, Any]], points: int) -> str:
    measured = next(row for row in rows if row["code"] == "measured")
    counts = measured["params"]
    if points == MAX_POINTS_DOUBTED and rests_on_doubted(counts):
        if counts.get("late"):
            return _("At most %(most)d, because the plan was registered after the data.") % {
                "most": points
            }
        return _("At most %(most)d, because a check of the method failed.") % {"most": points}
    if measured["met"]:
        return _("At most %(most)d, because fewer than %(least)d places have a result.") % {
            "most": points,
            "least": MIN_PLACES,
        }
    # Only the lines of a solution count places.
    if measured["params"].get("places"):
        return _("At most %(most)d, because fewer than half of the places measured anything.") % {
            "most": points
        }
    return _("At most %(most)d, because nothing was measured.") % {"most": points}
