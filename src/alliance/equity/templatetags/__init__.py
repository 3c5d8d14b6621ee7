"""Template tags of areas and fairness checks."""
