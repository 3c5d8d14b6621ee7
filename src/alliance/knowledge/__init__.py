"""Solutions, case studies, methods: what works, what does not, and how sure we are."""
