"""Tables of testbeds and pilots."""

from alliance.testbeds.models.pilots import Evaluation, Measurement, Pilot, PilotCity, Protocol
from alliance.testbeds.models.testbeds import Booking, Testbed, TestbedData, TestbedPermit

__all__ = [
    "Booking",
    "Evaluation",
    "Measurement",
    "Pilot",
    "PilotCity",
    "Protocol",
    "Testbed",
    "TestbedData",
    "TestbedPermit",
]
