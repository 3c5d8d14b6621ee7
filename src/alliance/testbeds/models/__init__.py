"""Tables of testbeds and pilots."""

from alliance.testbeds.models.pilots import Evaluation, Measurement, Pilot, PilotCity, Protocol

__all__ = ["Evaluation", "Measurement", "Pilot", "PilotCity", "Protocol"]
