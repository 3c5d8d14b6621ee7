"""Made-up requests: what the tests that try the whole description with them share.

They are the same in every run and are sent at the same moment.
"""

from __future__ import annotations

import json
from typing import Any

import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from alliance.config.api import document_json

MADE_UP = 15

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
APP = get_wsgi_application()
made_up = settings(
    max_examples=MADE_UP,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def described(scheme: str = "", *, as_open: bool = False) -> Any:
    """The operations for callers of a scheme, or all; `as_open` without that word."""
    told, wanted = json.loads(document_json()), []
    for operations in told["paths"].values():
        for operation in operations.values():
            asked = operation.get("security", [])
            if not scheme or any(scheme in one for one in asked):
                wanted.append(operation["operationId"])
            if as_open:
                operation.pop("security", None)
    found = schemathesis.openapi.from_dict(told, config=config)
    found.app = APP
    return found.include(operation_id=wanted)
