"""Texts that people add to a record in passing, by the rule of the whole network."""

from alliance.network.plain_texts import LONGEST as LONGEST
from alliance.network.plain_texts import text_faults as text_faults
