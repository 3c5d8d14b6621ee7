"""Surveys: questions that residents answer, also on a map, and the results."""
