"""Adoptions: how a city gets from a need to a result, and the links between these records."""
