"""All benchmarks, one process each, so that none feels the memory or settings of another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
# Parts of benchmarks, not benchmarks themselves.
PARTS = {
    "__init__",
    "__main__",
    "bare_view",
    "figures",
    "generate",
    "pilot_coverage",
    "starter_database",
}


def main(wanted: list[str]) -> int:
    """Run those whose name holds one of `wanted`, or all; 1 where one of them failed."""
    names = [path.stem for path in sorted(HERE.glob("*.py")) if path.stem not in PARTS]
    chosen = [name for name in names if not wanted or any(text in name for text in wanted)]
    if not chosen:
        print(f"No benchmark of that name; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    failed = []
    for name in chosen:
        print(f"\n{name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nAbove their limit, or failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
