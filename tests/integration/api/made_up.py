"""Made-up requests: what the tests that try the whole description with them share.

They are the same in every run and are sent at the same moment.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup, as_reported_failure
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test

from alliance.config.api import document, document_json
from tests.factories.pages import by_turn

RUNS_ALL = bool(os.environ.get("ALLIANCE_TEST_ALL"))
#: How many requests are drawn for each operation.
MADE_UP = 30 if RUNS_ALL else 4
#: Of those that cover its parameters and body one by one, which are many and alike: of each kind
#: the first, and then one in so many.
ONE_IN = 1 if RUNS_ALL else 8

config = SchemathesisConfig.from_dict(
    {
        "checks": {
            # Which codes there are, and what may be done with a record now, no description can
            # tell: a well-formed request may still break a rule.
            "positive_data_acceptance": {
                "expected-statuses": [
                    "2xx", "400", "401", "403", "404", "410", "412", "422", "429"
                ]
            },
            "missing_required_header": {"expected-statuses": ["401", "403", "404", "422", "428"]},
            "negative_data_rejection": {
                "expected-statuses": [
                    "400", "401", "403", "404", "405", "406", "412", "415", "422", "428"
                ]
            },
        }
    }
)  # fmt: skip
made_up = settings(
    max_examples=MADE_UP,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Operation:
    """What is asked at `path` with `method`; `as_open`: as if it asked for no scheme."""

    method: str
    path: str
    as_open: bool = False

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def try_with(self, test: Callable[[schemathesis.Case], None]) -> None:
        """Give requests to `test`, made up now: only the process that runs it takes the time."""
        found, seen = _description(as_open=self.as_open), Counter[str]()
        # Methods that a path lacks would be tried by whichever test of the path comes first.
        found.coverage_unexpected_methods_seen.clear()

        def some(case: schemathesis.Case) -> None:
            kind = getattr(case.meta.phase.data, "scenario", None)
            seen[kind] += 1
            if kind is None or seen[kind] % ONE_IN == 1 % ONE_IN:
                test(case)

        trying = build_operation_test(
            config=found.config,
            operation=found[self.path][self.method],
            test_func=made_up(some),
            given_kwargs={},
            feedback=FeedbackSources(),
        )
        try:
            trying()
        except FailureGroup as failures:
            raise as_reported_failure(failures) from None


@cache
def _description(*, as_open: bool) -> Any:
    load_all_checks()
    told = json.loads(document_json())
    for operations in told["paths"].values() if as_open else ():
        for operation in operations.values():
            operation.pop("security", None)
    found = schemathesis.openapi.from_dict(told, config=config)
    found.app = get_wsgi_application()
    return found


def described(scheme: str | None = "", *, as_open: bool = False) -> list[Operation]:
    """The operations for callers of a scheme, or all; for None those that ask for no scheme.

    Before a change lands, one that takes several schemes is tried with one of them, by turns.
    """
    found = []
    for path, operations in document()["paths"].items():
        for method, told in operations.items():
            schemes = sorted({name for one in told.get("security", []) for name in one})
            tried = by_turn(schemes, f"{method} {path}") or [None]
            if scheme == "" or scheme in tried:
                found.append(Operation(method, path, as_open))
    return found
