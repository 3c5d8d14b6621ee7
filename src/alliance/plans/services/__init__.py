"""Services of plans: texts, comments, files."""
