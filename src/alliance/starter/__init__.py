"""The network that ships: real cases, solutions, methods, cities and figures, with sources."""
