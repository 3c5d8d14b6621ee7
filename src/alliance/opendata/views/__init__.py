"""The pages of open data, and those for the secretariat on other networks."""
