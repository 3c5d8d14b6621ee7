"""A fictitious testbed and a fictitious challenge, labelled as such."""

from __future__ import annotations

import datetime as dt

from alliance.config.demo_people import demo_team
from alliance.testbeds.models import Challenge, Testbed
from alliance.testbeds.services.challenges import ChallengeData, state_challenge
from alliance.testbeds.services.testbeds import (
    DatasetData,
    PermitData,
    TestbedInput,
    describe_testbed,
)

NOTE = "Made up for the demonstration: no place, no offer and no wish of the city."
TESTBED = TestbedInput(
    title="Synthetic example: a street to try things in",
    text=NOTE,
    language="en",
    kind="street",
    place="No real place",
    owner="Nobody: synthetic example",
    capacity=2,
    permits=(PermitData("Synthetic permit", "Synthetic office", "to-ask", 30),),
    data=(DatasetData("Synthetic counts", "hourly"),),
)


def make_demo_testbeds(*, at: dt.datetime) -> tuple[Testbed, Challenge]:
    """Create both if they are missing, in the name of the demo editor of Göteborg.

    Raises InvalidData in production, or if the demo accounts are missing.
    """
    team, actor = demo_team("demo testbeds", at=at)
    testbed = describe_testbed(team, TESTBED, actor=actor, at=at)
    words = ChallengeData(
        title="Synthetic example: quieter sweeping at night",
        text=NOTE,
        language="en",
        opens_on=at.date(),
        closes_on=at.date() + dt.timedelta(days=30),
        criteria=("Synthetic criterion: noise", "Synthetic criterion: cost"),
        testbed=testbed.public_id,
    )
    return testbed, state_challenge(team, words, actor=actor, at=at)
