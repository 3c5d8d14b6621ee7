"""How often signing in may be tried. Everything else that allauth limits is set in the settings."""

from __future__ import annotations

import datetime as dt

from alliance.core.throttle import Limit

# Wrong passwords for one address, from wherever they come.
SIGN_IN_TO_ACCOUNT = Limit("sign-in-account", most=5, window=dt.timedelta(minutes=5))
# Wrong passwords from one network address: an office shares one, so it is wider.
SIGN_IN_FROM_ADDRESS = Limit("sign-in-address", most=30, window=dt.timedelta(minutes=5))
