"""The child process of `contained`: reads one file within limits, writes its items, and ends.

The file comes in through standard input. The output is a line of JSON for each item, marked `+`,
and a last line: `.` if all was read, `!` with the limit that was reached, `x` with the broken rule,
`?` with the reader's error.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from alliance.core.files.rows import Broken, Limits, TooMuch, as_json


def main(job: str, source: BinaryIO, out: BinaryIO) -> None:
    """Run a job in JSON: the `reader` as module:function, its `options`, and the `limits`."""
    request = json.loads(job)
    limits = Limits(**request["limits"])
    # Ctrl-C and the end of a service concern the parent process, which waits for this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Web requests have priority.
    os.nice(5)
    # What readers log about an uploaded file does not belong in the server's log.
    logging.disable()
    module, _colon, name = request["reader"].partition(":")
    reader = getattr(importlib.import_module(module), name)
    free = _confine(limits)

    def line(mark: bytes, item: Any = None) -> None:
        out.write(mark + json.dumps(item, default=as_json).encode() + b"\n")

    try:
        for item in reader(source.read(), limits=limits, **request["options"]):
            line(b"+", item)
        line(b".")
    except Exception as error:
        # Without free memory no message could be written.
        free()
        if isinstance(error, Broken):
            line(b"x", [error.code, error.params])
        elif isinstance(error, TooMuch):
            line(b"!", [error.limit, error.most])
        elif _is_of_memory(error):
            line(b"!", ["memory", limits.memory])
        else:
            line(b"?", f"{type(error).__name__}: {error}"[:300])


def _is_of_memory(error: BaseException | None) -> bool:
    """Whether a reader ran out of memory: libraries in C report it in their own ways, others hide
    it."""
    while error is not None:
        if isinstance(error, MemoryError | SystemError) or "out of memory" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _confine(limits: Limits) -> Callable[[], None]:
    """Limit resources from here on: memory beyond that of the loaded code, CPU time, and output to
    as many bytes as memory.

    Returns a function that lifts the memory limit.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 5))
    # Python would go on where the system ends a process that writes too much.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.memory, limits.memory))
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    # macOS has this limit but does not accept it.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + limits.memory, hard))
    return partial(resource.setrlimit, resource.RLIMIT_AS, (hard, hard))


def _address_space() -> int:
    """Bytes of address space in use, as Linux reports them."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 1_000_000_000
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
