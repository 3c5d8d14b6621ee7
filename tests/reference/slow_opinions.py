"""Opinion groups the slow way: dense, with loops, from the published description alone.

Nothing here is shared with `alliance.analysis.opinion`.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

Z = 1.2816


def matrix_of(
    rows: list[dict[str, str]],
) -> tuple[list[str], list[str], dict[tuple[str, str], int]]:
    """People by first vote, statements by number, and the last vote of each cell."""
    first: dict[str, int] = {}
    cells: dict[tuple[str, str], int] = {}
    for row in sorted(rows, key=lambda row: int(row["timestamp"])):
        first.setdefault(row["voter-id"], int(row["timestamp"]))
        cells[row["voter-id"], row["comment-id"]] = int(row["vote"])
    people = sorted(first, key=lambda name: (first[name], int(name)))
    return people, sorted({statement for _, statement in cells}, key=int), cells


@dataclass(frozen=True)
class Placed:
    """What does not depend on groups."""

    people: list[str]
    statements: list[str]
    listed: list[str]
    cells: dict[tuple[str, str], int]
    own: list[int]
    components: np.ndarray
    extremity: list[float]
    points: list[tuple[float, float]]


def placed(rows: list[dict[str, str]], rejected: set[str]) -> Placed:
    people, statements, cells = matrix_of(rows)
    n, c = len(people), len(statements)
    values = np.full((n, c), np.nan)
    row_of = {person: row for row, person in enumerate(people)}
    column_of = {statement: column for column, statement in enumerate(statements)}
    for (person, statement), vote in cells.items():
        values[row_of[person], column_of[statement]] = vote
    own = [int(voted) for voted in (~np.isnan(values)).sum(axis=1)]
    for column, statement in enumerate(statements):
        if statement in rejected:
            values[:, column] = 0
    means = np.nanmean(values, axis=0)
    imputed = np.where(np.isnan(values), means, values) - means
    # the largest two last: a table of c × c costs a hundredth of a decomposition of n × c
    components = np.linalg.eigh(imputed.T @ imputed)[1].T[:-3:-1]

    extremity = []
    for column in range(c):
        x, y = (math.sqrt(c) * (1 - means[column]) * one[column] for one in components)
        extremity.append(math.sqrt(x * x + y * y))
    first, second = components.tolist()
    middle = means.tolist()
    points = []
    for row in values.tolist():
        x = y = 0.0
        voted = 0
        for column, value in enumerate(row):
            if not math.isnan(value):
                voted += 1
                x += (value - middle[column]) * first[column]
                y += (value - middle[column]) * second[column]
        scale = math.sqrt(c / max(voted, 1))
        points.append((scale * x, scale * y))
    listed = [statement for statement in statements if statement not in rejected]
    return Placed(people, statements, listed, cells, own, components, extremity, points)


def opinions(at: Placed, groups: dict[str, str] | None = None) -> dict[str, Any]:
    people, statements, listed, cells = at.people, at.statements, at.listed, at.cells
    components, extremity, points = at.components, at.extremity, at.points
    member = groups or grouped(people, at.own, len(statements), points)
    names = sorted(set(member.values()))

    votes: dict[str, dict[str, list[int]]] = {
        statement: {name: [0, 0, 0] for name in names} for statement in statements
    }
    whole = {statement: [0, 0, 0] for statement in statements}
    for (person, statement), vote in cells.items():
        for counts in (whole[statement], votes[statement].get(member.get(person, ""), [0, 0, 0])):
            counts[0] += vote == 1
            counts[1] += vote == -1
            counts[2] += 1

    told: dict[str, Any] = {"statements": {}, "representative": {}, "members": member}
    for statement in listed:
        product, logs, a, d, s = 1.0, 0.0, 0, 0, 0
        for agree, disagree, seen in votes[statement].values():
            product *= (agree + 1) / (seen + 2)
            effective = (agree + 0.5) / (seen + 1) * (1 - (disagree + 0.5) / (seen + 1))
            logs += math.log(effective)
            a, d, s = a + agree, d + disagree, s + seen
        e = extremity[statements.index(statement)]
        weight = (1 - (s - a - d + 1) / (s + 2)) * (e + 1) * ((a + 1) / (s + 2))
        told["statements"][statement] = {
            "counts": whole[statement],
            "by_group": votes[statement],
            "group_informed_consensus": math.exp(logs / len(names)),
            "group_informed_consensus_legacy": product,
            "extremity": e,
            "priority": (weight * (1 + 8 * 2 ** (-s / 5))) ** 2,
        }
    for name in names:
        told["representative"][name] = typical(name, listed, votes)
    told["consensus"] = {}
    for side, at in (("agree", 0), ("disagree", 1)):
        ranked = []
        for statement in listed:
            hits, seen = whole[statement][at], whole[statement][2]
            share, z = (hits + 1) / (seen + 2), one_share(hits, seen)
            if share > 0.5 and z > Z:
                ranked.append((-share * z, listed.index(statement), statement))
        told["consensus"][side] = [statement for *_, statement in sorted(ranked)[:5]]
    told["components"] = [
        [one[statements.index(statement)] for statement in listed] for one in components
    ]
    told["points"] = dict(zip(people, points, strict=True))
    return told


def grouped(
    people: list[str], own: list[int], c: int, points: list[tuple[float, float]]
) -> dict[str, str]:
    n = len(people)
    inside = [row for row in range(n) if own[row] >= min(7, c)]
    if len(inside) < 15:
        inside = sorted(sorted(range(n), key=lambda row: -own[row])[:15])
    base, centres = clustered([points[row] for row in inside], [1.0] * len(inside), 100, 100)
    weights = [float(base.count(at)) for at in range(len(centres))]
    best: tuple[float, int] | None = None
    labels: list[int] = []
    for k in range(2, min(5, 2 + len(centres) // 12) + 1):
        of_base, _ = clustered(centres, weights, k, 20)
        found = (width(centres, of_base), k)
        if best is None or found >= best:
            best, labels = found, of_base
    return {people[row]: str(labels[at]) for row, at in zip(inside, base, strict=True)}


def clustered(
    points: list[tuple[float, float]], weights: list[float], k: int, rounds: int
) -> tuple[list[int], list[tuple[float, float]]]:
    centres: list[tuple[float, float]] = []
    for point in points:
        if point not in centres and len(centres) < k:
            centres.append(point)
    labels: list[int] = []
    for _ in range(rounds):
        labels = []
        for x, y in points:
            nearest, at = math.inf, 0
            for place, (u, v) in enumerate(centres):
                distance = math.sqrt((x - u) * (x - u) + (y - v) * (y - v))
                if distance <= nearest:
                    nearest, at = distance, place
            labels.append(at)
        there = sorted(set(labels))
        sums = {at: [0.0, 0.0, 0.0] for at in there}
        for w, (x, y), label in zip(weights, points, labels, strict=True):
            mass = sums[label]
            mass[0] += w
            mass[1] += w * x
            mass[2] += w * y
        moved = [(sums[at][1] / sums[at][0], sums[at][2] / sums[at][0]) for at in there]
        labels = [there.index(label) for label in labels]
        still = len(moved) == len(centres) and all(
            math.dist(one, other) < 0.01
            for one, other in zip(sorted(moved), sorted(centres), strict=True)
        )
        centres = moved
        if still:
            break
    return labels, centres


def width(points: list[tuple[float, float]], labels: list[int]) -> float:
    scores = []
    for at, point in enumerate(points):
        distances = defaultdict(list)
        for other, there in enumerate(points):
            if other != at:
                distances[labels[other]].append(math.dist(point, there))
        if not distances[labels[at]]:
            scores.append(0.0)
            continue
        inner = sum(distances[labels[at]]) / len(distances[labels[at]])
        outer = min(
            sum(found) / len(found) for label, found in distances.items() if label != labels[at]
        )
        scores.append((outer - inner) / max(outer, inner))
    return sum(scores) / len(scores)


def one_share(hits: int, seen: int) -> float:
    return 2 * math.sqrt(seen + 1) * ((hits + 1) / (seen + 1) - 0.5)


def two_shares(hits: int, seen: int, other_hits: int, other_seen: int) -> float:
    p1, p2 = (hits + 1) / (seen + 1), (other_hits + 1) / (other_seen + 1)
    p = (hits + other_hits + 2) / (seen + other_seen + 2)
    if p == 1:
        return 0.0
    return (p1 - p2) / math.sqrt(p * (1 - p) * (1 / (seen + 1) + 1 / (other_seen + 1)))


def typical(
    name: str, listed: list[str], votes: dict[str, dict[str, list[int]]]
) -> list[dict[str, Any]]:
    found = {}
    for statement in listed:
        a, d, s = votes[statement][name]
        ra, rd, rs = (
            sum(counts[at] for other, counts in votes[statement].items() if other != name)
            for at in (0, 1, 2)
        )
        pa, pd = (a + 1) / (s + 2), (d + 1) / (s + 2)
        found[statement] = {
            "voted": a + d,
            "agree": (pa, one_share(a, s), pa / ((ra + 1) / (rs + 2)), two_shares(a, s, ra, rs)),
            "disagree": (pd, one_share(d, s), pd / ((rd + 1) / (rs + 2)), two_shares(d, s, rd, rs)),
        }

    def side(statement: str) -> str:
        one = found[statement]
        return "agree" if one["agree"][3] > one["disagree"][3] else "disagree"

    first = None
    for statement in listed:
        p, pt, r, rt = found[statement]["agree"]
        if not found[statement]["voted"]:
            continue
        if first is None:
            if pt > Z or (r > 1 and p > 0.5):
                first = statement
            continue
        p0, pt0, r0, rt0 = found[first]["agree"]
        if (r * rt * p * pt > r0 * rt0 * p0 * pt0) if r0 > 1 else (p * pt > p0 * pt0):
            first = statement
    enough = [
        statement
        for statement in listed
        if statement != first
        and any(found[statement][s][3] > Z and found[statement][s][1] > Z
                for s in ("agree", "disagree"))
    ]  # fmt: skip
    enough.sort(key=lambda statement: -math.prod(found[statement][side(statement)]))
    chosen = ([first] if first else []) + enough
    if not chosen:
        chosen = [max(listed, key=lambda s: max(found[s]["agree"][3], found[s]["disagree"][3]))]
    told = [
        dict(
            zip(("p", "p_test", "ratio", "ratio_test"), found[statement][side(statement)],
                strict=True),
            statement=statement, side=side(statement),
        )
        for statement in chosen[:5]
    ]  # fmt: skip
    return [one for one in told if one["side"] == "agree"] + [
        one for one in told if one["side"] == "disagree"
    ]
