"""Two networks, each with a home, a server and commands of its own: one follows the other."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.factories.processes import wait_until
from tests.template_database import lay_file

pytestmark = [pytest.mark.all, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[3]
#: The console command; but this machine's own address, where both networks are, may be asked.
COMMAND = """
from alliance.network import outside
outside.ask.__kwdefaults__["allow"] = lambda address: address == "127.0.0.1"
from alliance.config.cli import main
main()
"""
#: What people do on pages, which nobody need open here.
BEFORE = """
import django
django.setup()
from alliance.core import clock
from alliance.core.audit import Actor
from alliance.cases.models import CaseStudy, SolutionText
from alliance.writing.services.withdrawals import withdraw_case
from alliance.opendata import feed
from tests.factories.knowledge import lay_ground, make_case, text
who = Actor("secretariat", roles=frozenset({"secretariat"}))
"""


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Network:
    """A home and its address."""

    home: Path
    name: str
    secret: str = "s"
    port: int = field(default_factory=_free_port)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if "ALLIANCE_" not in name},
            "DJANGO_SETTINGS_MODULE": "alliance.config.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "ALLIANCE_HOME": str(self.home),
            "ALLIANCE_LOAD_STARTER": "no",
            "ALLIANCE_BASE_URL": self.address,
            "ALLIANCE_BIND": f"127.0.0.1:{self.port}",
            "ALLIANCE_NETWORK_NAME": self.name,
            "ALLIANCE_SECRET_KEY": self.secret * 50,
        }

    def _run(self, *call: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, *call],
            env=self.environment, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def act(self, code: str) -> str:
        """Run Python on this home; what it prints."""
        return self._run("-c", BEFORE + code)

    def alliance(self, *words: str, status: int = 0) -> str:
        """Run the console command; what it prints."""
        return self._run("-c", COMMAND, *words, status=status)

    def page(self, path: str) -> tuple[int, str]:
        """Status and content at a path of its server."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Its server runs within."""
        self.alliance("prepare", "--quiet")
        call = [sys.executable, "-m", "alliance.config.cli", "serve", "--no-worker"]
        with (self.home / "server.log").open("wb") as log:
            server = subprocess.Popen(call, env=self.environment, stdout=log, stderr=log)
        try:
            wait_until(lambda: server.poll() is not None or self._answers())
            assert server.poll() is None, (self.home / "server.log").read_text()
            yield
        finally:
            server.terminate()
            server.wait(timeout=60)

    def _answers(self) -> bool:
        try:
            return self.page("/healthz")[0] == 200
        except OSError:
            return False

    @contextmanager
    def somebody_answering(self, body: str) -> Iterator[None]:
        """At its address somebody answers everything with `body`."""

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_words: object) -> None:
                """Nothing is printed."""

        with HTTPServer(("127.0.0.1", self.port), Answer) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield
            server.shutdown()


@pytest.fixture
def network(tmp_path: Path) -> Callable[[str], Network]:
    def make(name: str) -> Network:
        home = tmp_path / name
        lay_file(home / "alliance.sqlite3")
        made = Network(home, name)
        made.act("lay_ground()")
        return made

    return make


def test_one_network_follows_another(network: Callable[[str], Network]) -> None:
    ours, theirs = network("Ours"), network("Theirs")
    # A solution that is there alone, and one that both have in the same words.
    theirs.act(
        "from alliance.cases.records import SolutionRecord, SolutionTextRecord\n"
        "from alliance.writing.services import save_solution\n"
        "save_solution(SolutionRecord('cable-cars', 'approach',"
        " (SolutionTextRecord('en', 'Cable cars'),)), actor=who, at=clock.now())\n"
        'make_case("Lund", solution="cable-cars"); make_case("Umeå")\n'
        "feed.publish(at=clock.now())"
    )
    ours.act('make_case("Umeå"); CaseStudy.objects.update(edited_at=clock.now())')

    def fetched() -> str:
        told = ours.alliance("network", "fetch")
        assert told.startswith(f"Theirs ({theirs.address}): ")
        return told.partition("): ")[2]

    with ours.serving(), theirs.serving():
        # A key that their secretariat did not tell: nothing is followed.
        refused = ours.alliance("network", "subscribe", theirs.address, "--key", "0", status=1)
        key = refused.split("Its key:\n")[1].split("\n")[0].replace(" ", "")
        assert "Signed with a different key" in refused and ours.alliance("network", "list") == ""
        told = ours.alliance("network", "subscribe", f"{theirs.address}/", "--key", key)
        assert told.startswith("Theirs: 4 entries.")
        # What both have is a choice of people; the other one is here, under their name.
        kept = "1 different from our version, 1 our version kept\n"
        assert fetched() == f"updated every hour, 2 shown here, {kept}"
        for page in ("cases/lund", "solutions/cable-cars"):
            assert "From Theirs, version 1." in ours.page(f"/en/{page}/")[1]
        assert "From Theirs" not in ours.page("/en/cases/umea/")[1]
        told = ours.alliance("network", "list")
        assert "2 shown here, 1 different from our version" in told

        theirs.act(
            'make_case("Lund", solution="cable-cars",'
            ' texts=(text(title="Pricing the ring road"),))\n'
            'SolutionText.objects.filter(name="Cable cars").update(name="Aerial lifts")\n'
            "feed.publish(at=clock.now())"
        )
        old = theirs.page("/api/v1/feed?after=4")[1]
        assert fetched() == f"updated every hour, 2 shown here, {kept}"
        assert "Aerial lifts" in ours.page("/en/solutions/cable-cars/")[1]
        page = ours.page("/en/cases/lund/")[1]
        assert "Pricing the ring road" in page and "From Theirs, version 2." in page

        theirs.act(
            'withdraw_case(CaseStudy.objects.get(public_id="lund"), reason="Counted twice.",'
            " actor=who, at=clock.now())\nfeed.publish(at=clock.now())"
        )
        assert fetched() == f"updated every hour, 2 withdrawn by the other network, {kept}"
        # No case names it any longer.
        assert ours.page("/en/solutions/cable-cars/")[0] == 410
        status, page = ours.page("/en/cases/lund/")
        assert status == 410 and "Withdrawn by Theirs: Counted twice." in page
        last = theirs.page("/api/v1/feed?after=6")[1]
    with ours.serving():
        # An old answer is sent again, and one is cut in half; then somebody else has the address.
        for body, why in (
            (
                old,
                "An old response was sent again, or the clock on one of the two servers is wrong.",
            ),
            (
                last[: len(last) // 2],
                (
                    "The content from the other network cannot be read. The transfer may "
                    "have been cut off."
                ),
            ),
        ):
            with theirs.somebody_answering(body):
                assert why in fetched()
            ours.act(
                "from alliance.core.audit import COMMAND_LINE\n"
                "from alliance.opendata import subscriptions\n"
                "subscriptions.resume(subscriptions.Subscription.objects.get(state='stopped'),"
                " actor=COMMAND_LINE, at=clock.now())"
            )
        theirs.secret = "t"
        with theirs.serving():
            assert ". Ask the other network whether it has a new key." in fetched()
        assert ours.page("/en/cases/lund/")[0] == 410
