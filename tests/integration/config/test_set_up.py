"""The set-up of a fresh machine: what is locked is installed, and a failure says what to do."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).resolve().parents[3]
#: Builds a project in place as setuptools does, without a package from the index.
BACKEND = """
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(folder + "/project-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in (
            ("METADATA", "Metadata-Version: 2.1\\nName: project\\nVersion: 1.0\\n"),
            ("WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"),
            ("RECORD", ""),
        ):
            wheel.writestr("project-1.0.dist-info/" + name, text)
    return "project-1.0-py3-none-any.whl"
"""
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def publish(index: Path, name: str, version: str, requires: str = "") -> str:
    """Put a wheel into a package index in a folder; its line of a lock."""
    folder = index / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: more\n"
    with zipfile.ZipFile(path, "w") as wheel:
        info = f"{name}-{version}.dist-info"
        wheel.writestr(f"{name}.py", f"version = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", metadata + requires)
        wheel.writestr(f"{info}/WHEEL", WHEEL)
        wheel.writestr(f"{info}/RECORD", "")
    links = [f'<a href="{wheel.name}">{wheel.name}</a>' for wheel in folder.glob("*.whl")]
    (folder / "index.html").write_text("\n".join(links))
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@contextmanager
def answering(status: int) -> Iterator[str]:
    """The address of an index that answers each request with this status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(status)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@dataclass(frozen=True)
class Machine:
    """A folder of the project with a package index beside it, and no environment yet."""

    root: Path
    index: Path

    def set_up(self, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.run("make_environment", **variables)

    def run(self, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PIP_")
        }
        environment |= {"PIP_INDEX_URL": self.index.as_uri(), "PIP_RETRIES": "1"} | variables
        return subprocess.run(
            ["sh", "-c", f". script/common.sh; {command}", "script/try"],
            cwd=self.root, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def lock(self, *lines: str) -> None:
        (self.root / "requirements" / "base.txt").write_text("".join(lines))

    def version(self, package: str) -> str:
        python = self.root / ".venv" / "bin" / "python"
        code = f"import {package}; print({package}.version)"
        return subprocess.check_output([python, "-c", code], text=True).strip()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    root = tmp_path / "project"
    shutil.copytree(ROOT / "script", root / "script")
    for path, text in (
        ("backend.py", BACKEND),
        ("pyproject.toml", PYPROJECT),
        ("src/alliance/__init__.py", ""),
        ("requirements/build.txt", ""),
        ("requirements/base.txt", ""),
        ("requirements/base.in", ""),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return Machine(root, tmp_path / "index")


def two_lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    lines = done.stderr.splitlines()
    assert (done.returncode, len(lines)) == (1, 2), done
    return lines


@pytest.mark.slow
def test_a_newer_release_of_a_package_changes_nothing(machine: Machine) -> None:
    older = publish(machine.index, "beta", "1.0")
    publish(machine.index, "beta", "2.0")
    lock = (publish(machine.index, "alpha", "1.0", "Requires-Dist: beta[more]>=1\n"), older)
    machine.lock(*lock)
    done = machine.set_up()
    assert done.returncode == 0, done.stdout + done.stderr
    assert machine.version("beta") == "1.0"
    assert machine.set_up().stdout == ""

    # What broke off, such as at a power cut, is made again from nothing.
    (machine.root / ".venv" / "half").touch()
    ended = subprocess.Popen(["true"])
    ended.wait()
    marker = machine.root / ".venv-setting-up"
    marker.write_text(f"{ended.pid}\n")
    done = machine.set_up()
    assert (done.returncode, machine.version("beta")) == (0, "1.0"), done
    assert not (machine.root / ".venv" / "half").exists()

    # Two at once do not write over each other.
    with subprocess.Popen(
        ["sh", "-c", "read _; :", "script/setup"], stdin=subprocess.PIPE
    ) as other:
        marker.write_text(f"{other.pid}\n")
        assert str(other.pid) in two_lines(machine.set_up())[0]
        other.terminate()
    marker.unlink()

    # Where packages cannot be had, the environment stays as it was and the next try succeeds.
    changed = lock[1], publish(machine.index, "gamma", "1.0")
    machine.lock(*changed, "delta==1.0 --hash=sha256:" + "0" * 64)
    assert "no longer has delta==1.0" in two_lines(machine.set_up())[0]
    done = machine.set_up(PIP_INDEX_URL="http://127.0.0.1:9/")
    assert "cannot be reached" in two_lines(done)[0]
    for status, words in ((503, "does not answer"), (403, "refuses"), (404, "no longer has")):
        with answering(status) as address:
            assert words in two_lines(machine.set_up(PIP_INDEX_URL=address))[0]
    machine.lock(lock[1], "gamma==1.0 --hash=sha256:" + "0" * 64)
    assert "not the one that was locked" in two_lines(machine.set_up())[0]
    assert not marker.exists()
    machine.lock(*changed)
    assert machine.set_up().returncode == 0
    assert machine.version("gamma") == "1.0"

    # Packages that do not fit together are an error, and the next try starts from nothing.
    machine.lock(publish(machine.index, "epsilon", "1.0", "Requires-Dist: zeta\n"))
    done = machine.set_up()
    assert done.returncode == 1
    assert "epsilon 1.0 requires zeta, which is not installed." in done.stderr
    assert marker.exists()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("printf: I/O error", "disk is full"),
        ("OSError: [Errno 13] Permission denied: '/srv/.venv/bin'", "may not write"),
        ("Failed to establish a new connection: [Errno 13] Permission denied", "be reached"),
        ("ReadTimeoutError(\"HTTPSConnectionPool: Read timed out.\")", "does not answer"),
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution\n"
         "ERROR: No matching distribution found for a==1", "cannot be reached"),
        ("ERROR: HTTP error 404 while getting https://index/packages/alpha-1.0.whl (from "
         "https://index/simple/alpha/)", "no longer has alpha-1.0.whl"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "certificate"),
        ("The virtual environment was not created because ensurepip is not available", "venv"),
    ],
)  # fmt: skip
def test_a_failure_says_what_to_do(machine: Machine, output: str, words: str) -> None:
    done = machine.run('explain "$OUTPUT"', OUTPUT=output)
    assert words in two_lines(done)[0]


def test_a_python_that_is_too_old_is_named(machine: Machine, tmp_path: Path) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        (tmp_path / name).write_text("#!/bin/sh\n[ $1 = --version ] && echo Python 3.9.2\n")
        (tmp_path / name).chmod(0o755)
    done = machine.set_up(PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert "Python 3.9.2" in two_lines(done)[0]
    assert not (machine.root / ".venv-setting-up").exists()
