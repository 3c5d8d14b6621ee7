"""Services of areas and fairness checks."""
