"""Tables of testbeds, pilots and challenges."""

from alliance.testbeds.models.challenges import (
    Answer,
    AnswerClaim,
    Challenge,
    ChallengeCriterion,
)
from alliance.testbeds.models.pilots import (
    Evaluation,
    Measurement,
    Pilot,
    PilotCity,
    PilotNote,
    Protocol,
)
from alliance.testbeds.models.testbeds import Booking, Testbed, TestbedData, TestbedPermit

__all__ = [
    "Answer",
    "AnswerClaim",
    "Booking",
    "Challenge",
    "ChallengeCriterion",
    "Evaluation",
    "Measurement",
    "Pilot",
    "PilotCity",
    "PilotNote",
    "Protocol",
    "Testbed",
    "TestbedData",
    "TestbedPermit",
]
