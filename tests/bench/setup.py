"""From nothing to the first page: script/setup on a copy of the project, then the server.

Packages come from where pip takes them, so the figure holds for this machine and its network.

python -m tests.bench.setup
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure

ROOT = Path(__file__).parents[2]
LIMIT_SETUP_S = 120
LIMIT_ANSWER_S = 5
PARTS = (
    "script", "src", "requirements", "pyproject.toml", "setup.py", "README.md", "LICENSE",
    "CHANGELOG.md",
)  # fmt: skip


def _copy(to: Path) -> None:
    """What the installation needs, without what earlier runs have made."""
    leave = shutil.ignore_patterns("__pycache__", "*.mo", "*.egg-info")
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=leave)
        else:
            shutil.copy(source, to / name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str, process: subprocess.Popen[bytes], seconds: float) -> bool:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    return False


def run(folder: Path) -> Iterator[Figure]:
    """Set up a copy below `folder`, with an environment, a home and an address of its own."""
    project = folder / "project"
    project.mkdir()
    _copy(project)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("ALLIANCE_")
    }
    bind = f"127.0.0.1:{_free_port()}"
    environment |= {"ALLIANCE_HOME": str(folder / "home"), "ALLIANCE_BIND": bind}
    start = time.perf_counter()
    subprocess.run([project / "script" / "setup", "--quiet"], env=environment, check=True)
    yield Figure("script/setup from nothing", time.perf_counter() - start, "s", LIMIT_SETUP_S)
    start = time.perf_counter()
    subprocess.run([project / "script" / "setup", "--quiet"], env=environment, check=True)
    yield Figure("script/setup where nothing changed", time.perf_counter() - start, "s")
    start = time.perf_counter()
    with subprocess.Popen(
        [project / "script" / "server"], env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        try:
            answered = _answers(f"http://{bind}/sv/", server, 60)
            seconds = time.perf_counter() - start
        finally:
            server.terminate()
    if not answered:
        raise SystemExit("The server did not answer within 60 seconds.")
    yield Figure("script/server until it has answered", seconds, "s", LIMIT_ANSWER_S)


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    broken = 0
    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as folder:
        for figure in run(Path(folder)):
            print(figure, flush=True)
            broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
