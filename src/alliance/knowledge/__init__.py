"""Solutions, case studies, engagement methods: what works, what does not, and how sure we are."""
