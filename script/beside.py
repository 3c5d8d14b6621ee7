"""Run parts of script/test beside each other: `beside.py TOLD PART…`.

What each prints is shown whole when it ends, and a line `PART SECONDS CODE` is added to the file
TOLD. At Ctrl-C each of them is interrupted once, and puts away what it started.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main(told: str, *parts: str) -> int:
    with tempfile.TemporaryDirectory() as outputs:
        return beside(Path(outputs), Path(told), parts)


def beside(outputs: Path, told: Path, parts: tuple[str, ...]) -> int:
    began = time.monotonic()
    running = {}
    for part in parts:
        with (outputs / part).open("wb") as output:
            # In a session of its own, which the terminal does not interrupt, too.
            job = subprocess.Popen(
                [Path(__file__).with_name("test"), "--only", part],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running[job.pid] = part
    code = 0
    while running:
        try:
            pid, status = os.wait()
        except KeyboardInterrupt:
            code = 130
            for pid in running:
                os.killpg(pid, signal.SIGINT)
            continue
        part = running.pop(pid)
        sys.stdout.buffer.write((outputs / part).read_bytes())
        sys.stdout.flush()
        with told.open("a", encoding="utf-8") as file:
            seconds = round(time.monotonic() - began)
            print(part, seconds, os.waitstatus_to_exitcode(status), file=file)
    return code


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(*sys.argv[1:]))
