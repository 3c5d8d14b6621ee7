"""Releases: the data of a moment frozen in files, and the scores computed from those files alone.

`freezing` writes what was known at the moment, `choosing` finds the figure that speaks for each
city and the largest set that may be ranked, `computing` and `nodes` make the scores through
`analysis.composite`, `results` writes them to tables, `changes` says why they differ from the
release before, and `verifying` does it all again and compares.
"""
