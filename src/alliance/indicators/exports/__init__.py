"""Figures on their way out: CSV with a Table Schema, SDMX, JSON-stat, and the catalogue (DCAT-AP).

Each says of every figure its unit, series, status, source, licence and the moment of knowledge.
"""
