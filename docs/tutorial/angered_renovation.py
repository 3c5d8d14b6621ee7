"""Made-up heat use for the tutorial: 24 blocks of flats in Angered over 14 months, as CSV.

No figure is real. Each is the heat a block used in a month, in per cent above or below its own
usual for such weather. Twelve blocks get the package in February 2026, which lowers their use by
12 points; run it again and you get the same bytes.

    python3 docs/tutorial/angered_renovation.py > angered.csv
"""

from __future__ import annotations

import csv
import random
import sys
from typing import TextIO

START = (2026, 2)
EFFECT = -12.0
MONTHS = 14


def write(out: TextIO, *, effect: float = EFFECT, seed: int = 7) -> None:
    """Write the rows: unit, time, treated, outcome, tenure."""
    draw = random.Random(seed)
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["unit", "time", "treated", "outcome", "tenure"])
    for number in range(24):
        own = draw.gauss(0, 4)
        has_package = number % 2 == 0
        tenure = "municipal" if number % 4 < 2 else "co-operative"
        for place in range(MONTHS):
            year, month = 2025 + (8 + place) // 12, (8 + place) % 12 + 1
            on = has_package and (year, month) >= START
            heat = own + effect * on + draw.gauss(0, 3)
            time = f"{year}-{month:02d}"
            name = f"synthetic block {number + 1:02d}"
            rows.writerow([name, time, int(on), f"{heat:.1f}", tenure])


if __name__ == "__main__":
    write(sys.stdout)
