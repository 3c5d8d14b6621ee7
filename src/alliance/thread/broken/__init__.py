"""Chains that broke: what should have come by now, by rules that each say how they are certain."""
