"""One-page briefs and reports, typeset for print."""
