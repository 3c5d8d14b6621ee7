"""What changes areas and their figures."""
