"""The speed of the server: metrics for monitoring, and recent durations.

Each server process counts for itself, unless PROMETHEUS_MULTIPROC_DIR names a folder that the
processes share; that variable belongs to prometheus_client, which reads it at import.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from dataclasses import dataclass

from django.http import HttpRequest
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

#: A slower request is logged.
SLOW_SECONDS = 1.0
#: The view and route of an address that matches none.
UNMATCHED = "unmatched"

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUESTS = Counter(
    "alliance_requests",
    "Requests answered, by method, view and status.",
    ("method", "view", "status"),
)
_SECONDS = Histogram(
    "alliance_request_seconds",
    "Time from a request to its answer, in seconds, by view.",
    ("view",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0),
)
_RECENT: deque[float] = deque(maxlen=2000)


@dataclass(frozen=True)
class Latency:
    """Durations of the last `count` pages of this process, in milliseconds."""

    count: int
    median_ms: float
    p95_ms: float


def route_of(request: HttpRequest) -> str:
    """The route that the address of a request matched, such as "en/invitations/<str:secret>/".

    Logs contain it instead of the address, which may identify a person.
    """
    match = getattr(request, "resolver_match", None)
    return match.route if match else UNMATCHED


class RoutesForAddresses(logging.Filter):
    """Replaces the path by the route in what Django logs of a request.

    Django logs failures and refusals with the path, which may contain a secret.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            route = route_of(request)
            record.args = tuple(
                route if argument in (request.path, request.get_full_path()) else argument
                for argument in record.args
            )
        return True


def record(method: str, view: str, status: int, seconds: float) -> None:
    """Count a request. Unknown methods share one label, so that labels stay few."""
    _REQUESTS.labels(method if method in _METHODS else "other", view, str(status)).inc()
    _SECONDS.labels(view).observe(seconds)
    if view != UNMATCHED:
        _RECENT.append(seconds)


def latency() -> Latency | None:
    """Recent latency of this process; None before the first request."""
    durations = sorted(_RECENT)
    if not durations:
        return None
    # The nearest-rank percentile: a duration that was really measured.
    last = len(durations) - 1
    return Latency(
        count=len(durations),
        median_ms=durations[round(last * 0.5)] * 1000,
        p95_ms=durations[round(last * 0.95)] * 1000,
    )


def exposition() -> bytes:
    """All metrics in the text format of Prometheus."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(REGISTRY)
