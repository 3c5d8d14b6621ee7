"""Surveys: questions that residents answer, also on a map, and what the answers say."""
