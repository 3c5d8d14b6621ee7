"""Pages about accounts beside those of allauth."""
