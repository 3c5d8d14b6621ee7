"""Services that write briefs and reports."""
