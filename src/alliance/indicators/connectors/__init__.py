"""Reading figures from their publishers: each connector asks one kind of server.

What comes back is a file as a person could have brought it, with what is said of it. It goes the
same way from there: checked, looked at, taken over whole or not at all.
"""

from alliance.indicators.connectors.publishers import PUBLISHERS, Publisher, fetch
from alliance.indicators.connectors.query import Fetched, Query

__all__ = ["PUBLISHERS", "Fetched", "Publisher", "Query", "fetch"]
