"""Whom letters about cases and drafts go to."""

from alliance.network.addressees import editors_of as editors_of
from alliance.network.addressees import secretariat as secretariat
