"""The pages of open data, and those of the desk on other networks."""
