"""Running the web server and a worker."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

import click
import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from alliance.config import env
from alliance.config.slow_clients import WAITING

log = structlog.get_logger(__name__)


def serve(*, with_worker: bool) -> None:
    """Serve on ALLIANCE_BIND until Ctrl-C or SIGTERM.

    Raises SettingError for a wrong setting or if it cannot listen, ClickException if there is
    nothing to serve.
    """
    if faults := env.faults():
        raise env.SettingError("\n".join(faults))
    host, _, port = env.get("BIND").rpartition(":")
    host = host.strip("[]")
    _require_free(host, int(port))
    _require_prepared()
    _load_application()
    # Nobody can admit others before there is a secretariat.
    from alliance.accounts.commands import announce_first_link

    announce_first_link()
    # Server processes forked from here share its memory, and are ready when they start.
    from alliance.config.warm import warm

    warm()
    # It warns of many threads, of which nearly all wait for clients.
    logging.getLogger("_granian").addFilter(
        lambda record: "Python threads" not in record.getMessage()
    )
    server = Granian(
        "alliance.config.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=env.get("WEB_PROCESSES"),
        blocking_threads=WAITING,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        # Two signals at once, as from Ctrl-C, can lock a server process up for good.
        workers_kill_timeout=5,
    )
    worker = WorkerProcess() if with_worker else None
    # Until the server handles signals itself, SIGTERM must end what was started so far.
    signal.signal(signal.SIGTERM, _end)
    try:
        if worker:
            worker.start()
        click.echo(f"Serving http://{env.get('BIND')}/ (Ctrl-C ends it)")
        server.serve()
    except KeyboardInterrupt:
        pass
    finally:
        if worker:
            worker.stop()


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _require_free(host: str, port: int) -> None:
    """Raise SettingError unless the address is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise env.SettingError(
                f"Cannot listen on {host}, port {port}: {error.strerror or error}. "
                f"Another program may be using it. End it, or choose another port: "
                f"ALLIANCE_BIND={host}:{port + 1 if port < 65535 else 8000}"
            ) from error


def _load_application() -> None:
    """Import everything once, here: errors show at once, and server processes share the memory."""
    from django.urls import get_resolver

    get_resolver().check()


def _require_prepared() -> None:
    """Raise ClickException unless pages can be served: a server of mere errors is useless."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import Error, connection

    from alliance.config.status import outstanding_migrations

    remedy = "Run `alliance prepare`."
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        # Opening it would create an empty one.
        raise click.ClickException(f"There is no database in {settings.HOME} yet. {remedy}")
    try:
        missing = outstanding_migrations()
    except Error as error:
        reason = " ".join(str(error).split())
        raise click.ClickException(f"The database cannot be used: {reason}") from error
    finally:
        # Server processes must not inherit it.
        connection.close()
    if missing:
        raise click.ClickException(
            f"The database is not up to date: it lacks {missing} migrations. {remedy}"
        )
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        raise click.ClickException(f"Style sheets and scripts are not gathered yet. {remedy}")


class WorkerProcess:
    """A worker process, restarted if it ends by itself."""

    PAUSE = 2.0
    PATIENCE = 10.0

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watch = threading.Thread(
            target=self._restart_on_exit, name="worker-watch", daemon=True
        )

    def start(self) -> None:
        """Start the worker and the thread that monitors it."""
        self._spawn()
        self._watch.start()

    def stop(self) -> None:
        """End the worker after its job, interrupting the job if that takes long; it is requeued."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            process.send_signal(number)
            try:
                process.wait(self.PATIENCE)
                break
            except subprocess.TimeoutExpired:
                continue
        self._watch.join()

    def _spawn(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "alliance.config.cli", "worker", "--parent", str(os.getpid())],
            # Ctrl-C on the terminal is for the server, which ends the worker itself.
            start_new_session=True,
        )

    def _restart_on_exit(self) -> None:
        while True:
            assert self._process is not None
            code = self._process.wait()
            if self._stopping.is_set():
                return
            log.error("worker ended by itself; starting another", exit_code=code)
            if self._stopping.wait(self.PAUSE):
                return
            self._spawn()
