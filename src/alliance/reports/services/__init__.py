"""Writing briefs and reports."""
