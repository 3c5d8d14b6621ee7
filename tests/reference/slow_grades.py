"""The rule of evidence a second time, slowly and from its page: nothing of the platform is read.

Written from docs/explanation/evidence-grade.md. `version=3` gives what that version gave: a sample
size counted as uncertainty, 5 points were given without replication, a late plan lost nothing, what
was left out of counts supported no grade, a study counted in each of its places, and every value
had a direction, whatever its interval.
"""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import t

DESIGNS = ["rct", "quasi-experiment", "before-after", "survey", "modelled"]
MEASURED, COMPARED = DESIGNS[:3], DESIGNS[:2]


def error_of(row):
    """A standard error, recorded or from an interval that lies evenly about the value."""
    if row["se"]:
        return row["se"]
    low, high = row["low"], row["high"]
    if low is None or high is None or high <= low:
        return None
    if abs(high + low - 2 * row["value"]) / (high - low) > 0.05:
        return None
    return (high - low) / (2 * 1.96)


def says_how_sure(row, version):
    stated = row["se"] is not None or (row["low"] is not None and row["high"] is not None)
    return row["design"] in MEASURED and (stated or (version < 4 and row["n"] is not None))


def sign_of(rows):
    """The way one place points: of its results for the whole, else of those for parts."""
    whole = [row for row in rows if not row["part"]] or rows
    # No difference, told without a number, points nowhere.
    signs = {0 if row["value"] is None else int(np.sign(row["value"])) for row in whole}
    return signs.pop() if len(signs) == 1 else None


def side_of(rows):
    """The side of zero on which a place clearly lies; 0: told how sure, yet on none; else None."""
    sides = set()
    for row in [row for row in rows if not row["part"]] or rows:
        low, high = row["low"], row["high"]
        if row["value"] is None:
            low, high = -1, 1
        elif row["se"] is not None and None in (low, high):
            low, high = row["value"] - 1.96 * row["se"], row["value"] + 1.96 * row["se"]
        if None not in (low, high):
            sides.add(1 if low > 0 else -1 if high < 0 else 0)
    if not sides:
        return None
    return sign_of(rows) if sign_of(rows) in sides else 0


def places_of(rows, version=5):
    """The rows by place; places that only shared studies speak for stand as one a study."""
    places = defaultdict(list)
    for row in rows:
        places[row["place"]].append(row)
    if version < 5:
        return places
    where = defaultdict(set)
    for row in rows:
        where[row["study"]].add(row["place"])
    programmes = defaultdict(list)
    for place, group in places.items():
        own = [row for row in group if not row["study"] or len(where[row["study"]]) == 1]
        name = place if own else ("study", min(row["study"] for row in group))
        programmes[name] += group
    return programmes


def groups_of(rows, version=5):
    """The rows of each measure and unit; no difference stands with each unit of its measure."""
    groups = defaultdict(list)
    for row in rows:
        if row["value"] is not None:
            groups[row["measure"], row["unit"]].append(row)
    for (measure, _unit), group in groups.items():
        if version >= 5 and group[0]["is_change"]:
            group += [row for row in rows if row["value"] is None and row["measure"] == measure]
    return groups


def doubted(row):
    return row["late"] or row["failed"]


def observed(rows):
    return any(row["design"] != "modelled" for row in rows)


def prediction(rows):
    """The 95 % prediction interval over places: REML, Hartung-Knapp held at 1, t of k - 2."""
    y = np.array([row["value"] for row in rows])
    errors = [error_of(row) for row in rows]
    k = len(y)
    if any(error is None for error in errors):
        half = t.ppf(0.975, k - 1) * y.std(ddof=1) * math.sqrt(1 + 1 / k)
        return y.mean() - half, y.mean() + half
    v = np.array(errors) ** 2

    def minus_likelihood(tau2):
        w = 1 / (v + tau2)
        mean = (w * y).sum() / w.sum()
        return (np.log(v + tau2).sum() + math.log(w.sum()) + (w * (y - mean) ** 2).sum()) / 2

    top = 10 * (y.var() + v.max())
    grid = np.concatenate([[0], np.geomspace(top * 1e-9, top, 4000)])
    at = int(np.argmin([minus_likelihood(one) for one in grid]))
    around = (grid[max(at - 1, 0)], grid[min(at + 1, len(grid) - 1)])
    found = minimize_scalar(minus_likelihood, bounds=around, options={"xatol": top * 1e-13})
    tau2 = min([0.0, found.x], key=minus_likelihood)
    w = 1 / (v + tau2)
    mean = (w * y).sum() / w.sum()
    scale = (w * (y - mean) ** 2).sum() / (k - 1)
    se = math.sqrt(max(1, scale) / w.sum())
    half = t.ppf(0.975, k - 2) * math.sqrt(tau2 + se**2)
    return mean - half, mean + half


def rank(row):
    """By design, then uncertainty, size, whole, length, order."""
    years = None if row["to"] is None or row["from"] is None else row["to"] - row["from"]
    return (
        DESIGNS.index(row["design"]),
        row["se"] is None and (row["low"] is None or row["high"] is None),
        -(row["n"] or -math.inf),
        bool(row["part"]),
        -(years if years is not None else -math.inf),
        (row["case"], row["position"]),
    )


def speaking(rows, version):
    """The results that speak for their places: no place twice and, from 5 on, no sample twice."""
    chosen = []
    for row in sorted((row for row in rows if row["value"] is not None), key=rank):
        sample = (row["study"] or row["case"], row["sample"]) if version >= 5 else None
        told = [(one["study"] or one["case"], one["sample"]) for one in chosen]
        if row["place"] in [one["place"] for one in chosen]:
            continue
        if version >= 5 and row["sample"] and sample in told:
            continue
        chosen.append(row)
    return chosen


def add_up(met, late, version):
    """Points from the lines that are met: gains and their cap, the deduction, the bounds."""
    gained = len(met - {"inconsistent"})
    most = 5 if version < 4 or {"uncertainty", "replicated"} <= met else 4
    points = min(gained, most) - ("inconsistent" in met)
    points = max(points, 1) if "measured" in met else max(0, min(points, 1))
    return min(points, 2) if late and version >= 5 else points


def _pointing(rows, own_sign, own_place, version):
    """Whether the places of one measure repeat a sign, and whether most contradict it."""
    places = places_of(rows, version)
    signs = {place: sign_of(group) for place, group in places.items()}
    if own_sign is None:
        return False, False
    agreeing = [place for place, sign in signs.items() if sign == own_sign]
    seen = sum(observed(places[place]) for place in agreeing)
    contrary = sum(
        sign is not None
        and own_sign != 0
        and sign == -own_sign
        and all(row["place"] != own_place for row in places[place])
        for place, sign in signs.items()
    )
    enough = len(places) >= 3
    return (
        enough and len(agreeing) / len(places) >= 0.75 and seen >= 3,
        enough and contrary > len(places) / 2,
    )


def _lying(rows, mine):
    """As `_pointing` from version 6 on: only places that clearly lie on one side of zero count."""
    here = {row["place"] for row in mine}
    others = [
        group
        for group in places_of(rows).values()
        if not any(row["place"] in here for row in group)
    ]
    told = [group for group in others if side_of(group) is not None]
    own = side_of(mine)
    agreeing = [mine, *(group for group in told if side_of(group) == own)] if own else []
    contrary = sum(bool(sign_of(mine)) and side_of(group) == -sign_of(mine) for group in told)
    of = len(told) + 1
    return (
        len(agreeing) / of >= 0.75 and sum(map(observed, agreeing)) >= 3,
        of >= 3 and contrary > of / 2,
    )


def grade_case(own, everywhere, independent, version=5):
    """The points of a case, None where nothing supports them."""
    no_effects = {"finding-not-effect", "comparison-value", "disputed", "interested-party"}
    left_out = no_effects if version >= 5 else {row["excluded"] for row in own} - {""}
    own = [row for row in own if row["excluded"] not in left_out]
    own = own if version >= 5 else [row for row in own if row["value"] is not None]
    everywhere = [row for row in everywhere if not row["excluded"]]
    if not own:
        return None
    sound = [row for row in own if not doubted(row)]
    if version >= 5 and len(sound) < len(own):
        weak = any(doubted(row) and row["design"] in MEASURED for row in own)
        held = _grade_case(own, everywhere, independent, version, late=weak)
        alone = _grade_case(sound, everywhere, independent, version) if sound else 0
        return max(held, alone)
    return _grade_case(own, everywhere, independent, version)


def _grade_case(own, everywhere, independent, version, late=False):
    met = {"independent"} if True in independent else set()
    if any(row["design"] in MEASURED for row in own):
        met.add("measured")
    if any(row["design"] in COMPARED for row in own):
        met.add("comparison")
    if any(row["design"] == "rct" for row in own):
        met.add("randomised")
    if any(says_how_sure(row, version) for row in own):
        met.add("uncertainty")
    for all_of_it in groups_of(everywhere, version).values():
        mine = [row for row in all_of_it if row in own]
        if not mine or not all_of_it[0]["is_change"]:
            continue
        if version >= 6:
            replicated, contradicted = _lying(all_of_it, mine)
        else:
            place = own[0]["place"]
            replicated, contradicted = _pointing(all_of_it, sign_of(mine), place, version)
        met |= {"replicated"} if replicated else set()
        met |= {"inconsistent"} if contradicted else set()
    return add_up(met, late, version)


def grade_solution(rows, independent, version=5):
    """The points of a solution over its best covered measure; `independent`: answers by case."""
    groups = groups_of([row for row in rows if not row["excluded"]], version)
    if not groups:
        return None

    def cover(key):
        group = groups[key]
        return -len(places_of(group, version)), -sum(r["design"] in MEASURED for r in group), *key

    group = groups[min(groups, key=cover)]
    places = places_of(group, version)

    def in_half(asked):
        return sum(map(asked, places.values())) >= len(places) / 2

    met = set()
    for line, asked in {
        "measured": lambda rows: any(r["design"] in MEASURED for r in rows),
        "comparison": lambda rows: any(r["design"] in COMPARED for r in rows),
        "randomised": lambda rows: any(r["design"] == "rct" for r in rows),
        "uncertainty": lambda rows: any(says_how_sure(r, version) for r in rows),
        "independent": lambda rows: any(True in independent[r["case"]] for r in rows),
    }.items():
        if in_half(asked):
            met.add(line)
    changes = [row for row in group if row["is_change"]]
    if changes:
        by_place = places_of(changes, version)
        signs = {sign_of(one) for one in by_place.values()} - {None}
        repeated = {sign: _pointing(changes, sign, None, version)[0] for sign in signs}
        sides = [side_of(one) for one in by_place.values()]
        told = [one for one in sides if one is not None]
        clear = any(
            told.count(way) >= 0.75 * len(told)
            and sum(observed(one) for one in by_place.values() if side_of(one) == way) >= 3
            for way in (1, -1)
        )
        if clear if version >= 6 else any(repeated.values()):
            met.add("replicated")
        chosen = speaking(changes, version)
        if not repeated.get(0) and len(chosen) >= 3:
            low, high = prediction(chosen)
            if low <= 0 <= high:
                met.add("inconsistent")
    tried = [[r for r in rows if r["design"] in MEASURED] for rows in places.values()]
    tried = [rows for rows in tried if rows]
    n_late = sum(all(doubted(row) for row in rows) for rows in tried)
    points = add_up(met, n_late > len(tried) / 2, version)
    return min(points, 3) if len(places) < 3 else points
