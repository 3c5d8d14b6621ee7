"""Changes of workshops."""
