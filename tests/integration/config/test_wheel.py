"""The wheel, installed as in the Containerfile: it works where it may not write."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.all, pytest.mark.long, pytest.mark.slow]


def copy_sources(target: Path) -> None:
    """Copy what a checkout has, as `COPY` does."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def install_command(environment: Path) -> str:
    """The only `RUN` of the first stage of the Containerfile, with a folder of the test's own."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    (command,) = re.findall(r"^RUN (python3(?:.*\\\n)*.*)$", text, re.M)
    return command.replace("python3", sys.executable, 1).replace("/opt/alliance", str(environment))


def files(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def free_port() -> int:
    with socket.socket() as open_socket:
        open_socket.bind(("127.0.0.1", 0))
        return int(open_socket.getsockname()[1])


def test_the_wheel_serves_from_a_place_that_is_not_written_to(tmp_path: Path) -> None:
    source, environment = tmp_path / "source", tmp_path / "installed"
    copy_sources(source)
    own = ("ALLIANCE", "DJANGO", "PYTEST", "PYTHON")
    variables = {name: text for name, text in os.environ.items() if not name.startswith(own)}
    subprocess.run(
        ["sh", "-c", install_command(environment)], cwd=source, env=variables, check=True
    )
    shutil.rmtree(source)
    (package,) = environment.glob("lib/python3*/site-packages/alliance")
    subprocess.run(["chmod", "-R", "a-w", str(package)], check=True)
    before = files(package)

    port = free_port()
    variables |= {
        "ALLIANCE_HOME": str(tmp_path / "home"),
        "ALLIANCE_BIND": f"127.0.0.1:{port}",
        "PATH": f"{environment}/bin:{os.environ['PATH']}",
    }
    subprocess.run(["alliance", "prepare"], env=variables, cwd=tmp_path, check=True)
    server = subprocess.Popen(["alliance", "serve"], env=variables, cwd=tmp_path)
    try:
        pages = {name: page(f"http://127.0.0.1:{port}/{name}/") for name in ("en", "fr", "sv")}
    finally:
        server.terminate()
        server.wait(timeout=60)
    assert 'lang="fr"' in pages["fr"] and 'lang="sv"' in pages["sv"]
    titles = {re.search(r"<h1[^>]*>(.*?)</h1>", text, re.S)[1] for text in pages.values()}
    assert len(titles) == 3, "translations are compiled in the wheel"
    assert files(package) == before
    subprocess.run(["chmod", "-R", "u+w", str(package)], check=True)


def page(address: str) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            answer = httpx.get(address)
            assert answer.status_code == 200
            return answer.text
        time.sleep(0.2)
    raise AssertionError("the server does not answer")
