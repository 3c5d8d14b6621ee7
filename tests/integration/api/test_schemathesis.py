"""The API keeps what its own description promises, tried with made-up requests."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from alliance.config.api import document

MADE_UP = 15

config = SchemathesisConfig.from_dict(
    {
        # Which codes of a search exist is known to the index and not to the description, so a
        # well-formed code may still be refused.
        "operations": [
            {
                "include-operation-id": "search",
                "checks": {
                    "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "422"]}
                },
            }
        ]
    }
)
schema = schemathesis.openapi.from_dict(document(), config=config)
schema.app = get_wsgi_application()


@pytest.mark.slow
@schema.parametrize()
@settings(
    max_examples=MADE_UP,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_description_holds(network: None, db: None, case: schemathesis.Case) -> None:
    case.call_and_validate()
