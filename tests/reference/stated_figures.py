"""Holds computed figures against stated ones, key by key, by the rule at the head of the table."""

from typing import Any

#: Keys that say where a figure comes from, how it is to be made, or how near one must be.
NOT_FIGURES = {
    "area", "where", "licence", "note", "rule", "settings", "setup", "model", "source", "se_note",
    "pi_note", "g_formula", "fixed_V", "scale_equivariance", "tol", "tol_rel", "rr_tol",
    "weights_tol", "cluster", "test", "delta", "sd", "p1", "p2",
}  # fmt: skip
#: Tolerances that the table gives beside a group of figures, by the last key before it.
OWN_TOLERANCE = {"weights": "weights_tol", "rr": "rr_tol"}


def decimals(figure: float) -> int:
    text = repr(float(figure))
    return 0 if text.endswith(".0") else len(text.partition(".")[2])


def faults(stated: Any, found: Any, path: str, near: dict[str, float]) -> list[str]:
    """What is missing from what was computed, or too far away in it, by the path of its key."""
    if found is None:
        return [f"{path}: not computed"]
    if isinstance(stated, dict):
        near = near | {
            key: stated[key] for key in ("tol", "rr_tol", "weights_tol") if key in stated
        }
        return [
            fault
            for key, figure in stated.items()
            if key not in NOT_FIGURES
            for fault in faults(
                figure,
                found.get(key),
                f"{path}/{key}",
                near | {"tol": near.get(OWN_TOLERANCE.get(key, ""), near["tol"])},
            )
        ]
    if isinstance(stated, list):
        pairs = zip(stated, found, strict=True)
        return [
            fault
            for place, pair in enumerate(pairs)
            for fault in faults(*pair, f"{path}/{place}", near)
        ]
    if isinstance(stated, str):
        return [] if stated == found else [f"{path}: {found} is not {stated}"]
    allowed = max(near["tol"], 1e-4 * abs(stated), 0.51 * 10 ** -decimals(stated))
    return [] if abs(found - stated) <= allowed else [f"{path}: {found} is not {stated}"]
