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
    "measured": gettext_lazy("Effect measured"),
    "comparison": gettext_lazy("Comparison group"),
    "randomised": gettext_lazy("Random assignment"),
    "uncertainty": gettext_lazy("Uncertainty reported"),
    "independent": gettext_lazy("Independent source"),
    "replicated": gettext_lazy("Result seen in several places"),
    "inconsistent": gettext_lazy("Result contradicted elsewhere"),
}

# What the last line is called for a solution, whose places cannot contradict it.
_UNEVEN = gettext_lazy("Varies between places")

_MET_WHEN: dict[str, Promise] = {
    "measured": gettext_lazy(
        "At least one effect was measured: before and after, with a comparison group, or in a "
        "randomised trial."
    ),
    "comparison": gettext_lazy(
        "At least one effect was compared with people, streets or areas without the solution."
    ),
    "randomised": gettext_lazy(
        "At least one effect comes from a trial in which people or places were assigned "
        "to the solution at random."
    ),
    "uncertainty": gettext_lazy("A measured effect has an interval or a standard error."),
    "independent": gettext_lazy(
        "At least one source was not written by the people who ran the action."
    ),
    "replicated": gettext_lazy(
        "For the same outcome measure and unit, the results of this case and of other "
        "places have intervals that lie entirely on the same side of zero. This must be "
        "true in at least 3 places and in at least three quarters of the places with an "
        "interval."
    ),
    "inconsistent": gettext_lazy(
        "At least 3 places have results for the same outcome measure and unit, and more "
        "than half of these results are clearly on the opposite side of zero from the "
        "result of this case."
    ),
}

_WHY: dict[str, Promise] = {
    "measured": gettext_lazy(
        "A forecast or an opinion can be right, but it has not been tested against what happened."
    ),
    "comparison": gettext_lazy(
        "Traffic may have fallen everywhere that year. Only streets without the solution "
        "show what would have happened anyway."
    ),
    "randomised": gettext_lazy(
        "People who volunteer differ from those who do not. When people are assigned at "
        "random, the groups are alike on average, so any remaining difference is the "
        "effect."
    ),
    "uncertainty": gettext_lazy(
        "A 20 per cent fall with a margin of 2 points is a different finding from one "
        "with a margin of 40. Sample size alone does not show which it is."
    ),
    "independent": gettext_lazy(
        "People who paid for or ran an action have a reason to want it to succeed. If the "
        "author of a source is not known, this criterion is marked unknown: it adds no "
        "point, but it does not count as a no."
    ),
    "replicated": gettext_lazy(
        "A single place can be lucky. Each place counts once, and a study covering "
        "several places also counts once."
    ),
    "inconsistent": gettext_lazy(
        "A result that most other places did not see may be due to chance."
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
            "“%(measured)s”, “%(comparison)s”, “%(randomised)s”, “%(uncertainty)s” and "
            "“%(independent)s” each add a point if at least half of the places with a "
            "result meet the criterion. One good study among many weak ones is not "
            "enough."
        )
        % _TITLES,
        _(
            "“%(title)s” adds a point if the results of at least %(least)d places, and of "
            "at least three quarters of the places with an interval, lie clearly on the "
            "same side of zero. In at least %(least)d of these places, the result must "
            "have been observed, not calculated."
        )
        % {"least": MIN_PLACES, "title": _TITLES["replicated"]},
        _(
            "“%(title)s” deducts a point if there are at least %(least)d places and their "
            "95 %% prediction interval includes zero, unless the places agree that "
            "nothing changed."
        )
        % {"least": MIN_PLACES, "title": _UNEVEN},
        _("A solution with results from fewer than %(least)d places gets at most %(most)d points.")
        % {"least": MIN_PLACES, "most": MAX_POINTS_FEW_PLACES},
        _(
            "A solution gets at most %(most)d points if more than half of the places with "
            "measurements registered their plan after collecting the data or failed a "
            "method check."
        )
        % {"most": MAX_POINTS_DOUBTED},
    )


def _weakened(counts: Mapping[str, Any]) -> list[str]:
    """What weakens that which was measured, with the effects or places it holds for."""
    sentences = {
        "late": _("Plan registered after the data: %(n)d."),
        "failed": _("Failed a method check: %(n)d."),
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
        return _(
            "No effect was measured: results were self-reported, calculated or based on a "
            "single count."
        )
    if code == "comparison":
        if met:
            return (
                ngettext(
                    "%(met)d of %(of)d effect was compared with people, streets or areas "
                    "without the action.",
                    "%(met)d of %(of)d effects were compared with people, streets or "
                    "areas without the action.",
                    of,
                )
                % numbers
            )
        return _(
            "No effect was measured by comparison with people, streets or areas without the action."
        )
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
        return _("The action was not assigned at random in any place.")
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
            "The effect was measured in %(met)d of %(of)d place; at least half are needed.",
            "The effect was measured in %(met)d of %(of)d places; at least half are needed.",
            of,
        ),
        "comparison": ngettext(
            "The effect was compared with people, streets or areas without the action in "
            "%(met)d of %(of)d place; at least half are needed.",
            "The effect was compared with people, streets or areas without the action in "
            "%(met)d of %(of)d places; at least half are needed.",
            of,
        ),
        "randomised": ngettext(
            "The action was assigned at random in %(met)d of %(of)d place; at least half "
            "are needed.",
            "The action was assigned at random in %(met)d of %(of)d places; at least half "
            "are needed.",
            of,
        ),
        "uncertainty": ngettext(
            "A measured result has an interval or a standard error in %(met)d of %(of)d "
            "place; at least half are needed.",
            "A measured result has an interval or a standard error in %(met)d of %(of)d "
            "places; at least half are needed.",
            of,
        ),
        "independent": ngettext(
            "%(met)d of %(of)d place has a source written by someone who did not run the "
            "action; at least half are needed.",
            "%(met)d of %(of)d places have a source written by someone who did not run "
            "the action; at least half are needed.",
            of,
        ),
    }
    sentence = sentences[code] % {"met": counts["places"], "of": of}
    unknown = counts.get("unknown", 0)
    if not unknown:
        return sentence
    not_known = ngettext(
        "In %(unknown)d place, the author of the sources is not known.",
        "In %(unknown)d places, the author of the sources is not known.",
        unknown,
    ) % {"unknown": unknown}
    return f"{sentence} {not_known}"


def _independence(met: bool | None, counts: Mapping[str, Any]) -> str:
    total = counts["independent"] + counts["not_independent"] + counts["unknown"]
    if met:
        return ngettext(
            "%(met)d of %(of)d source was written by someone who did not run the action.",
            "%(met)d of %(of)d sources were written by someone who did not run the action.",
            total,
        ) % {"met": counts["independent"], "of": total}
    if met is None:
        return ngettext(
            "The author of %(unknown)d of %(of)d source is not known.",
            "The author of %(unknown)d of %(of)d sources is not known.",
            total,
        ) % {"unknown": counts["unknown"], "of": total}
    return _("All sources were written by those who ran or sold the action.")


def _places(
    code: str, met: bool | None, counts: Mapping[str, Any], names: Mapping[str, str], whole: bool
) -> str:
    if met is None:
        return _(
            "We cannot tell: the result is a level or a count, so it does not show a "
            "rise or a fall."
        )
    values = {**counts, "least": MIN_PLACES}
    values["known"] = counts.get("told")
    values["measure"] = names.get(counts["measure"], counts["measure"])
    if counts["places"] < MIN_PLACES:
        return (
            ngettext(
                "“%(measure)s” has been measured in %(places)d place that tried this "
                "solution; at least %(least)d are needed.",
                "“%(measure)s” has been measured in %(places)d places that tried this "
                "solution; at least %(least)d are needed.",
                counts["places"],
            )
            % values
        )
    if code == "inconsistent" and whole:
        return _unevenness(met, counts) % values
    if "told" not in counts:
        # Graded by an older version of the rule, until the worker has come to it.
        return _("Graded with an older version of the rule. It will be updated soon.")
    sentence = (
        _(
            "We have results for “%(measure)s” from %(places)d places with this solution, "
            "%(known)d of them with an interval or a standard error."
        )
        % values
    )
    if code == "inconsistent":
        rest = _(
            "In %(contrary)d of these, the effect is clearly in the opposite "
            "direction to this case."
        )
    elif not counts["agreeing"]:
        rest = (
            _("None is clearly on one side of zero.")
            if whole
            else _("The result of this case is not clearly on one side of zero.")
        )
    elif whole:
        rest = _(
            "Clearly on one side of zero: %(agreeing)d of these, %(observed)d of them "
            "observed, not calculated."
        )
    else:
        rest = _(
            "Including this case, the result is clearly on one side of zero in "
            "%(agreeing)d of these. In %(observed)d of them it was observed, not "
            "calculated."
        )
    return f"{sentence} {rest % values}"


def _unevenness(met: bool, counts: Mapping[str, Any]) -> str:
    """What the prediction interval of a solution says, to be filled with its counts."""
    if met:
        return _(
            "The 95 %% prediction interval over %(places)d places includes zero: another "
            "place may see no change, or a change in the opposite direction."
        )
    if counts["no_change"]:
        return _("The %(places)d places agree that nothing changed.")
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
        return _("At least %(least)d, because an effect was measured.") % {
            "least": MIN_POINTS_MEASURED
        }
    if total > points:
        return _why_less(rows, points)
    if gained > MAX_POINTS_UNCONFIRMED == most:
        return _(
            "The grade is at most %(most)d: a higher grade needs a stated uncertainty and "
            "the same result in several places."
        ) % {"most": most}
    if gained > most:
        return _("At most %(most)d points in total.") % {"most": most}
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
        return _("At most %(most)d, because fewer than half of the places measured an effect.") % {
            "most": points
        }
    return _("At most %(most)d, because no effect was measured.") % {"most": points}
