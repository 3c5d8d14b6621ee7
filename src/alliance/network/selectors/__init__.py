"""Queries of the network: permission-checked getters, and the data of pages."""
