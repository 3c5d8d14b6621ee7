"""Testbeds and pilots: a city tries a solution by a plan that is frozen before the data come."""
