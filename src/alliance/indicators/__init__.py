"""The common indicators: what they mean, what was observed, and where each city stands."""
