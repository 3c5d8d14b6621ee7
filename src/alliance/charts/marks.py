"""The shapes of outcomes, distinguishable without colour, and without a font."""

from __future__ import annotations

#: SVG path of each outcome, centred on 0 0; holes need fill-rule "evenodd".
MARKS: dict[str, str] = {
    # A full disc.
    "worked": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    # A ring, empty.
    "reported": (
        "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0zM-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0z"
    ),
    # A ring whose left half is filled.
    "mixed": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0zM0-3.4a3.4 3.4 0 0 1 0 6.8z",
    # A cross.
    "did-not-work": ("M-5-2.9-2.9-5 0-2.1 2.9-5 5-2.9 2.1 0 5 2.9 2.9 5 0 2.1-2.9 5-5 2.9-2.1 0z"),
    # An empty square.
    "unknown": "M-4.6-4.6h9.2v9.2h-9.2zM-3-3v6h6v-6z",
}


def outcome_code(code: str | None) -> str:
    """`code` if it has a mark; everything else, and None, is "unknown"."""
    return code if code in MARKS else "unknown"
