"""People of two teams, and browsers of theirs."""

from tests.integration.network.conftest import at, browser_of, people

__all__ = ["at", "browser_of", "people"]
